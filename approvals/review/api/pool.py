"""The pool over the API: give back, who may be chosen, how busy a role is, who leads it."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit.errors import PolicyDenied
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review import actions
from approvals.review.api.shapes import ReasonBody
from approvals.review.api.tasks import TaskEndpoint, person_named, task_body, visible_task
from approvals.review.models import RoleLead
from approvals.review.policies import candidates_for, check_can_reassign
from approvals.review.policies.routes import can_read_routes
from approvals.review.queries import load_of
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.calendar import paris_day


class CandidateShape(serializers.Serializer[Any]):
    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person")
    why_not = serializers.CharField(allow_blank=True)


class CandidatesShape(serializers.Serializer[Any]):
    results = CandidateShape(many=True)


class LoadLine(serializers.Serializer[Any]):
    role = serializers.CharField()
    person = serializers.CharField(source="person.username", default=None, allow_null=True)
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    week = serializers.IntegerField()


class LoadShape(serializers.Serializer[Any]):
    results = LoadLine(many=True)


class LeadShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    role = serializers.CharField()
    person = serializers.CharField(source="user.username")
    named_at = UtcDateTimeField()


class LeadBody(Shape):
    role = serializers.ChoiceField(choices=Role.choices)
    person = serializers.CharField(max_length=150, help_text="A username.")
    reason = serializers.CharField(allow_blank=True, max_length=5000)


class Unclaim(TaskEndpoint):
    """Give a task that was taken back to its whole role."""

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, task_body(actions.unclaim(obj.pk, by=by, now=now), by, now)


class Candidates(ReadEndpoint):
    """Who may be given a task; who cannot, with the reason."""

    read_serializer_class = CandidatesShape

    def get(self, request: Request, task: int) -> Response:
        found, now = visible_task(request.user, task), timezone.now()
        check_can_reassign(found, request.user, now)  # type: ignore[arg-type]
        return Response(CandidatesShape({"results": candidates_for(found, now)}).data)


class Load(ReadEndpoint):
    """The open tasks of the roles that one leads, by person."""

    read_serializer_class = LoadShape

    def get(self, request: Request) -> Response:
        roles = RoleLead.objects.roles_of(request.user)  # type: ignore[arg-type]
        if not roles:
            raise PolicyDenied("not_a_lead", _("Only who leads a role sees its load."))
        return Response(LoadShape({"results": load_of(roles, paris_day(timezone.now()))}).data)


class RoleLeads(ActEndpoint, ListEndpoint):
    """Who leads which role; an administrator names them."""

    serializer_class = LeadBody
    read_serializer_class = LeadShape
    responses: ClassVar[dict[int, Any]] = {201: LeadShape}
    ordering = "pk"

    def get_queryset(self) -> Any:
        rows = RoleLead.objects.select_related("user")
        return rows if can_read_routes(self.request.user) else rows.none()  # type: ignore[arg-type]

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        person: Any = person_named("person", data["person"])
        lead = actions.name_lead(person, data["role"], reason=data["reason"], by=by, now=now)
        return 201, LeadShape(lead).data


class EndLead(ActEndpoint):
    """Say that a person leads a role no more."""

    serializer_class = ReasonBody
    responses: ClassVar[dict[int, Any]] = {204: None}

    def get_object(self, request: Request, **kwargs: Any) -> RoleLead:
        readable = can_read_routes(request.user)  # type: ignore[arg-type]
        found = RoleLead.objects.filter(pk=kwargs["pk"]).first() if readable else None
        if found is None:
            raise Http404
        lead: RoleLead = found
        return lead

    def perform(self, obj: RoleLead, data: Any, *, by: User, now: datetime) -> Answer:
        actions.end_lead(obj.pk, reason=data["reason"], by=by, now=now)
        return 204, None
