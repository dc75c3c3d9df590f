"""When a verdict or a visa may be carried from one digest to another, and by whom."""

import contextlib
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, Refusal, StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.besides import changed_besides
from approvals.review.enums import CarryKind, CycleKind, CycleState, TaskState
from approvals.review.models import ReviewCycle, ReviewTask, Verdict
from approvals.review.policies.content import check_nothing_blocks
from approvals.review.policies.decisions import (
    check_holds,
    check_no_conflict,
    check_still_holds,
)
from approvals.review.policies.standing import field_label, roles_holding, wrong_state
from content.assets.comparison import fields_that_differ
from content.assets.enums import State
from content.assets.models import Revision, Version

MINOR_ROLES = (Role.REGULATORY_REVIEWER, Role.RESPONSIBLE_PHARMACIST)


def open_cycle_of(version: Version) -> ReviewCycle:
    """Return the cycle under way of a version in review.

    :raises StateConflict: ``wrong_state``.
    """
    cycle = ReviewCycle.objects.open().filter(version=version).first()
    if version.state != State.IN_REVIEW or cycle is None:
        raise wrong_state(version, _("a verdict is carried only during a review."))
    return cycle


def carry_kind(cycle: ReviewCycle) -> CarryKind:
    """Return which of the three carries a cycle under way can take."""
    if cycle.kind == CycleKind.CARRY:
        return CarryKind.MINOR_MODIFICATION
    if cycle.state == CycleState.CONFIRMING:
        return CarryKind.CONFIRMATION
    return CarryKind.REFERENCE_ONLY


def check_can_carry(version: Version, by: User, now: datetime) -> CarryKind:
    """Return the carry that a person may sign on a version now.

    :raises StateConflict: ``wrong_state``, ``nothing_to_carry``, ``reference_unchanged``,
        ``more_than_reference``, ``review_started``, ``task_decided``, ``blocking_comment_open``.
    :raises PolicyDenied: ``not_your_verdict``, ``role_missing``, ``no_delegation``,
        ``four_eyes``, ``already_decided``.
    """
    cycle = open_cycle_of(version)
    kind = carry_kind(cycle)
    if kind == CarryKind.CONFIRMATION:
        tasks_to_confirm(cycle, by, now)
    elif kind == CarryKind.MINOR_MODIFICATION:
        minor_task_of(cycle, by, now)
    else:
        passed, _verdicts = check_reference_only(cycle, by)
        check_nothing_besides(passed, cycle)
    return kind


def carried_from(cycle: ReviewCycle) -> Revision | None:
    """Return the revision on which the verdicts that are to be carried were given."""
    passed = ReviewCycle.objects.filter(
        version__asset=cycle.version.asset_id, state=CycleState.PASSED, pk__lt=cycle.pk
    )
    last = passed.select_related("revision").order_by("version__number", "number").last()
    return last.revision if last is not None else None


def compare_ahead(version: Version, by: User, now: datetime) -> None:
    """Compare the files before the act that needs it: its answer is kept and found again."""
    with contextlib.suppress(Refusal):
        check_can_carry(version, by, now)


def can_carry(version: Version, by: User, now: datetime) -> bool:
    """Whether a carry is offered; what its files show is compared only once it is opened."""
    try:
        cycle = open_cycle_of(version)
        kind = carry_kind(cycle)
        if kind == CarryKind.REFERENCE_ONLY:
            check_reference_only(cycle, by)
        else:
            check_can_carry(version, by, now)
    except Refusal:
        return False
    return True


def tasks_to_confirm(
    cycle: ReviewCycle, by: User, now: datetime
) -> tuple[list[ReviewTask], User | None]:
    """Return the tasks whose changes this person asked for, and for whom they confirm them.

    :raises PolicyDenied: ``not_your_verdict``, ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``blocking_comment_open``.
    """
    waiting = cycle.tasks.filter(
        state=TaskState.TO_CONFIRM, verdicts__decided_by=by, verdicts__voided_at__isnull=True
    )
    tasks = list(waiting.order_by("pk"))
    if not tasks:
        raise PolicyDenied(
            "not_your_verdict", _("You asked for no change here: there is nothing to confirm.")
        )
    lender = check_still_holds(tasks[0], by, now)
    check_no_conflict(cycle.version, by, lender)
    check_nothing_blocks(cycle.version)
    return tasks, lender


