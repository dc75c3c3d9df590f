"""Record what the authority decided, or that its silence granted."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.models import User
from approvals.review.actions import keep_refusal
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions.deposits import settle_batch, sign_dossier
from approvals.submissions.actions.dossiers import add_piece
from approvals.submissions.actions.locking import lock_dossier
from approvals.submissions.actions.planning import release_plan
from approvals.submissions.enums import AFTER_GRANT, Outcome, PieceKind
from approvals.submissions.models import Decision, Dossier, DossierPiece
from approvals.submissions.notifications import tell_decided
from approvals.submissions.policies import (
    BATCH_ROLES,
    check_can_decide,
    check_can_tie_letter,
    check_decision_facts,
    check_letter,
)
from content.assets.actions import facts
from content.assets.enums import WITHDRAWABLE, Cause, State, VisaBasis
from content.assets.models import Version
from content.assets.signals import stopped_by_authority
from content.calendar import add_months, paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import VisaRule


def meaning_of(outcome: str) -> Meaning:
    """Return what signing an outcome means: silence is confirmed, a decision is recorded."""
    return Meaning.TACIT_GRANT_CONFIRMED if outcome == Outcome.TACIT else Meaning.DECISION


class Stated(TypedDict, total=False):
    """What a decision may state besides its outcome and its day."""

    notified_on: date | None
    starts_on: date | None
    start_reason: str
    until: date | None


def entry_of(
    dossier: Dossier, outcome: str, decided_on: date, stated: Stated, *, by: User, now: datetime
) -> Decision:
    """Return an entry as it is stated, not checked and not kept yet."""
    return Decision(
        dossier=dossier,
        outcome=outcome,
        decided_on=decided_on,
        notified_on=stated.get("notified_on"),
        starts_on=stated.get("starts_on"),
        start_reason=stated.get("start_reason", "").strip(),
        until=stated.get("until"),
        recorded_by=by,
        recorded_at=now,
    )


@act("decide", roles=BATCH_ROLES)
def decide(
    dossier_id: int,
    *,
    outcome: str,
    decided_on: date,
    reason: str = "",
    letter: int | UploadedFile | None = None,
    no_letter_received: bool | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
    **stated: Unpack[Stated],
) -> Decision:
    """Record the authority's decision on a dossier, and let it have its effect.

    ``letter`` is the authority's letter: a piece of the dossier, or its file; ``starts_on`` the
    visa's first day where it is not the one that the rule gives, ``until`` the stated end of a
    suspension, which only reminds. Who confirms silence states ``no_letter_received``.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``outcome``, ``decided_on``, ``notified_on``, ``reason``, ``letter``,
        ``starts_on``, ``start_reason``, ``until``, ``no_letter_received``.
    :raises StateConflict: ``not_deposited``, ``already_decided``, ``not_granted``,
        ``already_suspended``, ``already_withdrawn``, ``evaluation_not_over``,
        ``receipt_day_missing``, ``silence_grants_nothing``.
    """
    if outcome not in Outcome.values:
        raise InvalidInput.at("outcome", _("Choose one of the outcomes of the list."))
    lock_list_head()
    dossier, version, _products = lock_dossier(dossier_id, with_carriers=True)
    check_can_decide(dossier, outcome, by)
    decision = entry_of(dossier, outcome, decided_on, stated, by=by, now=now)
    decision.reason = reason.strip()
    decision.silence_statement = silence_stated(outcome, no_letter_received)
    check_decision_facts(decision, paris_day(now))
    decision.letter = letter_of(dossier, letter, by=by, now=now)
    decision.signature = sign_dossier(dossier, meaning_of(outcome), credentials, by=by, now=now)
    decision.save(force_insert=True)
    _EFFECTS[Outcome(outcome)](decision, version, by=by, now=now)
    if outcome not in AFTER_GRANT:
        dossier.save()
        settle_batch(dossier.batch, now=now)
    tell_decided(decision, now=now)
    return decision


def silence_stated(outcome: str, no_letter_received: bool | None) -> str:
    """Return what the person who confirms silence states, in their language; kept as proof.

    :raises InvalidInput: field ``no_letter_received``.
    """
    if outcome != Outcome.TACIT or no_letter_received is None:
        return ""
    if not no_letter_received:
        raise InvalidInput.at(
            "no_letter_received",
            _("Silence is confirmed only where no letter came: record the letter's decision."),
        )
    return _("I checked the mailbox and the portal: no letter of the authority came.")


def letter_of(
    dossier: Dossier, letter: int | UploadedFile | None, *, by: User, now: datetime
) -> DossierPiece | None:
    """Return the letter of a decision: a piece that is there, or a file that becomes one.

    :raises InvalidInput: field ``letter``.
    """
    if letter is None:
        return None
    if isinstance(letter, int):
        piece = DossierPiece.objects.filter(pk=letter).first()
        check_letter(dossier, piece)
        return piece
    try:
        return add_piece(dossier.pk, kind=PieceKind.LETTER, file=letter, by=by, now=now)
    except InvalidInput as error:
        raise InvalidInput.at("letter", error.message, error.code) from None


@act("tie_letter", roles=BATCH_ROLES)
def tie_letter(
    decision_id: int, *, letter: int | UploadedFile, by: User, now: datetime
) -> Decision:
    """Give a decision recorded without its letter the letter that came since.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``letter_there``, ``no_letter_exists``.
    :raises InvalidInput: field ``letter``.
    """
    dossier_id = Decision.objects.values_list("dossier_id", flat=True).get(pk=decision_id)
    dossier, _version, _products = lock_dossier(dossier_id)
    decision: Decision = Decision.objects.get(pk=decision_id)
    check_can_tie_letter(decision, by)
    decision.letter = letter_of(dossier, letter, by=by, now=now)
    decision.save()
    return decision


def visa_start(decision: Decision) -> tuple[date, VisaBasis]:
    """Return the first day of the visa that a grant gives, and on what it rests (§4)."""
    if decision.starts_on is not None:
        return decision.starts_on, VisaBasis.STATED
    if decision.outcome == Outcome.TACIT:
        ended = decision.dossier.evaluation_ends_on
        assert ended is not None
        return ended, VisaBasis.TACIT
    return decision.decided_on, VisaBasis.EXPRESS


def give_visa(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    """Give the dossier's version its visa. Saves the version."""
    starts_on, basis = visa_start(decision)
    facts.grant_visa(
        version,
        category=decision.dossier.batch.category,
        digest=decision.dossier.digest,
        basis=basis,
        starts_on=starts_on,
        ends_on=add_months(starts_on, visa_months(version)),
        start_reason=decision.start_reason,
        by=by,
        now=now,
    )


