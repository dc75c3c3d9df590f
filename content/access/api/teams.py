"""Teams over the API: who belongs where; an administrator makes and fills them."""

from datetime import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import SYSTEM_USERNAME, User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape
from config.http.idempotency import Answer
from content.access.actions import (
    add_member,
    add_product_to_team,
    create_team,
    remove_member,
    remove_product_from_team,
)
from content.access.models import Team
from content.access.policies import can_manage_teams
from content.catalogue.models import Product


class TeamLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class TeamPage(TeamLine):
    products = serializers.ListField(child=serializers.CharField())
    members = serializers.ListField(child=serializers.CharField())
    allowed_actions = serializers.ListField(child=serializers.CharField())


class TeamBody(Shape):
    name = serializers.CharField(allow_blank=True, max_length=1000)


class TeamProductBody(Shape):
    cis = serializers.CharField(max_length=20)


class TeamProductRemoval(TeamProductBody):
    reason = serializers.CharField(allow_blank=True, max_length=4000)


class TeamMemberBody(Shape):
    person = serializers.CharField(max_length=150, help_text="A username.")


class TeamMemberRemoval(TeamMemberBody):
    reason = serializers.CharField(allow_blank=True, max_length=4000)


def visible_teams(user: Any) -> Any:
    """Return the teams that a person may look at: all for the office, none for others."""
    return Team.objects.all() if user.is_office else Team.objects.none()


def described(team: Team, by: Any) -> dict[str, Any]:
    """Return a team with its products and members, as the API tells it to a person."""
    offered = [verb for verb in ACTS if can_manage_teams(by)]
    return {
        "id": team.pk,
        "name": team.name,
        "products": sorted(team.team_products.values_list("product__cis", flat=True)),
        "members": sorted(team.memberships.values_list("user__username", flat=True)),
        "allowed_actions": offered,
    }


ACTS = ("add-product", "remove-product", "add-member", "remove-member")


class Teams(ActEndpoint, ListEndpoint):
    """The teams; an administrator makes one."""

    serializer_class = TeamBody
    read_serializer_class = TeamLine
    responses: ClassVar[dict[int, Any]] = {201: TeamPage}
    ordering = ("name", "pk")

    def get_queryset(self) -> Any:
        return visible_teams(self.request.user)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 201, described(create_team(data["name"], by=by, now=now), by)


class TeamDetail(ReadEndpoint):
    """One team, its products and its members."""

    read_serializer_class = TeamPage

    def get(self, request: Request, **kwargs: Any) -> Response:
        team = get_object_or_404(visible_teams(request.user), pk=kwargs["pk"])
        return Response(described(team, request.user))


class TeamAct(ActEndpoint):
    """An act on one team; answers the team as it is then."""

    responses: ClassVar[dict[int, Any]] = {200: TeamPage}

    def get_object(self, request: Request, **kwargs: Any) -> Team:
        team: Team = get_object_or_404(visible_teams(request.user), pk=kwargs["pk"])
        return team


class AddProduct(TeamAct):
    serializer_class = TeamProductBody

    def perform(self, obj: Team, data: Any, *, by: User, now: datetime) -> Answer:
        add_product_to_team(obj.pk, product_of(data["cis"]), by=by, now=now)
        return 200, described(obj, by)


class RemoveProduct(TeamAct):
    serializer_class = TeamProductRemoval

    def perform(self, obj: Team, data: Any, *, by: User, now: datetime) -> Answer:
        product = product_of(data["cis"])
        remove_product_from_team(obj.pk, product, reason=data["reason"], by=by, now=now)
        return 200, described(obj, by)


class AddMember(TeamAct):
    serializer_class = TeamMemberBody

    def perform(self, obj: Team, data: Any, *, by: User, now: datetime) -> Answer:
        person = _people().active().named(data["person"], field="person")
        add_member(obj.pk, person.pk, by=by, now=now)
        return 200, described(obj, by)


class RemoveMember(TeamAct):
    serializer_class = TeamMemberRemoval

    def perform(self, obj: Team, data: Any, *, by: User, now: datetime) -> Answer:
        # Also somebody who left since.
        person = _people().named(data["person"], field="person")
        remove_member(obj.pk, person.pk, reason=data["reason"], by=by, now=now)
        return 200, described(obj, by)


def product_of(cis: str) -> int:
    """:raises InvalidInput: at ``cis`` where no product has this code."""
    product = Product.objects.filter(cis=cis).first()
    if product is None:
        raise InvalidInput.at("cis", _("No product has this CIS code: check it."))
    return int(product.pk)


def _people() -> Any:
    return User.objects.exclude(username=SYSTEM_USERNAME)
