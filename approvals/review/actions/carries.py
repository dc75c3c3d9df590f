"""Carry verdicts, and a visa, from one digest to another: three occasions (DOMAIN.md §3, §6)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.review import notifications
from approvals.review.actions.cycles import close_tasks, settle
from approvals.review.actions.lifecycle import owed_reason
from approvals.review.enums import APPROVING, OPEN_TASK, POSITIVE, CarryKind, CycleState, TaskState
from approvals.review.models import (
    CarriedVerdict,
    Carry,
    MinorModificationCategory,
    ReviewCycle,
    ReviewTask,
    Verdict,
)
from approvals.review.policies.carries import (
    carry_kind,
    check_nothing_besides,
    check_reference_only,
    minor_task_of,
    open_cycle_of,
    tasks_to_confirm,
)
from approvals.review.policies.decisions import signing_role
from approvals.review.policies.lifecycle import predecessor_with_visa
from approvals.review.policies.standing import difference
from approvals.signatures.actions import covering, sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from content.assets.actions import facts
from content.assets.models import Revision, Version
from content.catalogue.actions import lock_list_head


@act("carry", roles=(*REVIEWERS, *PHARMACISTS))
def carry(
    version_id: int,
    *,
    tasks: Collection[int] = (),
    category: str = "",
    reason: str,
    credentials: Proof,
    by: User,
    now: datetime,
) -> Carry:
    """Sign that verdicts given on one digest hold for another, naming both.

    Confirms the changes one asked for (``tasks`` narrows which); or, by regulatory, carries all
    verdicts where only the reference changed; or is one of the two signatures of a minor
    modification, whose ``category`` is on the authority's list.

    :raises PolicyDenied: ``not_your_verdict``, ``role_missing``, ``no_delegation``,
        ``four_eyes``, ``already_decided``.
    :raises StateConflict: ``wrong_state``, ``nothing_to_carry``, ``reference_unchanged``,
        ``more_than_reference``, ``review_started``, ``task_decided``, ``no_visa_to_carry``,
        ``blocking_comment_open``, ``proof_invalid``.
    :raises InvalidInput: field ``reason``, ``tasks`` or ``category``.
    """
    lock_list_head()
    ids = Version.objects.filter(asset__versions=version_id).values_list("pk", flat=True)
    locked = {version.pk: version for version in Version.objects.locked().filter(pk__in=ids)}
    cycle = open_cycle_of(locked[version_id])
    cycle.version = locked[version_id]
    signing = _Signing(cycle, owed_reason(reason), credentials, by, now)
    kind = carry_kind(cycle)
    if kind == CarryKind.CONFIRMATION:
        return _confirm(signing, tasks)
    if kind == CarryKind.MINOR_MODIFICATION:
        return _carry_minor(signing, category)
    return _carry_reference(signing)


class _Signing:
    """What every carry of one act has in common."""

    def __init__(
        self, cycle: ReviewCycle, reason: str, credentials: Proof, by: User, now: datetime
    ) -> None:
        self.cycle, self.reason, self.credentials = cycle, reason, credentials
        self.by, self.now = by, now

    def write(
        self,
        kind: CarryKind,
        before: Revision,
        verdicts: Iterable[Verdict],
        *,
        role: Role,
        task: ReviewTask | None = None,
        category: MinorModificationCategory | None = None,
        lender: User | None = None,
    ) -> Carry:
        """Sign over both digests, and make the verdicts hold on the new one."""
        after = self.cycle.revision
        signature = self._sign(before, after, role, lender)
        kept = Carry(
            version=self.cycle.version,
            cycle=self.cycle,
            task=task,
            kind=kind,
            category=category,
            role=role,
            reason=self.reason,
            difference=difference(before, after),
            from_revision=before,
            to_revision=after,
            from_digest=before.digest,
            to_digest=after.digest,
            carried_by=self.by,
            carried_at=self.now,
            on_behalf_of=lender,
            signature=signature,
        )
        kept.save(force_insert=True)
        for verdict in verdicts:
            CarriedVerdict(carry=kept, verdict=verdict).save()
        return kept

    def _sign(
        self, before: Revision, after: Revision, role: Role, lender: User | None
    ) -> Signature:
        return sign(
            self.credentials,
            by=self.by,
            now=self.now,
            meaning=Meaning.CARRY,
            role=signing_role(role, self.by),
            covers=covering(before, after),
            on_behalf_of=lender,
        )


def _confirm(signing: _Signing, tasks: Collection[int]) -> Carry:
    """Confirm the changes one asked for; the last confirmation carries all other verdicts."""
    cycle, now = signing.cycle, signing.now
    mine, lender = tasks_to_confirm(cycle, signing.by, now)
    if tasks and not {task.pk for task in mine}.issuperset(tasks):
        raise InvalidInput.at("tasks", _("Name only tasks whose changes you asked for."))
    # One person decides at most one task of a cycle: there is exactly one.
    task = mine[0]
    verdict: Verdict = task.verdict
    before = verdict.revision
    for change in verdict.changes.unconfirmed():
        change.confirmed_at = now
        change.save()
    task.confirm()
    task.save()
    carried = [verdict]
    if not cycle.tasks.filter(state=TaskState.TO_CONFIRM).exists():
        carried += _not_reopened(cycle, verdict)
    kept = signing.write(
        CarryKind.CONFIRMATION, before, carried, role=Role(task.role), task=task, lender=lender
    )
    settle(cycle, by=signing.by, now=now)
    return kept


def _not_reopened(cycle: ReviewCycle, own: Verdict) -> list[Verdict]:
    """Return the cycle's other verdicts in force that do not hold on its revision yet."""
    digest = cycle.revision.digest
    holding = Verdict.objects.holding_on(digest, cycle=cycle).values_list("pk", flat=True)
    verdicts = Verdict.objects.in_force().filter(cycle=cycle, outcome__in=(*POSITIVE, *APPROVING))
    # Changes asked for on the new revision itself are still to be confirmed.
    standing = verdicts.exclude(pk__in=[own.pk, *holding]).exclude(
        digest=digest, changes__confirmed_at__isnull=True
    )
    return list(standing.order_by("pk"))


