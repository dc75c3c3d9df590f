"""How long before an end people are told of it."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from approvals.submissions.actions import plan_notices
from approvals.submissions.models import NoticePlan
from config.http.api import ActEndpoint, ReadEndpoint, Shape
from config.http.idempotency import Answer


class NoticeDays(Shape):
    """Days before the first day on which something may not be used."""

    days = serializers.ListField(child=serializers.IntegerField(), max_length=50)


class Notices(ActEndpoint, ReadEndpoint):
    """The days of the notices; an administrator changes them."""

    serializer_class = NoticeDays
    read_serializer_class = NoticeDays
    responses: ClassVar[dict[int, Any]] = {200: NoticeDays}
    act_methods: ClassVar[tuple[str, ...]] = ("PATCH",)

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response({"days": NoticePlan.objects.get().days})

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        days = data.get("days", NoticePlan.objects.get().days)
        return 200, {"days": plan_notices(days=days, by=by, now=now).days}
