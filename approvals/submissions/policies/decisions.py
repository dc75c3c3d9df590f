"""What a decision must hold to: the deposit, today, its reasons (DOMAIN.md §8)."""

from datetime import date

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.models import User
from approvals.submissions.enums import (
    AFTER_GRANT,
    GRANTING,
    REASON_OWED,
    DossierState,
    Outcome,
    PieceKind,
)
from approvals.submissions.models import Decision, Dossier, DossierPiece
from approvals.submissions.policies.batches import check_can_batch
from content.calendar import day_in_words, paris_day
from content.catalogue.models import VisaRule


def check_can_decide(dossier: Dossier, outcome: str, by: User) -> None:
    """Let a deposited dossier be decided once; a visa be suspended or withdrawn after it.

    :raises StateConflict: ``not_deposited``, ``already_decided``, ``not_granted``,
        ``already_suspended``, ``already_withdrawn``, ``silence_grants_nothing``.
    """
    check_can_batch(by)
    if outcome in AFTER_GRANT:
        _check_visa_stands(dossier, outcome)
    elif dossier.deposited_at is None:
        raise StateConflict(
            "not_deposited", _("This dossier was not deposited: nothing can be decided on it.")
        )
    elif dossier.state != DossierState.DEPOSITED:
        raise StateConflict(
            "already_decided",
            _("This dossier is already %(state)s.") % {"state": DossierState(dossier.state).label},
        )
    elif outcome == Outcome.TACIT:
        check_silence_grants(dossier)


def check_silence_grants(dossier: Dossier) -> None:
    """Hold the jurisdiction's rule: where silence grants nothing, nothing is tacit.

    :raises StateConflict: ``silence_grants_nothing``.
    """
    rules = VisaRule.objects.filter(
        jurisdiction=dossier.version.asset.jurisdiction_id, category=dossier.batch.category
    )
    if rules.filter(tacit_grant=False).exists():
        raise StateConflict(
            "silence_grants_nothing",
            _("In this country silence grants no visa: wait for the authority's decision."),
        )


def _check_visa_stands(dossier: Dossier, outcome: str) -> None:
    if dossier.state != DossierState.GRANTED:
        raise StateConflict(
            "not_granted", _("No visa was granted on this dossier: there is none to act upon.")
        )
    standing = dossier.decisions.standing()
    if standing.filter(outcome=Outcome.WITHDRAWN_BY_AUTHORITY).exists():
        raise StateConflict("already_withdrawn", _("The authority already withdrew this visa."))
    visa = dossier.version.visa
    if outcome == Outcome.SUSPENDED and visa is not None and visa.is_suspended:
        raise StateConflict("already_suspended", _("The authority already suspended this visa."))


def check_decision_facts(decision: Decision, day: date) -> None:
    """Check the days and reasons of a decision against the deposit and today.

    :raises InvalidInput: fields ``decided_on``, ``notified_on``, ``reason``, ``starts_on``,
        ``start_reason``, ``until``.
    :raises StateConflict: ``evaluation_not_over``, ``receipt_day_missing`` for a tacit grant.
    """
    dossier, decided_on = decision.dossier, decision.decided_on
    assert dossier.deposited_at is not None
    errors: dict[str, list[str]] = {}
    if decided_on < paris_day(dossier.deposited_at):
        errors["decided_on"] = [_("The decision is dated before the deposit: correct its date.")]
    elif decided_on > day:
        errors["decided_on"] = [_("A decision is a fact: it is never in the future.")]
    visa = dossier.version.visa
    if decision.outcome in AFTER_GRANT and visa is not None and decided_on < visa.starts_on:
        errors["decided_on"] = [_("The decision is dated before the visa: correct its date.")]
    if decision.notified_on is not None and not decided_on <= decision.notified_on <= day:
        errors["notified_on"] = [
            _("The notification comes on the day of the decision or later, never in the future.")
        ]
    if decision.outcome in REASON_OWED and not decision.reason:
        errors["reason"] = [_("Give the reasons as they were stated.")]
    errors |= _start_errors(decision, day) | _until_errors(decision)
    if errors:
        raise InvalidInput(errors)
    if decision.outcome == Outcome.TACIT:
        check_evaluation_over(dossier, decided_on, day)