def _carry_minor(signing: _Signing, category: str) -> Carry:
    """Sign one of the two carries; the second one clears the version under the old visa."""
    cycle, by, now = signing.cycle, signing.by, signing.now
    task, lender = minor_task_of(cycle, by, now)
    chosen = MinorModificationCategory.objects.filter(code=category, active=True).first()
    if chosen is None:
        raise InvalidInput.at(
            "category", _("Name the category of minor modification on the authority's list.")
        )
    version = cycle.version
    predecessor = predecessor_with_visa(version, now)
    passed = predecessor.cycles.filter(state=CycleState.PASSED).latest("number")
    verdicts = Verdict.objects.holding_on(passed.revision.digest, cycle=passed).order_by("pk")
    kept = signing.write(
        CarryKind.MINOR_MODIFICATION,
        passed.revision,
        verdicts,
        role=Role(task.role),
        task=task,
        category=chosen,
        lender=lender,
    )
    task.decide()
    task.save()
    if not cycle.tasks.filter(state__in=OPEN_TASK).exists():
        _clear(cycle, predecessor, by=by, now=now)
    return kept


def _clear(cycle: ReviewCycle, predecessor: Version, *, by: User, now: datetime) -> None:
    """Let the version stand under its predecessor's visa and reference."""
    version = cycle.version
    cycle.conclude(at=now)
    cycle.save()
    if version.reference_id not in {None, predecessor.reference_id}:
        facts.burn_reference(version, reason=_("Minor modification"), by=by, now=now)
    version.carry_visa(at=now)
    facts.carry_visa(version, predecessor, by=by, now=now)
    notifications.tell_approved(version, now=now)


def _carry_reference(signing: _Signing) -> Carry:
    """Carry all verdicts where nothing but the reference changed: the version is approved."""
    cycle, now = signing.cycle, signing.now
    passed, verdicts = check_reference_only(cycle, signing.by)
    check_nothing_besides(passed, cycle)
    kept = signing.write(
        CarryKind.REFERENCE_ONLY, passed.revision, verdicts, role=Role.REGULATORY_REVIEWER
    )
    close_tasks(cycle)
    cycle.conclude(at=now)
    cycle.save()
    cycle.version.approve(at=now)
    cycle.version.save()
    notifications.tell_approved(cycle.version, now=now)
    return kept
