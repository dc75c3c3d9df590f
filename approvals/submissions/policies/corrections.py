"""What a decision entered wrongly may be corrected to, and where each version goes (§3, §4)."""

from datetime import date

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.models import User
from approvals.submissions.enums import (
    AFTER_GRANT,
    DECIDED,
    GRANTING,
    LEFT_BATCH,
    RETURNED,
    Outcome,
)
from approvals.submissions.models import Decision, Dossier
from approvals.submissions.policies.batches import check_can_batch
from approvals.submissions.policies.decisions import check_decision_facts, check_silence_grants
from content.assets.enums import WITHDRAWABLE, Cause, State
from content.assets.models import Interruption, Version
from content.calendar import day_in_words

# Over for good: a correction changes neither (DOMAIN.md §3).
KEPT = (State.SUPERSEDED, State.EXPIRED)
# Where a decision leaves a version; what is elsewhere has moved on since.
DECIDED_STATES = (
    State.APPROVED,
    *WITHDRAWABLE,
    State.REFUSED,
    State.WITHDRAWN,
    *KEPT,
)


def check_can_correct(dossier: Dossier, by: User) -> None:
    """Let regulatory correct what was recorded, once something was.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``not_decided``.
    """
    check_can_batch(by)
    if dossier.state not in DECIDED:
        raise StateConflict(
            "not_decided", _("No decision is recorded on this dossier: there is none to correct.")
        )


def entry_to_correct(dossier: Dossier, outcome: str, chosen: int | None) -> Decision:
    """Return the entry that a correction replaces: the one chosen, or the last that stands.

    A dossier said to have been refused, inadmissible or withdrawn corrects the first answer; a
    suspension or a withdrawal corrects one that came after the grant. A grant takes back what
    stopped the visa and still does, else it corrects the first answer.

    :raises StateConflict: ``already_corrected``, ``nothing_to_correct``.
    :raises InvalidInput: field ``decision`` or ``outcome``.
    """
    standing = list(dossier.decisions.standing().order_by("pk"))
    wrong: Decision | None
    if chosen is not None:
        wrong = _chosen(dossier, chosen)
    elif outcome in AFTER_GRANT:
        wrong = next((one for one in reversed(standing) if one.comes_after_grant), None)
    elif outcome in GRANTING and standing[-1].comes_after_grant and not _lifted_since(standing[-1]):
        wrong = standing[-1]
    else:
        wrong = _first_answer(standing)
    if wrong is None:
        raise StateConflict(
            "nothing_to_correct",
            _("No suspension or withdrawal is recorded: record it as a decision of its own."),
        )
    if wrong.comes_after_grant and outcome not in (*GRANTING, *AFTER_GRANT):
        raise InvalidInput.at(
            "outcome", _("This entry came after a grant: to say otherwise, correct the grant.")
        )
    if outcome in AFTER_GRANT and not wrong.comes_after_grant:
        raise InvalidInput.at(
            "outcome",
            _("A suspension or a withdrawal comes after a grant: record it as a decision."),
        )
    return wrong


def _chosen(dossier: Dossier, chosen: int) -> Decision:
    wrong: Decision | None = dossier.decisions.filter(pk=chosen).first()
    if wrong is None:
        raise InvalidInput.at("decision", _("Choose one of the decisions of this dossier."))
    if not wrong.is_standing:
        raise StateConflict(
            "already_corrected", _("This entry was corrected already: correct its correction.")
        )
    return wrong


def _lifted_since(entry: Decision) -> bool:
    """Whether an entry is a suspension that a signed resume ended."""
    rows = Interruption.objects.filter(
        version__visa=entry.dossier.version.visa_id,
        cause=Cause.AUTHORITY_SUSPENDED,
        recorded_at=entry.recorded_at,
        lifted_at__isnull=False,
    )
    return entry.outcome == Outcome.SUSPENDED and bool(rows.exists())


def _first_answer(standing: list[Decision]) -> Decision | None:
    """Return the last standing entry that answers the deposit itself."""
    return next((one for one in reversed(standing) if not one.comes_after_grant), None)


