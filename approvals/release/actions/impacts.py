"""Impact lists: opened by a newer source, decided on by the pharmacist, version by version."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.audit.bulk import create_in_bulk
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.release import notifications
from approvals.release.impacts import falling_due, overdue, repeating, to_decide
from approvals.release.models import ImpactDecision, ImpactItem, ImpactList, ImpactTerm
from approvals.release.policies import (
    RELEASE_ROLES,
    TERM_ROLES,
    check_can_decide_impact,
    check_can_set_terms,
    check_impact_deadline,
    check_impact_outcome,
    role_of,
)
from approvals.review.due import is_office_time
from approvals.signatures.actions import covering, sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.enums import SourceKind
from content.catalogue.source_changes import SourceChange

# How long before its deadline a list in which something waits is reminded of.
REMINDED_BEFORE = timedelta(days=7)
LONGEST_TERM = 365


@act("open_impact_lists")
def open_impact_lists(
    changes: Sequence[SourceChange], *, by: User, now: datetime
) -> list[ImpactList]:
    """Open the list of what each change makes wrong, and tell the pharmacists.

    Who may is the rule of the act that changed the source, which this joins (ADR 0034). A fact of
    the public database that no material repeats opens nothing.
    """
    days = dict(ImpactTerm.objects.values_list("kind", "days"))
    opened = []
    for change in changes:
        repeated = [] if change.document else repeating(change.product)
        if change.document is None and not repeated:
            continue
        impact = ImpactList(
            product=change.product,
            kind=change.kind,
            document=change.document,
            previous=change.previous,
            before=change.before,
            after=change.after,
            opened_at=now,
            opened_by=by,
            deadline=paris_day(now) + timedelta(days=days[change.kind]),
        )
        impact.save()
        create_in_bulk([ImpactItem(impact=impact, version_id=pk) for pk in repeated])
        opened.append(impact)
    for impact in opened:
        # Where nothing waits yet, the reminders tell of what comes to cite the old document.
        if to_decide(impact).exists():
            notifications.impact_opened(impact, now=now)
    return opened


@act("decide_impact", roles=RELEASE_ROLES)
def decide_impact(
    impact_id: int,
    version_id: int,
    *,
    outcome: str,
    reason: str = "",
    credentials: Proof,
    by: User,
    now: datetime,
) -> ImpactDecision:
    """Decide what becomes of a version that repeats what changed (DOMAIN.md §8).

    Nothing else happens to the version: a withdrawal is signed by its own act, and the owner is
    told of the new version or the minor modification to prepare.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``already_decided``, ``still_edited``, ``not_concerned``.
    :raises InvalidInput: field ``outcome``, or ``reason`` where it is owed.
    """
    # The version's lock guards the decision: of two pharmacists the second is told of the first.
    version = Version.objects.locked().get(pk=version_id)
    impact = ImpactList.objects.with_page().get(pk=impact_id)
    lender = check_can_decide_impact(impact, version, by, now)
    reason = reason.strip()
    check_impact_outcome(version, outcome, reason)
    decision = ImpactDecision(
        impact=impact,
        version=version,
        outcome=outcome,
        reason=reason,
        digest=version.current_revision.digest,
        decided_by=by,
        decided_at=now,
    )
    decision.signature = _sign(decision, credentials, lender, by=by, now=now)
    decision.save(force_insert=True)
    notifications.impact_decided(decision, now=now)
    return decision


def _sign(
    decision: ImpactDecision,
    credentials: Proof,
    lender: User | None,
    *,
    by: User,
    now: datetime,
) -> Signature:
    """Sign over the version's digest, and over what was decided about which change."""
    impact = decision.impact
    source = impact.document.sha256 if impact.document else f"{impact.before}\n{impact.after}"
    text = "\n".join([impact.product.cis, impact.kind, source, decision.outcome, decision.reason])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return sign(
        credentials,
        by=by,
        now=now,
        meaning=Meaning.IMPACT_DECISION,
        role=role_of(by),
        covers=[
            ("release.impactlist", impact.pk, digest),
            *covering(decision.version.current_revision),
        ],
        on_behalf_of=lender,
    )


@act("move_impact_deadline", roles=TERM_ROLES)
def move_impact_deadline(
    impact_id: int, *, deadline: date, reason: str, by: User, now: datetime
) -> ImpactList:
    """Give an impact list another deadline; the reason stays in the trail.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: field ``reason``, or ``deadline`` if past.
    """
    check_can_set_terms(by)
    impact: ImpactList = ImpactList.objects.select_for_update(of=("self",)).get(pk=impact_id)
    check_impact_deadline(deadline, reason, now)
    if impact.deadline != deadline:
        impact.deadline = deadline
        impact.save()
    return impact


@act("set_impact_term", roles=TERM_ROLES)
def set_impact_term(kind: str, *, days: int, by: User, now: datetime) -> ImpactTerm:
    """Say how many days are given to decide after a source of a kind changed, from now on.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: field ``kind`` or ``days``.
    """
    check_can_set_terms(by)
    if kind not in SourceKind.values:
        raise InvalidInput.at("kind", _("Choose what kind of source this is."))
    if not 1 <= days <= LONGEST_TERM:
        raise InvalidInput.at("days", _("Give between 1 and 365 days."))
    term: ImpactTerm = ImpactTerm.objects.select_for_update(of=("self",)).get(kind=kind)
    if term.days != days:
        term.days = days
        term.save()
    return term


@act("remind_of_impacts")
def remind_of_impacts(*, by: User, now: datetime) -> int:
    """Remind the pharmacists of lists due within a week or late, once each; return how often.

    A deadline that was moved is reminded of again.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    if not is_office_time(now):
        return 0
    today = paris_day(now)
    soon = falling_due(today, today + REMINDED_BEFORE)
    told = sum(notifications.impact_due(impact, now=now) for impact in soon)
    return told + sum(notifications.impact_late(impact, now=now) for impact in overdue(today))
