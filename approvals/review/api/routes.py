"""Routes over the API: the same rules, the same preview, the same choice as on the pages."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review import actions
from approvals.review.effects import case_of_codes, choice_for, effects_of
from approvals.review.enums import Condition
from approvals.review.models import Route
from approvals.review.policies.routes import can_read_routes, check_can_edit_routes, check_route
from approvals.review.routing import RouteData, candidates
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape
from config.http.idempotency import Answer
from content.assets.enums import Audience, Nature
from content.assets.models import AssetType
from content.catalogue.models import Jurisdiction

CASE = ("jurisdiction", "nature", "audience", "asset_type")


class RouteTaskBody(Shape):
    role = serializers.ChoiceField(choices=Role.choices)
    due_days = serializers.IntegerField()
    condition = serializers.ChoiceField(choices=Condition.choices, default=Condition.ALWAYS)
    may_be_not_applicable = serializers.BooleanField(default=False)


class RouteHead(Shape):
    name = serializers.CharField(max_length=200, allow_blank=True)
    jurisdiction = serializers.CharField(max_length=10)
    nature = serializers.ChoiceField(choices=Nature.choices, required=False, allow_blank=True)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False, allow_blank=True)
    asset_type = serializers.CharField(max_length=40, required=False, allow_blank=True)
    for_components = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)
    stages = serializers.ListField(
        child=serializers.ListField(child=RouteTaskBody(), max_length=20), max_length=20
    )


class RouteBody(RouteHead):
    reason = serializers.CharField(allow_blank=True, max_length=5000)


class PreviewBody(RouteHead):
    route = serializers.IntegerField(required=False, allow_null=True)


class RouteShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    jurisdiction = serializers.CharField()
    nature = serializers.CharField()
    audience = serializers.CharField()
    asset_type = serializers.CharField()
    for_components = serializers.BooleanField()
    active = serializers.BooleanField()
    stages = serializers.ListField(child=serializers.ListField(child=serializers.DictField()))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return described(instance)


class PassageShape(serializers.Serializer[Any]):
    version = serializers.CharField()
    title = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class EffectsShape(serializers.Serializer[Any]):
    takes = PassageShape(many=True)
    changes = PassageShape(many=True)
    without = PassageShape(many=True)


class ChoiceShape(serializers.Serializer[Any]):
    route = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    others = serializers.ListField(child=serializers.CharField())


def described(route: Route) -> dict[str, Any]:
    """Return a route as the API tells it."""
    data = RouteData.of(route)
    head = {name: getattr(data, name) for name in (*CASE, "for_components", "active")}
    stages = [
        [
            {
                "role": task.role,
                "due_days": task.due_days,
                "condition": task.condition,
                "may_be_not_applicable": task.may_be_not_applicable,
            }
            for task in stage
        ]
        for stage in data.stages
    ]
    return {"id": route.pk, "name": data.name, **head, "stages": stages}


def readable_routes(user: Any) -> QuerySet[Any]:
    """Return the routes that a person looks at: all or none."""
    routes = Route.objects.with_stages()
    return routes if can_read_routes(user) else routes.none()


def readable_route(user: Any, pk: int) -> Route:
    """:raises Http404: if there is none for this person."""
    route: Route | None = readable_routes(user).filter(pk=pk).first()
    if route is None:
        raise Http404
    return route


def _saved(data: Any, route: Route | None, *, by: User, now: datetime) -> dict[str, Any]:
    values = dict(data)
    reason = values.pop("reason", "")
    before = described(route) if route else {}
    before.pop("id", None)
    wanted = RouteData.given({**before, **values})
    pk = route.pk if route else None
    saved = actions.save_route(wanted, route_id=pk, reason=reason, by=by, now=now)
    return described(Route.objects.with_stages().get(pk=saved.pk))


class Routes(ActEndpoint, ListEndpoint):
    """The routes; an administrator makes one."""

    serializer_class = RouteBody
    read_serializer_class = RouteShape
    responses: ClassVar[dict[int, Any]] = {201: RouteShape}
    ordering = "pk"

    def get_queryset(self) -> Any:
        return readable_routes(self.request.user)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 201, _saved(data, None, by=by, now=now)


class RouteDetail(ActEndpoint):
    """One route; what a change leaves out stays as it is."""

    serializer_class = RouteBody
    responses: ClassVar[dict[int, Any]] = {200: RouteShape}
    act_methods = ("PATCH",)
    read_serializer_class = RouteShape

    def get(self, request: Request, pk: int) -> Response:
        return Response(described(readable_route(request.user, pk)))

    def get_object(self, request: Request, **kwargs: Any) -> Route:
        return readable_route(request.user, kwargs["pk"])

    def perform(self, obj: Route, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, _saved(data, obj, by=by, now=now)


class RoutePreview(ActEndpoint):
    """What a route as edited would change for what is in preparation; nothing is written."""

    serializer_class = PreviewBody
    responses: ClassVar[dict[int, Any]] = {200: EffectsShape}

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        check_can_edit_routes(by)
        values = dict(data)
        pk = values.pop("route", None)
        route = readable_route(by, pk) if pk else None
        wanted = RouteData.given(values)
        check_route(wanted, [one for one in candidates() if one.pk != pk])
        return 200, EffectsShape(effects_of(wanted, route)).data


def check_case(given: dict[str, str]) -> None:
    """:raises InvalidInput: at the parameter whose value is not known."""
    known = {
        "nature": given["nature"] in {"", *Nature.values},
        "audience": given["audience"] in {"", *Audience.values},
        "asset_type": not given["asset_type"]
        or AssetType.objects.filter(code=given["asset_type"]).exists(),
        "jurisdiction": Jurisdiction.objects.filter(code=given["jurisdiction"]).exists(),
    }
    for name, is_known in known.items():
        if not is_known:
            raise InvalidInput.at(name, _("This value is not known here."), "unknown_value")


class WhichRoute(ReadEndpoint):
    """Which route a case takes, and why."""

    parameters = CASE
    read_serializer_class = ChoiceShape

    def get(self, request: Request) -> Response:
        if not can_read_routes(request.user):  # type: ignore[arg-type]
            raise Http404
        # What is not named fits only the routes that do not name it either.
        given = {name: request.query_params.get(name, "") for name in CASE}
        given["jurisdiction"] = given["jurisdiction"] or "FR"
        check_case(given)
        choice = choice_for(case_of_codes(**given))
        return Response(
            {
                "route": choice.route.pk if choice.route else None,
                "name": choice.route.data.name if choice.route else None,
                "why": choice.why,
                "others": [other.data.name for other in choice.others],
            }
        )