def check_correction_facts(entry: Decision, wrong: Decision, day: date) -> None:
    """Hold a correction to what a decision holds to, and to say something else.

    :raises InvalidInput: fields ``decided_on``, ``notified_on``, ``reason``, ``starts_on``,
        ``start_reason``, ``until``.
    :raises StateConflict: ``evaluation_not_over``, ``receipt_day_missing``,
        ``silence_grants_nothing``, ``nothing_corrected``.
    """
    check_decision_facts(entry, day)
    if entry.outcome == Outcome.TACIT:
        check_silence_grants(entry.dossier)
    if wrong.comes_after_grant and entry.outcome in GRANTING:
        _check_says_the_grant(entry)
    _check_something_changes(entry, wrong)


def _check_says_the_grant(entry: Decision) -> None:
    """Hold what takes back a stop to the grant that stands: the visa's days are not moved by it.

    :raises InvalidInput: fields ``outcome``, ``decided_on``, ``starts_on``.
    """
    grant = _first_answer(list(entry.dossier.decisions.standing().order_by("pk")))
    assert grant is not None
    told = _(
        "The visa was granted on %(day)s (%(outcome)s): say this again to take the stop back, or"
        " correct the entry of the grant."
    ) % {"day": day_in_words(grant.decided_on), "outcome": Outcome(grant.outcome).label}
    names = ("outcome", "decided_on", "starts_on")
    errors = {name: [told] for name in names if getattr(entry, name) != getattr(grant, name)}
    if errors:
        raise InvalidInput(errors)


def _check_something_changes(entry: Decision, wrong: Decision) -> None:
    """:raises StateConflict: ``nothing_corrected``."""
    compared = (
        "outcome",
        "decided_on",
        "notified_on",
        "reason",
        "starts_on",
        "start_reason",
        "until",
    )
    if all(getattr(entry, name) == getattr(wrong, name) for name in compared):
        raise StateConflict(
            "nothing_corrected",
            _("This is what is recorded already: say what the authority really decided."),
        )


def check_version_follows(dossier: Dossier, entry: Decision, wrong: Decision) -> None:
    """Refuse a correction that the version can no longer follow: it went another way since.

    :raises StateConflict: ``version_moved_on``, ``digest_changed``.
    """
    version = dossier.version
    if wrong.outcome in RETURNED and entry.outcome in RETURNED:
        return
    later = version.dossiers.filter(pk__gt=dossier.pk).exclude(state__in=LEFT_BATCH)
    if later.exists() or version.state not in DECIDED_STATES:
        raise StateConflict(
            "version_moved_on",
            _("%(version)s is %(state)s since: take it back to approved, then correct.")
            % {"version": version, "state": State(version.state).label},
        )
    revision = version.current_revision
    if entry.outcome in GRANTING and revision is not None and revision.digest != dossier.digest:
        raise StateConflict(
            "digest_changed",
            _("The files of %(version)s changed since its deposit: no visa covers the new ones.")
            % {"version": version},
        )


def corrected_state(version: Version, outcome: str, *, stopped: bool) -> State:
    """Return where a correction leaves a version: the last row of the table of DOMAIN.md §3.

    ``stopped``: the authority's withdrawal of the visa, another entry, still stands.
    """
    state = State(version.state)
    over = state in KEPT or withdrawn_by_pharmacist(version)
    if over or state not in DECIDED_STATES:
        return state
    released = version.released_at is not None
    if outcome == Outcome.REFUSED:
        return State.REFUSED
    if outcome in RETURNED:
        return State.WITHDRAWN if released else State.APPROVED
    if stopped or outcome == Outcome.WITHDRAWN_BY_AUTHORITY:
        return State.WITHDRAWN
    if state in WITHDRAWABLE:
        return state
    return State.SUSPENDED if released else State.CLEARED


def withdrawn_by_pharmacist(version: Version) -> bool:
    """Whether the pharmacist withdrew it: final, whatever the authority decided."""
    rows = version.interruptions.not_lifted().filter(cause=Cause.WITHDRAWN)
    return version.state == State.WITHDRAWN and bool(rows.exists())
