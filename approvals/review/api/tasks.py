"""Tasks: what must be decided, and the verdict."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.review import actions
from approvals.review.api.shapes import (
    DecideBody,
    ReasonBody,
    ReassignBody,
    TaskDetailShape,
    TaskShape,
    VerdictShape,
)
from approvals.review.enums import MEANINGS
from approvals.review.models import ReviewTask
from approvals.review.policies import why_cannot_decide
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.models import Proof
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint
from config.http.idempotency import Answer
from content.calendar import paris_day


def visible_task(user: Any, task: int) -> ReviewTask:
    """Return a task this person may see.

    :raises Http404: if there is none.
    """
    found = ReviewTask.objects.visible_to(user).with_page().filter(pk=task).first()
    if found is None:
        raise Http404
    kept: ReviewTask = found
    return kept


def yes_or_no(request: Request, name: str) -> bool | None:
    """Read a filter that is ``true`` or ``false``; None where it is not given.

    :raises InvalidInput: at the filter.
    """
    value = request.query_params.get(name)
    if value is None:
        return None
    if value not in {"true", "false"}:
        raise InvalidInput.at(name, _("Give true or false."), "unknown_value")
    return value == "true"


def person_named(field: str, name: str | None) -> User | None:
    """Return the active person of a username, or None where none is given.

    :raises InvalidInput: at the field if there is nobody.
    """
    person: User | None = User.objects.active().named(name, field=field) if name else None
    return person


def task_body(task: ReviewTask, by: Any, now: datetime) -> dict[str, Any]:
    task.conflict = why_cannot_decide(task, by, now)  # type: ignore[attr-defined]
    return dict(TaskDetailShape(task).data)


class Tasks(ListEndpoint):
    """Tasks: ``mine`` what falls to me by role or by name; ``open`` what owes a signature."""

    read_serializer_class = TaskShape
    parameters = ("mine", "open")
    ordering = ("due_on", "pk")

    def get_queryset(self) -> Any:
        tasks = ReviewTask.objects.visible_to(self.request.user).with_page()
        if yes_or_no(self.request, "mine"):
            tasks = tasks.mine(self.request.user, paris_day(timezone.now()))
        wanted = yes_or_no(self.request, "open")
        if wanted is None:
            return tasks
        still = ReviewTask.objects.open().values("pk")
        return tasks.filter(pk__in=still) if wanted else tasks.exclude(pk__in=still)


class Task(ReadEndpoint):
    """One task, its questions, its verdict, and why one may not decide it."""

    read_serializer_class = TaskDetailShape

    def get(self, request: Request, task: int) -> Response:
        return Response(task_body(visible_task(request.user, task), request.user, timezone.now()))


class TaskEndpoint(ActEndpoint):
    """An act on a task."""

    responses = {200: TaskDetailShape}

    def get_object(self, request: Request, **kwargs: Any) -> ReviewTask:
        return visible_task(request.user, kwargs["task"])


class Claim(TaskEndpoint):
    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, task_body(actions.claim(obj.pk, by=by, now=now), by, now)


class Reassign(TaskEndpoint):
    serializer_class = ReassignBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        to: Any = person_named("to", data["to"])
        reason = data.get("reason", "")
        done = actions.reassign(obj.pk, to=to, reason=reason, by=by, now=now)
        return 200, task_body(done, by, now)


class Reopen(TaskEndpoint):
    serializer_class = ReasonBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        done = actions.reopen(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, task_body(done, by, now)


class Decide(SignedActEndpoint):
    """Sign a verdict: its meaning is bound to the task's role."""

    serializer_class = DecideBody
    responses = {200: VerdictShape}

    def get_object(self, request: Request, **kwargs: Any) -> ReviewTask:
        return visible_task(request.user, kwargs["task"])

    def meaning(self, obj: ReviewTask, data: Any) -> Any:
        return MEANINGS[obj.role]

    def perform(  # type: ignore[override]
        self, obj: Any, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        given = actions.decide(
            obj.pk,
            verdict=data["verdict"],
            comment=data.get("comment", ""),
            changes=data.get("changes", ()),
            checklist=data.get("checklist"),
            visa_exemption=data.get("visa_exemption"),
            on_behalf_of=person_named("on_behalf_of", data.get("on_behalf_of")),
            credentials=credentials,
            by=by,
            now=now,
        )
        return 200, VerdictShape(given).data