def _grant(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    decision.dossier.grant(at=now)
    version.grant(at=now)
    give_visa(decision, version, by=by, now=now)


def visa_months(version: Version) -> int:
    """Return how many calendar months a visa of the version's category holds."""
    rule = VisaRule.objects.get(
        jurisdiction=version.asset.jurisdiction_id,
        nature=version.asset.nature,
        audience=version.asset.audience,
    )
    return rule.visa_months


def _refuse(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    decision.dossier.refuse(at=now)
    version.refuse(at=now)
    version.save()
    keep_refusal(version, reasons=decision.reason, by=by, now=now)


def _return(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    """Nothing was decided on the merits: approved again, its reference burnt."""
    if decision.outcome == Outcome.INADMISSIBLE:
        decision.dossier.declare_inadmissible(at=now)
        why = _("The dossier was declared inadmissible.")
    else:
        decision.dossier.withdraw_by_applicant(at=now)
        why = _("The applicant withdrew the dossier.")
    version.return_undecided(at=now)
    version.save()
    release_plan(version, reason=why, by=by, now=now)


def _suspend(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    carriers = _carrying(version, WITHDRAWABLE)
    for carrier in carriers:
        if carrier.state == State.RELEASED:
            carrier.suspend(at=now)
            carrier.save()
    facts.interrupt(
        carriers,
        cause=Cause.AUTHORITY_SUSPENDED,
        reason=decision.reason,
        starts_on=paris_day(now),
        by=by,
        now=now,
    )
    tell_stopped(decision, carriers, withdrawn=False, now=now)


def _withdraw(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    carriers = _carrying(version, WITHDRAWABLE)
    for carrier in carriers:
        carrier.withdraw(at=now)
        carrier.save()
    facts.interrupt(
        carriers,
        cause=Cause.AUTHORITY_WITHDRAWN,
        reason=decision.reason,
        starts_on=paris_day(now),
        by=by,
        now=now,
    )
    tell_stopped(decision, carriers, withdrawn=True, now=now)


def tell_stopped(
    decision: Decision, versions: Sequence[Version], *, withdrawn: bool, now: datetime
) -> None:
    """Have the field told of what the authority, or a correction, took out of use."""
    if versions:
        stopped_by_authority.send(
            Decision,
            versions=versions,
            withdrawn=withdrawn,
            reason=decision.reason or decision.correction_reason,
            occasion=str(decision.pk),
            now=now,
        )


def _carrying(version: Version, states: tuple[State, ...]) -> list[Version]:
    """Return every version, locked with the dossier, that stands under the version's visa."""
    carriers = Version.objects.with_asset().filter(visa=version.visa_id, state__in=states)
    return [version if one.pk == version.pk else one for one in carriers.order_by("pk")]


_EFFECTS: dict[Outcome, Callable[..., None]] = {
    Outcome.GRANTED: _grant,
    Outcome.TACIT: _grant,
    Outcome.REFUSED: _refuse,
    Outcome.WITHDRAWN_BY_APPLICANT: _return,
    Outcome.INADMISSIBLE: _return,
    Outcome.SUSPENDED: _suspend,
    Outcome.WITHDRAWN_BY_AUTHORITY: _withdraw,
}
