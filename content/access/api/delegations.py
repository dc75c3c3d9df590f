"""Who one is here: roles and teams; whom one stands in for."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.enums import Role
from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.access.actions import delegate, revoke_delegation
from content.access.models import Delegation, Team
from content.catalogue.models import Product


class TeamShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MeShape(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    accountability_accepted = serializers.BooleanField()
    teams = TeamShape(many=True)


class Me(ReadEndpoint):
    """The person behind the token or the session."""

    read_serializer_class = MeShape

    def get(self, request: Request) -> Response:
        person = request.user
        teams = Team.objects.filter(memberships__user=person)
        return Response(
            {
                "username": person.username,
                "name": str(person),
                "roles": sorted(person.role_names),
                "language": person.language,
                "accountability_accepted": person.accountability_accepted_at is not None,
                "teams": TeamShape(teams, many=True).data,
            }
        )


class DelegationShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    delegator = serializers.CharField(source="delegator.username")
    delegate = serializers.CharField(source="delegate.username")
    roles = serializers.ListField(child=serializers.CharField())
    products = serializers.SerializerMethodField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    revoked_at = UtcDateTimeField(allow_null=True)

    def get_products(self, delegation: Delegation) -> list[str]:
        return sorted(product.cis for product in delegation.products.all())


class DelegationBody(Shape):
    delegate = serializers.CharField(max_length=150, help_text="A username.")
    roles = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20)
    products = serializers.ListField(
        child=serializers.CharField(max_length=8), required=False, max_length=500, default=list
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class RevocationBody(Shape):
    reason = serializers.CharField(allow_blank=True, max_length=4000)


def visible_delegations(user: User) -> Any:
    """Return the delegations one gave or received; all, for those who look after rights."""
    delegations = Delegation.objects.select_related("delegator", "delegate")
    delegations = delegations.prefetch_related("products")
    if user.holds(Role.ADMINISTRATOR, Role.INSPECTOR):
        return delegations
    return delegations.filter(Q(delegator=user) | Q(delegate=user))


class Delegations(ActEndpoint, ListEndpoint):
    """Delegations given and received; lend one's own roles."""

    serializer_class = DelegationBody
    read_serializer_class = DelegationShape
    responses: ClassVar[dict[int, Any]] = {201: DelegationShape}

    def get_queryset(self) -> Any:
        return visible_delegations(self.request.user)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        to = User.objects.active().named(data["delegate"], field="delegate")
        products = dict(Product.objects.filter(cis__in=data["products"]).values_list("cis", "pk"))
        if len(products) != len(set(data["products"])):
            raise InvalidInput.at("products", _("One of these products is unknown."))
        made = delegate(
            to.pk,
            roles=data["roles"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            product_ids=list(products.values()),
            by=by,
            now=now,
        )
        return 201, DelegationShape(made).data


class Revoke(ActEndpoint):
    """End a delegation at once."""

    serializer_class = RevocationBody
    responses: ClassVar[dict[int, Any]] = {200: DelegationShape}

    def get_object(self, request: Request, **kwargs: Any) -> Delegation:
        delegation: Delegation = get_object_or_404(
            visible_delegations(request.user), pk=kwargs["pk"]
        )
        return delegation

    def perform(self, obj: Delegation, data: Any, *, by: User, now: datetime) -> Answer:
        revoked = revoke_delegation(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, DelegationShape(revoked).data
