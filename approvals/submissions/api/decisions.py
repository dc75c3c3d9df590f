"""What the authority decided, its corrections, its letters; the clocks that run."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request

from approvals.people.models import User
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions import correct_decision, decide, tie_letter
from approvals.submissions.actions.decisions import meaning_of
from approvals.submissions.api.batches import choice_of
from approvals.submissions.api.dossiers import page_of, visible_dossier
from approvals.submissions.api.shapes import (
    ClockLine,
    CorrectionBody,
    DecisionBody,
    DossierPage,
    LetterBody,
)
from approvals.submissions.enums import DossierState
from approvals.submissions.models import Decision, Dossier
from config.http.api import ActEndpoint, ListEndpoint
from config.http.idempotency import Answer
from content.calendar import paris_day

DUE = ("tacit",)


class Clocks(ListEndpoint):
    """The dossiers that were deposited; ``due=tacit``: those whose silence may be confirmed."""

    read_serializer_class = ClockLine
    parameters = ("due", "state")

    def get_queryset(self) -> Any:
        seen = Dossier.objects.visible_to(self.request.user).with_page()
        state = choice_of(self.request, "state", DossierState.values)
        if state:
            seen = seen.filter(state=state)
        if choice_of(self.request, "due", DUE):
            return seen.tacit_due(paris_day(timezone.now()))
        return seen.filter(deposited_at__isnull=False)


class Decide(SignedActEndpoint):
    """Record the authority's decision, or confirm its silence, signed."""

    serializer_class = DecisionBody
    responses = {200: DossierPage}

    def meaning(self, obj: Dossier, data: Any) -> Meaning:  # type: ignore[override]
        return meaning_of(data["outcome"])

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def perform(  # type: ignore[override]
        self, obj: Dossier, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        decide(obj.pk, **data, credentials=credentials, by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class Correct(SignedActEndpoint):
    """Correct a decision that was recorded wrongly, signed."""

    serializer_class = CorrectionBody
    meaning = Meaning.CORRECTION
    responses = {200: DossierPage}

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def perform(  # type: ignore[override]
        self, obj: Dossier, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        correct_decision(obj.pk, **data, credentials=credentials, by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class Letter(ActEndpoint):
    """Give a decision its letter, a piece of its dossier."""

    serializer_class = LetterBody
    responses = {200: DossierPage}

    def get_object(self, request: Request, **kwargs: Any) -> Decision:
        seen = Dossier.objects.visible_to(request.user)
        return get_object_or_404(Decision.objects.filter(dossier__in=seen), pk=kwargs["pk"])

    def perform(self, obj: Decision, data: Any, *, by: User, now: datetime) -> Answer:
        tie_letter(obj.pk, letter=data["letter"], by=by, now=now)
        return 200, page_of(obj.dossier_id, self.request)
