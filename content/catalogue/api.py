"""Products of the public database: search and detail, for everybody who is signed in."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from config.http.parsers import UPLOADS
from content.calendar import paris_day
from content.catalogue.actions import (
    add_source_document,
    record_authorisation_end,
    record_gp_exception,
    settle_alert,
)
from content.catalogue.documents import download
from content.catalogue.models import Product, ProductAlert, ProductFreeze, SourceDocument
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


class AuthorisationBody(Shape):
    """The first day on which it no longer stands; null takes a mistake back."""

    ends_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, max_length=4000)


class AuthorisationShape(serializers.Serializer[Any]):
    cis = serializers.CharField()
    authorisation_status = serializers.CharField()
    authorisation_ends_on = serializers.DateField(allow_null=True)


class ExceptionBody(Shape):
    legal_basis = serializers.CharField(allow_blank=True, max_length=300)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(allow_blank=True, max_length=4000)


class ExceptionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    product = serializers.CharField(source="product.cis")
    legal_basis = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class ProductAct(ActEndpoint):
    """An act on one product."""

    def get_object(self, request: Request, **kwargs: Any) -> Product:
        product: Product = get_object_or_404(Product, cis=kwargs["cis"])
        return product


class Authorisation(ProductAct):
    """Record the official end of a product's authorisation."""

    serializer_class = AuthorisationBody
    responses: ClassVar[dict[int, Any]] = {200: AuthorisationShape}

    def perform(self, obj: Product, data: Any, *, by: User, now: datetime) -> Answer:
        product = record_authorisation_end(obj.pk, **data, by=by, now=now)
        return 200, AuthorisationShape(product).data


class Exceptions(ProductAct):
    """Record that the law allows advertising a product to the public."""

    serializer_class = ExceptionBody
    responses: ClassVar[dict[int, Any]] = {201: ExceptionShape}

    def perform(self, obj: Product, data: Any, *, by: User, now: datetime) -> Answer:
        exception = record_gp_exception(obj.pk, **data, by=by, now=now)
        return 201, ExceptionShape(exception).data


class DocumentBody(Shape):
    """Multipart: the document itself, and what it is."""

    kind = serializers.CharField(max_length=40)
    dated = serializers.DateField()
    title = serializers.CharField(allow_blank=True, max_length=1000)
    file = serializers.FileField(allow_empty_file=True)


class SourceDocumentShape(serializers.Serializer[Any]):
    """A dated source document; ``id`` is what a dependency of kind ``cites`` points to."""

    id = serializers.IntegerField()
    product = serializers.CharField(source="product.cis")
    kind = serializers.CharField()
    dated = serializers.DateField()
    title = serializers.CharField()
    file = serializers.CharField(source="file_name")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    added_by = serializers.CharField(source="added_by.username")
    added_at = UtcDateTimeField()


class Documents(ProductAct, ListEndpoint):
    """The source documents of a product, the latest first; a new one."""

    serializer_class = DocumentBody
    read_serializer_class = SourceDocumentShape
    responses: ClassVar[dict[int, Any]] = {201: SourceDocumentShape}
    parser_classes = UPLOADS
    ordering = ("-dated", "-pk")

    def get_object(self, request: Request, **kwargs: Any) -> Product:  # type: ignore[override]
        if not request.user.is_office:
            raise Http404
        return super().get_object(request, **kwargs)

    def get_queryset(self) -> Any:
        product = self.get_object(self.request, **self.kwargs)
        kept = SourceDocument.objects.filter(product=product)
        return kept.select_related("product", "added_by")

    def perform(self, obj: Product, data: Any, *, by: User, now: datetime) -> Answer:
        document = add_source_document(obj.pk, **data, by=by, now=now)
        return 201, SourceDocumentShape(document).data


class DocumentFile(ReadEndpoint):
    """The file of a source document, as it was kept."""

    read_media_type = "application/pdf"

    def get(self, request: Request, cis: str, pk: int) -> FileResponse:
        if not request.user.is_office:
            raise Http404
        return download(get_object_or_404(SourceDocument, product__cis=cis, pk=pk))


class AlertShape(serializers.Serializer[Any]):
    """What an import met, and what became of it once somebody said so."""

    id = serializers.IntegerField()
    product = serializers.CharField(source="product.cis")
    kind = serializers.CharField()
    noticed_at = UtcDateTimeField()
    outcome = serializers.CharField()
    note = serializers.CharField()
    settled_by = serializers.CharField(source="settled_by.username", default=None, allow_null=True)
    settled_at = UtcDateTimeField(allow_null=True)


class SettleBody(Shape):
    """``ends_on`` is owed where the authorisation ended."""

    outcome = serializers.CharField(max_length=20)
    ends_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(allow_blank=True, max_length=4000)


class Alerts(ListEndpoint):
    """Facts that imports met and regulatory affairs confirm; ``?open=true`` those that wait."""

    read_serializer_class = AlertShape
    parameters = ("open",)
    ordering = ("noticed_at", "pk")

    def get_queryset(self) -> Any:
        wanted = self.request.query_params.get("open", "false")
        if wanted not in ("true", "false"):
            raise InvalidInput.at("open", _("Say true or false."))
        alerts = ProductAlert.objects.select_related("product", "settled_by")
        if not self.request.user.is_office:
            return alerts.none()
        return alerts.open() if wanted == "true" else alerts


class SettleAlert(ActEndpoint):
    """Say what became of a product: its authorisation ended on a date, or it stands."""

    serializer_class = SettleBody
    responses: ClassVar[dict[int, Any]] = {200: AlertShape}

    def get_object(self, request: Request, **kwargs: Any) -> ProductAlert:
        if not request.user.is_office:
            raise Http404
        alert: ProductAlert = get_object_or_404(ProductAlert, pk=kwargs["pk"])
        return alert

    def perform(self, obj: ProductAlert, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, AlertShape(settle_alert(obj.pk, **data, by=by, now=now)).data
