"""Record what the authority decided, or that its silence granted."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.models import User
from approvals.review.actions import keep_refusal
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions.deposits import settle_batch, sign_dossier
from approvals.submissions.actions.locking import lock_dossier
from approvals.submissions.actions.planning import release_plan
from approvals.submissions.enums import AFTER_GRANT, Outcome
from approvals.submissions.models import Decision
from approvals.submissions.notifications import tell_decided
from approvals.submissions.policies import BATCH_ROLES, check_can_decide, check_decision_facts
from content.assets.actions import facts
from content.assets.enums import WITHDRAWABLE, Cause, State, VisaBasis
from content.assets.models import Version
from content.calendar import add_months, paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import VisaRule


def meaning_of(outcome: str) -> Meaning:
    """Return what signing an outcome means: silence is confirmed, a decision is recorded."""
    return Meaning.TACIT_GRANT_CONFIRMED if outcome == Outcome.TACIT else Meaning.DECISION


@act("decide", roles=BATCH_ROLES)
def decide(
    dossier_id: int,
    *,
    outcome: str,
    decided_on: date,
    notified_on: date | None = None,
    reason: str = "",
    credentials: Proof,
    by: User,
    now: datetime,
) -> Decision:
    """Record the authority's decision on a dossier, and let it have its effect.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``outcome``, ``decided_on``, ``notified_on``, ``reason``.
    :raises StateConflict: ``not_deposited``, ``already_decided``, ``not_granted``,
        ``already_suspended``, ``already_withdrawn``, ``evaluation_not_over``,
        ``receipt_day_missing``, ``silence_grants_nothing``.
    """
    if outcome not in Outcome.values:
        raise InvalidInput.at("outcome", _("Choose one of the outcomes of the list."))
    lock_list_head()
    dossier, version, _products = lock_dossier(dossier_id, with_carriers=True)
    check_can_decide(dossier, outcome, by)
    decision = Decision(
        dossier=dossier,
        outcome=outcome,
        decided_on=decided_on,
        notified_on=notified_on,
        reason=reason.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    check_decision_facts(decision, paris_day(now))
    decision.signature = sign_dossier(dossier, meaning_of(outcome), credentials, by=by, now=now)
    decision.save(force_insert=True)
    _EFFECTS[Outcome(outcome)](decision, version, by=by, now=now)
    if outcome not in AFTER_GRANT:
        dossier.save()
        settle_batch(dossier.batch, now=now)
    tell_decided(decision, now=now)
    return decision


def _grant(decision: Decision, version: Version, *, by: User, now: datetime) -> None:
    dossier = decision.dossier
    starts_on, basis = decision.decided_on, VisaBasis.EXPRESS
    if decision.outcome == Outcome.TACIT:
        ended = dossier.evaluation_ends_on
        assert ended is not None
        starts_on, basis = ended, VisaBasis.TACIT
    dossier.grant(at=now)
    version.grant(at=now)
    facts.grant_visa(
        version,
        category=dossier.batch.category,
        digest=dossier.digest,
        basis=basis,
        starts_on=starts_on,
        ends_on=add_months(starts_on, _visa_months(version)),
        by=by,
        now=now,
    )


def _visa_months(version: Version) -> int:
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
