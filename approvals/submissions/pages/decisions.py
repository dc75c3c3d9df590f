"""What the authority decided on a dossier: entries in order, corrections, silence, clocks."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from approvals.submissions.actions import correct_decision, decide, tie_letter
from approvals.submissions.actions.locking import visa_of
from approvals.submissions.decision_forms import (
    CorrectionForm,
    DecisionForm,
    LetterForm,
    TacitForm,
    letter_given,
)
from approvals.submissions.enums import (
    AFTER_GRANT,
    FIRST_OUTCOMES,
    GRANTING,
    DossierState,
    Outcome,
    PieceKind,
)
from approvals.submissions.models import Decision, Dossier, DossierPiece
from approvals.submissions.notifications import wrong_days_in_words
from approvals.submissions.pages.batches import SEES_BATCHES, pill_of
from approvals.submissions.pages.dossiers import SignedOnDossier, visible_dossier
from approvals.submissions.policies import (
    can_correct,
    can_decide,
    can_tie_letter,
    check_can_correct,
    check_can_decide,
    check_can_tie_letter,
    check_evaluation_over,
)
from config.http.pages import ActPage, Page
from content.calendar import day_in_words, paris_day

OUTCOME_PILLS = {
    Outcome.GRANTED: ("◈", "violet"),
    Outcome.TACIT: ("◈", "violet"),
    Outcome.REFUSED: ("✕", "red"),
    Outcome.WITHDRAWN_BY_APPLICANT: ("✕", "grey"),
    Outcome.INADMISSIBLE: ("✕", "red"),
    Outcome.SUSPENDED: ("‖", "amber"),
    Outcome.WITHDRAWN_BY_AUTHORITY: ("✕", "red"),
}


def letters_of(dossier: Dossier) -> list[DossierPiece]:
    return [piece for piece in dossier.pieces.all() if piece.kind == PieceKind.LETTER]


def decisions_url(dossier: Dossier) -> str:
    return reverse("submissions:decisions", args=[dossier.pk])


def visible_decision(by: Any, pk: int) -> Decision:
    """Return a decision on a dossier that a person may see, or 404."""
    seen = Decision.objects.filter(dossier__in=Dossier.objects.visible_to(by))
    decision: Decision = get_object_or_404(seen.select_related("corrects"), pk=pk)
    decision.dossier = visible_dossier(by, decision.dossier_id)
    return decision


class DecisionsPage(Page):
    """The dossier's decisions in the order in which they were recorded."""

    roles = SEES_BATCHES
    template_name = "submissions/decisions.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dossier = visible_dossier(self.by, pk)
        decisions = dossier.decisions.select_related(
            "signature", "letter", "corrects", "superseded_by__recorded_by", "recorded_by"
        ).order_by("pk")
        visa = visa_of(dossier)
        return self.page(
            title=gettext("Decisions on %(version)s") % {"version": dossier.version},
            dossier=dossier,
            pill=pill_of(dossier),
            rows=[self.row(decision) for decision in decisions],
            visa=visa if visa is not None and visa.voided_at is None else None,
            acts=self.acts(dossier),
            waiting=clock_in_words(dossier, paris_day(self.now)),
        )

    def row(self, decision: Decision) -> dict[str, Any]:
        """Return one entry with what is said of it, and what may be done with it."""
        # What took a stop back stands on the page, and is not corrected: the grant has its entry.
        standing = decision.is_standing or decision.lifts_a_stop
        shape, colour = OUTCOME_PILLS[Outcome(decision.outcome)]
        return {
            "decision": decision,
            "pill": (shape, Outcome(decision.outcome).label, colour if standing else "grey"),
            "standing": standing,
            "wrong_days": wrong_days_in_words(decision),
            "no_letter": decision.letter is None and decision.outcome != Outcome.TACIT,
            "may_tie": standing and can_tie_letter(decision, self.by),
            "may_correct": decision.is_standing and can_correct(decision.dossier, self.by),
        }

    def acts(self, dossier: Dossier) -> list[tuple[str, str]]:
        """Return what may be recorded next: (words, address)."""
        found = []
        today = paris_day(self.now)
        due = dossier.evaluation_ends_on is not None and today > dossier.evaluation_ends_on
        if due and can_decide(dossier, Outcome.TACIT, self.by):
            found.append((gettext("Confirm the tacit grant"), "tacit"))
        first, after = Outcome.REFUSED, Outcome.WITHDRAWN_BY_AUTHORITY
        if can_decide(dossier, first, self.by) or can_decide(dossier, after, self.by):
            found.append((gettext("Record a decision"), "decide"))
        return [(words, reverse(f"submissions:{name}", args=[dossier.pk])) for words, name in found]


