"""Windows, and what is planned in them."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.submissions.actions import edit_window, plan, record_window
from approvals.submissions.api.shapes import (
    PlanBody,
    PlannedLine,
    ReferenceLine,
    RouteDayLine,
    WindowBody,
    WindowChange,
    WindowLine,
)
from approvals.submissions.durations import Routes
from approvals.submissions.models import DepositWindow
from approvals.submissions.outlook import rows_of_windows
from approvals.submissions.route_days import RouteCalendar
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint
from config.http.idempotency import Answer
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.enums import VisaCategory


def choice_of(request: Request, name: str, allowed: list[str]) -> str:
    """Return a filter's value, or ``""``.

    :raises InvalidInput: at the filter, if the value is not one of those that exist.
    """
    value: str = request.query_params.get(name, "")
    if value and value not in allowed:
        raise InvalidInput.at(
            name, _("Choose one of: %(values)s.") % {"values": ", ".join(allowed)}
        )
    return value


class Windows(ActEndpoint, ListEndpoint):
    """The authority's windows; regulatory and administrators add one."""

    serializer_class = WindowBody
    read_serializer_class = WindowLine
    responses = {201: WindowLine}
    parameters = ("category",)
    ordering = ("closes_on", "pk")

    def get_queryset(self) -> Any:
        windows = DepositWindow.objects.visible_to(self.request.user)
        category = choice_of(self.request, "category", VisaCategory.values)
        return windows.filter(category=category) if category else windows

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 201, WindowLine(record_window(**data, by=by, now=now)).data


class WindowDetail(ActEndpoint, ReadEndpoint):
    """One window; a change owes its reason."""

    serializer_class = WindowChange
    read_serializer_class = WindowLine
    responses = {200: WindowLine}
    act_methods = ("PATCH",)

    def get_object(self, request: Request, **kwargs: Any) -> DepositWindow:
        return get_object_or_404(DepositWindow.objects.visible_to(request.user), pk=kwargs["pk"])

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(WindowLine(self.get_object(request, **kwargs)).data)

    def perform(self, obj: DepositWindow, data: Any, *, by: User, now: datetime) -> Answer:
        changes = dict(data)
        reason = changes.pop("reason", "")
        window = edit_window(obj.pk, changes=changes, reason=reason, by=by, now=now)
        return 200, WindowLine(window).data


class WindowPlan(ReadEndpoint):
    """What is planned in a window, as far as one may see it, how it stands and why.

    ``routes``: the latest day to enter review of each route.
    """

    def get(self, request: Request, **kwargs: Any) -> Response:
        windows = DepositWindow.objects.visible_to(request.user).filter(pk=kwargs["pk"])
        window = get_object_or_404(windows)
        today, routes = paris_day(timezone.now()), Routes()
        row = rows_of_windows(windows, request.user, today, routes=routes)[0]
        return Response(
            {
                "window": WindowLine(window).data,
                "planned": PlannedLine(row.planned, many=True).data,
                "routes": RouteDayLine(RouteCalendar(routes, today).of(window), many=True).data,
            }
        )


class Plan(ActEndpoint):
    """Plan a version for a window, or outside any; answers its reference."""

    serializer_class = PlanBody
    responses = {200: ReferenceLine}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return get_object_or_404(Version.objects.visible_to(request.user), pk=kwargs["pk"])

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> Answer:
        reference = plan(obj.pk, **data, by=by, now=now)
        return 200, {"reference": reference.value}