def minor_task_of(cycle: ReviewCycle, by: User, now: datetime) -> tuple[ReviewTask, User | None]:
    """Return the carry that this person owes on a minor modification, and for whom they act.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``,
        ``already_decided``.
    :raises StateConflict: ``task_decided``, ``blocking_comment_open``.
    """
    _check_one_carry(cycle, by)
    denied: PolicyDenied | None = None
    held = False
    for task in cycle.tasks.order_by("pk"):
        try:
            lender = check_holds(task.role, cycle.version, by, now)
        except PolicyDenied as refusal:
            denied = refusal
            continue
        held = True
        if task.state == TaskState.OPEN:
            check_no_conflict(cycle.version, by, lender)
            if lender is not None:
                _check_one_carry(cycle, lender)
            check_nothing_blocks(cycle.version)
            return task, lender
    if held or denied is None:
        raise StateConflict("task_decided", _("This carry is signed already."))
    raise denied


def _check_one_carry(cycle: ReviewCycle, person: User) -> None:
    """Ask for two people: whoever signed, or was signed for, does not give the other signature.

    :raises PolicyDenied: ``already_decided``.
    """
    if cycle.carries.filter(Q(carried_by=person) | Q(on_behalf_of=person)).exists():
        raise PolicyDenied(
            "already_decided",
            _("You already signed this carry: the other signature is for somebody else."),
        )


def check_reference_only(cycle: ReviewCycle, by: User) -> tuple[ReviewCycle, list[Verdict]]:
    """Let regulatory carry all verdicts where nothing but the reference changed.

    Return the cycle they were given in, and the verdicts.

    :raises PolicyDenied: ``role_missing``, ``four_eyes``.
    :raises StateConflict: ``nothing_to_carry``, ``reference_unchanged``,
        ``more_than_reference``, ``review_started``, ``blocking_comment_open``.
    """
    version = cycle.version
    check_role(by, [Role.REGULATORY_REVIEWER])
    check_no_conflict(version, by, None)
    if cycle.verdicts.exists():
        raise StateConflict(
            "review_started", _("A reviewer already decided on this revision: let them finish.")
        )
    passed = version.cycles.filter(state=CycleState.PASSED).order_by("number").last()
    if passed is None or not _stood(passed):
        raise StateConflict(
            "nothing_to_carry", _("No verdict given before stands on this version: decide it.")
        )
    if version.reference is None or version.reference.value == passed.reference:
        raise StateConflict(
            "reference_unchanged",
            _("The reference did not change since the verdicts: there is nothing to carry."),
        )
    if fields := fields_that_differ(passed.revision, cycle.revision):
        raise _more_than_reference([field_label(name) for name in fields])
    check_nothing_blocks(version)
    verdicts = Verdict.objects.holding_on(passed.revision.digest, cycle=passed)
    return passed, list(verdicts.order_by("pk"))


def check_nothing_besides(passed: ReviewCycle, cycle: ReviewCycle) -> None:
    """Refuse the carry where the files show that more than the reference changed.

    :raises StateConflict: ``more_than_reference``, saying what else changed.
    """
    assert cycle.version.reference is not None
    references = (passed.reference, cycle.version.reference.value)
    if told := changed_besides(passed.revision, cycle.revision, *references):
        raise _more_than_reference(told)


def _more_than_reference(told: list[str]) -> StateConflict:
    return StateConflict(
        "more_than_reference",
        _(
            "More than the reference changed since the verdicts (%(what)s): the version is"
            " reviewed again, or its owner uploads a file in which only the reference changed."
        )
        % {"what": "; ".join(told).rstrip(".")},
    )


def _stood(cycle: ReviewCycle) -> bool:
    holding = roles_holding(cycle, cycle.revision.digest)
    return holding.issuperset(cycle.required_roles)