def _start_errors(decision: Decision, day: date) -> dict[str, list[str]]:
    """A start stated by hand: of a grant, a day that came after the deposit, and why."""
    starts_on = decision.starts_on
    if starts_on is None:
        if decision.start_reason:
            return {"starts_on": [_("Give the first day of the visa that this reason explains.")]}
        return {}
    if decision.outcome not in GRANTING:
        return {"starts_on": [_("Only a visa that is granted has a first day: leave it empty.")]}
    errors: dict[str, list[str]] = {}
    dossier = decision.dossier
    assert dossier.deposited_at is not None
    if starts_on < paris_day(dossier.deposited_at):
        errors["starts_on"] = [_("The visa would start before the deposit: correct its day.")]
    elif starts_on > day:
        errors["starts_on"] = [_("The start of a visa is a fact: it is never in the future.")]
    ends_on = dossier.evaluation_ends_on
    if decision.outcome == Outcome.TACIT and ends_on is not None and starts_on < ends_on:
        errors["starts_on"] = [
            _("Silence grants on %(day)s at the earliest: correct the date.")
            % {"day": day_in_words(ends_on)}
        ]
    if not decision.start_reason:
        errors["start_reason"] = [_("Say why the visa starts on this day.")]
    return errors


def _until_errors(decision: Decision) -> dict[str, list[str]]:
    """The stated end of a suspension, after its beginning."""
    if decision.until is None:
        return {}
    if decision.outcome != Outcome.SUSPENDED:
        return {"until": [_("Only a suspension has a stated end: leave it empty.")]}
    if decision.until <= decision.decided_on:
        return {"until": [_("The suspension would end before it began: correct this day.")]}
    return {}


def check_letter(dossier: Dossier, letter: DossierPiece | None) -> None:
    """Hold a decision's letter to be one of its dossier's letters.

    :raises InvalidInput: field ``letter``.
    """
    if letter is None or letter.dossier_id != dossier.pk or letter.kind != PieceKind.LETTER:
        raise InvalidInput.at(
            "letter", _("Choose one of the letters of this dossier, or add the letter to it.")
        )


def check_can_tie_letter(decision: Decision, by: User) -> None:
    """Let a decision recorded without its letter get it, once.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``letter_there``, ``no_letter_exists``.
    """
    check_can_batch(by)
    if decision.letter_id is not None:
        raise StateConflict(
            "letter_there", _("This decision has its letter already: it is never replaced.")
        )
    if decision.outcome == Outcome.TACIT:
        raise StateConflict(
            "no_letter_exists",
            _("Silence has no letter: if one came, correct the decision."),
        )


def check_evaluation_over(dossier: Dossier, decided_on: date, day: date) -> None:
    """Let silence be confirmed from the day after the evaluation's end.

    :raises StateConflict: ``evaluation_not_over``, ``receipt_day_missing``.
    :raises InvalidInput: field ``decided_on``.
    """
    ends_on = dossier.evaluation_ends_on
    if ends_on is None:
        raise StateConflict(
            "receipt_day_missing",
            _("Outside the windows the evaluation counts from the authority's receipt: enter it."),
        )
    if day <= ends_on:
        raise StateConflict(
            "evaluation_not_over",
            _("The evaluation ends on %(day)s: silence can be confirmed from the day after.")
            % {"day": day_in_words(ends_on)},
        )
    if decided_on < ends_on:
        raise InvalidInput.at(
            "decided_on",
            _("Silence grants on %(day)s at the earliest: correct the date.")
            % {"day": day_in_words(ends_on)},
        )