class DecidePage(SignedOnDossier):
    """What the authority decided; silence has its own page, and its own meaning."""

    title = _("Record the authority's decision")
    meaning = Meaning.DECISION
    form_class = DecisionForm
    template_name = "submissions/decide.html"
    done = _("The decision is recorded.")

    def outcomes(self, obj: Dossier) -> list[str]:
        if obj.state == DossierState.GRANTED:
            return list(AFTER_GRANT)
        return [outcome for outcome in FIRST_OUTCOMES if outcome != Outcome.TACIT]

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_decide(obj, self.outcomes(obj)[-1], by)
        super().check(obj, by, now)

    def form_kwargs(self, obj: Dossier) -> dict[str, Any]:
        return {"outcomes": self.outcomes(obj), "letters": letters_of(obj)}

    def initial(self, obj: Dossier) -> dict[str, Any]:
        return {"decided_on": paris_day(self.now)}

    def back(self, obj: Dossier) -> str:
        return decisions_url(obj)

    def consequences(self, obj: Dossier) -> list[str]:
        if obj.state == DossierState.GRANTED:
            return [
                gettext("Every version that carries this visa may no longer be used from today.")
            ]
        return [
            gettext("Granted: %(version)s waits for its release, under a visa of two years.")
            % {"version": obj.version},
            gettext("Refused: the version is over; its reasons go to the next one."),
            gettext("Withdrawn or inadmissible: it is approved again and its reference is burnt."),
        ]

    def perform(  # type: ignore[override]
        self, obj: Dossier, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        letter = letter_given(cleaned_data)
        decide(obj.pk, **cleaned_data, letter=letter, credentials=credentials, by=by, now=now)
        return decisions_url(obj)


class TacitPage(SignedOnDossier):
    title = _("Confirm the tacit grant")
    meaning = Meaning.TACIT_GRANT_CONFIRMED
    form_class = TacitForm
    template_name = "submissions/decide.html"
    done = _("The tacit grant is confirmed.")

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_decide(obj, Outcome.TACIT, by)
        check_evaluation_over(obj, paris_day(now), paris_day(now))
        super().check(obj, by, now)

    def back(self, obj: Dossier) -> str:
        return decisions_url(obj)

    def consequences(self, obj: Dossier) -> list[str]:
        ends_on: Any = obj.evaluation_ends_on
        return [
            gettext("The visa of %(version)s starts on %(day)s, the day the evaluation ended.")
            % {"version": obj.version, "day": day_in_words(ends_on)},
            gettext("Your name, the time and the sentence that you tick are kept as proof."),
        ]

    def perform(  # type: ignore[override]
        self, obj: Dossier, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        decide(
            obj.pk,
            outcome=Outcome.TACIT,
            decided_on=paris_day(now),
            no_letter_received=cleaned_data["no_letter"],
            starts_on=cleaned_data["starts_on"],
            start_reason=cleaned_data["start_reason"],
            credentials=credentials,
            by=by,
            now=now,
        )
        return decisions_url(obj)


class CorrectPage(SignedActPage):
    """A new signed entry in place of one that was wrong; the wrong one stays visible."""

    title = _("Correct the decision")
    meaning = Meaning.CORRECTION
    form_class = CorrectionForm
    template_name = "submissions/decide.html"
    grave = True
    done = _("The decision is corrected.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Decision:
        return visible_decision(self.by, kwargs["pk"])

    def check(self, obj: Decision, by: Any, now: datetime) -> None:
        check_can_correct(obj.dossier, by)
        super().check(obj, by, now)

    def form_kwargs(self, obj: Decision) -> dict[str, Any]:
        outcomes = [*GRANTING, *AFTER_GRANT] if obj.comes_after_grant else [*FIRST_OUTCOMES]
        return {"outcomes": outcomes, "letters": letters_of(obj.dossier)}

    def initial(self, obj: Decision) -> dict[str, Any]:
        names = ("outcome", "decided_on", "notified_on", "until", "starts_on", "start_reason")
        given = {name: getattr(obj, name) for name in names}
        return {**given, "authority_reasons": obj.reason, "letter": str(obj.letter_id or "")}

    def back(self, obj: Decision) -> str:
        return decisions_url(obj.dossier)

    def consequences(self, obj: Decision) -> list[str]:
        return [
            gettext("Recorded: %(outcome)s, %(day)s. This entry stays visible, struck through.")
            % {"outcome": Outcome(obj.outcome).label, "day": day_in_words(obj.decided_on)},
            gettext("Every version under this visa follows, from now on only."),
            gettext(
                "No longer granted: use ends at once. Granted after all: what had been released is"
                " suspended until the pharmacist resumes it."
            ),
            gettext(
                "The days that were wrongly usable are listed and told to the pharmacist,"
                " regulatory affairs and the owner."
            ),
        ]

    def perform(  # type: ignore[override]
        self, obj: Decision, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        letter = letter_given(cleaned_data)
        correct_decision(
            obj.dossier_id,
            **cleaned_data,
            decision=obj.pk,
            letter=letter,
            credentials=credentials,
            by=by,
            now=now,
        )
        return decisions_url(obj.dossier)


class LetterPage(ActPage):
    """The letter of a decision that was recorded without it."""

    title = _("Add the authority's letter")
    button = _("Add the letter")
    form_class = LetterForm
    done = _("The letter is with its decision.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Decision:
        return visible_decision(self.by, kwargs["pk"])

    def check(self, obj: Decision, by: Any, now: datetime) -> None:
        check_can_tie_letter(obj, by)

    def form_kwargs(self, obj: Decision) -> dict[str, Any]:
        return {"letters": letters_of(obj.dossier)}

    def back(self, obj: Decision) -> str:
        return decisions_url(obj.dossier)

    def perform(self, obj: Decision, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        tie_letter(obj.pk, letter=letter_given(cleaned_data), by=by, now=now)
        return decisions_url(obj.dossier)


class ClocksPage(Page):
    """The dossiers with the authority: days left, and silence to confirm."""

    title = _("The authority's clocks")
    roles = SEES_BATCHES
    template_name = "submissions/clocks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = paris_day(self.now)
        seen = Dossier.objects.visible_to(self.by).with_page()
        due = list(seen.tacit_due(today))
        ids = {dossier.pk for dossier in due}
        running = [dossier for dossier in seen.clocks() if dossier.pk not in ids]
        return self.page(
            due=[
                (dossier, clock_in_words(dossier, today), self.may_confirm(dossier))
                for dossier in due
            ],
            running=[(one, clock_in_words(one, today)) for one in running],
        )

    def may_confirm(self, dossier: Dossier) -> bool:
        return can_decide(dossier, Outcome.TACIT, self.by)


def clock_in_words(dossier: Dossier, day: date) -> str:
    """Say how long the authority still has, or since when silence may be confirmed."""
    if dossier.state != DossierState.DEPOSITED:
        return ""
    ends_on = dossier.evaluation_ends_on
    if ends_on is None:
        return gettext("The evaluation counts from the authority's receipt: enter its day.")
    left = (ends_on - day).days
    if left < 0:
        return ngettext(
            "The evaluation ended on %(day)s, %(n)s day ago.",
            "The evaluation ended on %(day)s, %(n)s days ago.",
            -left,
        ) % {"day": day_in_words(ends_on), "n": -left}
    if left == 0:
        return gettext("The evaluation ends today: silence can be confirmed tomorrow.")
    return ngettext(
        "%(n)s day left: the evaluation ends on %(day)s.",
        "%(n)s days left: the evaluation ends on %(day)s.",
        left,
    ) % {"day": day_in_words(ends_on), "n": left}
