"""When people are reminded of their tasks."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from approvals.review import actions
from approvals.review.models import ReminderPlan
from config.http.api import ActEndpoint, ReadEndpoint, Shape
from config.http.idempotency import Answer

DAYS = ("days_before", "days_after", "escalate_after")


class PlanShape(Shape):
    """In French working days, before and after a task's due date."""

    days_before = serializers.IntegerField()
    days_after = serializers.IntegerField()
    escalate_after = serializers.IntegerField()


class Reminders(ActEndpoint, ReadEndpoint):
    """The plan of the reminders; an administrator changes it."""

    serializer_class = PlanShape
    read_serializer_class = PlanShape
    responses: ClassVar[dict[int, Any]] = {200: PlanShape}
    act_methods: ClassVar[tuple[str, ...]] = ("PATCH",)

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(PlanShape(ReminderPlan.objects.get()).data)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        plan = ReminderPlan.objects.get()
        days = {name: getattr(plan, name) for name in DAYS} | data
        return 200, PlanShape(actions.plan_reminders(by=by, now=now, **days)).data
