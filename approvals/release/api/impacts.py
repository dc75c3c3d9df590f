"""Impact lists over the API: what a newer source makes wrong, and the signed decisions."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.release.actions import decide_impact, move_impact_deadline, set_impact_term
from approvals.release.impacts import Concerned, lines_of, outcomes_for
from approvals.release.models import ImpactDecision, ImpactList, ImpactTerm
from approvals.release.policies import can_decide_impact
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.assets.models import Version


class ImpactLine(serializers.Serializer[Any]):
    """One list; ``before`` and ``after`` are the public database's words, where it opened it."""

    id = serializers.IntegerField()
    product = serializers.CharField(source="product.cis")
    kind = serializers.CharField()
    document = serializers.IntegerField(source="document_id", allow_null=True)
    previous = serializers.IntegerField(source="previous_id", allow_null=True)
    before = serializers.CharField()
    after = serializers.CharField()
    opened_at = UtcDateTimeField()
    opened_by = serializers.CharField(source="opened_by.username")
    deadline = serializers.DateField()


class DecisionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    impact = serializers.IntegerField(source="impact_id")
    version = serializers.IntegerField(source="version_id")
    outcome = serializers.CharField()
    reason = serializers.CharField()
    digest = serializers.CharField()
    decided_by = serializers.CharField(source="decided_by.username")
    decided_at = UtcDateTimeField()
    signature = serializers.IntegerField(source="signature_id")


class ConcernedShape(serializers.Serializer[Any]):
    """A version of the list; ``outcomes`` is what this person may decide for it now."""

    version = serializers.IntegerField(source="version.pk")
    code = serializers.CharField(source="version.asset.code")
    number = serializers.IntegerField(source="version.number")
    state = serializers.CharField(source="version.state")
    decision = DecisionShape(allow_null=True)
    still_edited = serializers.BooleanField()
    withdrawal_owed = serializers.BooleanField()
    outcomes = serializers.ListField(child=serializers.CharField())


class ImpactPage(ImpactLine):
    versions = ConcernedShape(many=True)


class DecideShape(Shape):
    version = serializers.IntegerField(min_value=1)
    outcome = serializers.CharField(max_length=20)
    reason = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class DeadlineShape(Shape):
    deadline = serializers.DateField()
    reason = serializers.CharField(max_length=4000, allow_blank=True)


class TermLine(serializers.Serializer[Any]):
    """How many calendar days are given to decide after a source of a kind changed."""

    kind = serializers.CharField()
    days = serializers.IntegerField()


class TermShape(Shape):
    days = serializers.IntegerField()


def visible_impact(request: Request, pk: int) -> ImpactList:
    impacts = ImpactList.objects.visible_to(request.user).with_page()
    impact: ImpactList = get_object_or_404(impacts, pk=pk)
    return impact


class Impacts(ListEndpoint):
    """The impact lists; ``?open=true`` those in which something waits."""

    read_serializer_class = ImpactLine
    parameters = ("open",)
    ordering = ("deadline", "pk")

    def get_queryset(self) -> Any:
        impacts = ImpactList.objects.visible_to(self.request.user).with_page()
        wanted = self.request.query_params.get("open", "false")
        if wanted not in ("true", "false"):
            raise InvalidInput.at("open", _("Say true or false."))
        return impacts.waiting() if wanted == "true" else impacts


class ImpactDetail(ReadEndpoint):
    """One list with its versions and the decisions on them."""

    read_serializer_class = ImpactPage

    def get(self, request: Request, pk: int) -> Response:
        impact = visible_impact(request, pk)
        now, by = timezone.now(), request.user
        lines = [_line(impact, line, by, now) for line in lines_of(impact, by)]
        versions = ConcernedShape(lines, many=True).data
        return Response({**ImpactLine(impact).data, "versions": versions})


def _line(impact: ImpactList, line: Concerned, by: User, now: datetime) -> dict[str, Any]:
    may = line.waits and can_decide_impact(impact, line.version, by, now)
    return {**vars(line), "outcomes": outcomes_for(line.version) if may else []}


class Decide(SignedActEndpoint):
    """Decide what becomes of one version of the list."""

    serializer_class = DecideShape
    meaning = Meaning.IMPACT_DECISION
    responses: ClassVar[dict[int, Any]] = {200: DecisionShape}

    def get_object(self, request: Request, **kwargs: Any) -> ImpactList:
        return visible_impact(request, kwargs["pk"])

    def perform(
        self, obj: ImpactList, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        version_id = data.pop("version")
        if not Version.objects.visible_to(by).filter(pk=version_id).exists():
            raise InvalidInput.at("version", _("No version has this id."))
        done: ImpactDecision = decide_impact(
            obj.pk, version_id, **data, credentials=credentials, by=by, now=now
        )
        return 200, DecisionShape(done).data


class Deadline(ActEndpoint):
    """Give the list another deadline."""

    serializer_class = DeadlineShape
    responses: ClassVar[dict[int, Any]] = {200: ImpactLine}

    def get_object(self, request: Request, **kwargs: Any) -> ImpactList:
        return visible_impact(request, kwargs["pk"])

    def perform(self, obj: ImpactList, data: Any, *, by: User, now: datetime) -> Answer:
        move_impact_deadline(obj.pk, **data, by=by, now=now)
        return 200, ImpactLine(ImpactList.objects.with_page().get(pk=obj.pk)).data


class Terms(ListEndpoint):
    """How long each kind of source leaves to decide."""

    read_serializer_class = TermLine
    ordering = ("kind", "pk")

    def get_queryset(self) -> Any:
        if not self.request.user.is_office:
            return ImpactTerm.objects.none()
        return ImpactTerm.objects.all()


class Term(ActEndpoint):
    """Set how long a kind of source leaves to decide, from now on."""

    serializer_class = TermShape
    responses: ClassVar[dict[int, Any]] = {200: TermLine}

    def get_object(self, request: Request, **kwargs: Any) -> ImpactTerm:
        if not request.user.is_office:
            raise Http404
        term: ImpactTerm = get_object_or_404(ImpactTerm, kind=kwargs["kind"])
        return term

    def perform(self, obj: ImpactTerm, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, TermLine(set_impact_term(obj.kind, **data, by=by, now=now)).data
