"""Products of the public database: search and detail, for everybody who is signed in."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.http.api import ListEndpoint, ReadEndpoint
from content.calendar import paris_day
from content.catalogue.models import Product, ProductFreeze
from content.catalogue.policies import public_allowed


class ProductLine(serializers.Serializer[Any]):
    cis = serializers.CharField()
    name = serializers.CharField()
    holder = serializers.CharField()
    atc = serializers.CharField()
    prescription_only = serializers.BooleanField()
    reimbursed = serializers.BooleanField()
    authorisation_status = serializers.CharField()
    frozen = serializers.BooleanField()


class ProductPage(ProductLine):
    gp_allowed = serializers.BooleanField()
    form = serializers.CharField()
    routes = serializers.CharField()
    substances = serializers.CharField()
    prescription_class = serializers.CharField()
    restricted = serializers.BooleanField()
    reimbursement_rates = serializers.CharField()
    marketing_status = serializers.CharField()
    additional_monitoring = serializers.BooleanField()
    authorised_on = serializers.DateField(allow_null=True)
    authorisation_ends_on = serializers.DateField(allow_null=True)


def _with_freeze() -> Any:
    day = paris_day(timezone.now())
    open_freezes = ProductFreeze.objects.open_on(day).filter(product=OuterRef("pk"))
    return Product.objects.annotate(frozen=Exists(open_freezes))


class Products(ListEndpoint):
    """Search products by name, substance, holder or CIS: ``?q=``."""

    read_serializer_class = ProductLine
    parameters = ("q",)
    ordering = ("name", "pk")

    def get_queryset(self) -> Any:
        products = _with_freeze()
        text = self.request.query_params.get("q", "").strip()
        return products.matching(text) if text else products


class ProductDetail(ReadEndpoint):
    """One product, with what bars its advertising today."""

    read_serializer_class = ProductPage

    def get(self, request: Request, cis: str) -> Response:
        product = get_object_or_404(_with_freeze(), cis=cis)
        product.gp_allowed = public_allowed(product, paris_day(timezone.now()))
        return Response(ProductPage(product).data)
