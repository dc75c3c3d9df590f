"""Who may decide a task: role, four eyes, one task a person (DOMAIN.md §6)."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, Refusal, StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.enums import CycleKind, CycleState, Outcome, TaskState
from approvals.review.models import Carry, ReviewCycle, ReviewTask, RoleLead, Verdict
from approvals.review.policies.standing import wrong_state
from content.access.policies import check_can_act_as_pharmacist, check_can_act_in_role
from content.assets.enums import FINAL, State
from content.assets.models import Version
from content.assets.policies import check_four_eyes, involved


def check_can_decide(
    task: ReviewTask, by: User, now: datetime, on_behalf_of: User | None = None
) -> User | None:
    """Return None when a person decides in their own role, else for whom they stand in.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``,
        ``already_decided``, ``not_your_verdict``.
    :raises StateConflict: ``task_decided``, ``task_closed``, ``claimed_by_another``,
        ``carry_awaited``, ``wrong_state``.
    """
    lender = check_holds(task.role, task.cycle.version, by, now, on_behalf_of)
    check_no_conflict(task.cycle.version, by, lender)
    check_one_task(task, by, lender)
    check_task_is_open(task)
    if task.cycle.kind == CycleKind.CARRY:
        raise StateConflict(
            "carry_awaited",
            _("A minor modification is not decided again: sign the carry of its verdicts."),
        )
    check_is_theirs(task, by)
    return lender


def check_holds(
    role: str, version: Version, by: User, now: datetime, on_behalf_of: User | None = None
) -> User | None:
    """Return None for somebody who holds the role, else the person they stand in for.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    """
    products = list(version.asset.asset_products.values_list("product_id", flat=True)) or None
    deputy = role == Role.RESPONSIBLE_PHARMACIST and not by.holds(Role.RESPONSIBLE_PHARMACIST)
    if deputy and on_behalf_of is None:
        return check_can_act_as_pharmacist(by, now=now, product_ids=products)
    return check_can_act_in_role(by, role, now=now, product_ids=products, on_behalf_of=on_behalf_of)


def check_still_holds(task: ReviewTask, by: User, now: datetime) -> User | None:
    """Return for whom a person decided a task, or None, if they may still sign in its role.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    """
    lender = None if by.holds(task.role) else task.verdict.on_behalf_of
    return check_holds(task.role, task.cycle.version, by, now, lender)


def signing_role(role: Role, by: User) -> Role:
    """Return the role in which a person signs a task: a deputy signs as the deputy they are."""
    if role == Role.RESPONSIBLE_PHARMACIST and not by.holds(role):
        return Role.DEPUTY_PHARMACIST
    return role


def check_no_conflict(version: Version, by: User, lender: User | None) -> None:
    """Refuse whoever prepared the version, or acts for somebody who did (invariant 3).

    :raises PolicyDenied: ``four_eyes``.
    """
    check_four_eyes(version, by)
    if lender is not None and involved(version, lender):
        raise PolicyDenied(
            "four_eyes",
            _("%(person)s prepared this version: nobody decides on it in their place.")
            % {"person": lender},
        )


def check_did_not_decide(version: Version, person: User) -> None:
    """Refuse to let somebody prepare a version on which their signature counts (invariant 3).

    Once a version was released or is finished nothing of it is prepared any more.

    :raises PolicyDenied: ``four_eyes``.
    """
    if version.released_at is not None or version.state in FINAL:
        return
    given = Verdict.objects.in_force().filter(cycle__version=version)
    carried = Carry.objects.filter(version=version)
    if (
        given.filter(Q(decided_by=person) | Q(on_behalf_of=person)).exists()
        or carried.filter(Q(carried_by=person) | Q(on_behalf_of=person)).exists()
    ):
        raise PolicyDenied(
            "four_eyes",
            _("%(person)s decided on %(version)s: somebody else prepares it.")
            % {"person": person, "version": version},
        )


def check_one_task(task: ReviewTask, by: User, lender: User | None) -> None:
    """Refuse a second task of the same cycle to the same person (invariant 3).

    :raises PolicyDenied: ``already_decided``.
    """
    people = [person for person in (by, lender) if person is not None]
    elsewhere = Verdict.objects.filter(cycle=task.cycle_id).exclude(task=task)
    given = elsewhere.filter(Q(decided_by__in=people) | Q(on_behalf_of__in=people)).first()
    if given is not None:
        raise PolicyDenied(
            "already_decided",
            _("You already decided as “%(role)s” in this review: this task is for somebody else.")
            % {"role": Role(given.task.role).label},
        )


def check_task_is_open(task: ReviewTask) -> None:
    """:raises StateConflict: ``task_decided``, ``task_closed``, ``wrong_state``."""
    if task.state == TaskState.DECIDED:
        raise StateConflict("task_decided", _("This task is decided: there is nothing to sign."))
    if task.state == TaskState.CLOSED:
        raise StateConflict(
            "task_closed", _("This review ended before this task was decided: nothing is owed.")
        )
    if task.cycle.version.state != State.IN_REVIEW:
        raise wrong_state(
            task.cycle.version, _("its owner is correcting it; you decide when it comes back.")
        )


def check_is_theirs(task: ReviewTask, by: User) -> None:
    """Refuse what somebody else took, asked for, or reopened.

    :raises StateConflict: ``claimed_by_another``.
    :raises PolicyDenied: ``not_your_verdict``.
    """
    last = task.verdicts.order_by("pk").last()
    if last is not None and last.decided_by_id != by.pk:
        # A reopened or confirmed task is decided again by the same person (invariant 3).
        raise PolicyDenied(
            "not_your_verdict",
            _("%(person)s decided this task first: they alone decide it again.")
            % {"person": last.decided_by},
        )
    if task.assignee_id not in {None, by.pk}:
        raise StateConflict(
            "claimed_by_another",
            _("%(person)s took this task: ask them to hand it to you.") % {"person": task.assignee},
        )


def why_cannot_decide(task: ReviewTask, by: User, now: datetime) -> str | None:
    """Return the sentence that says why a person may not decide a task, or None."""
    try:
        check_can_decide(task, by, now)
    except Refusal as refusal:
        return str(refusal)
    return None


def can_decide(task: ReviewTask, by: User, now: datetime) -> bool:
    return why_cannot_decide(task, by, now) is None


def check_can_claim(task: ReviewTask, by: User, now: datetime) -> None:
    """Let who may decide an open task take it, so that nobody else starts on it."""
    check_can_decide(task, by, now)


def can_claim(task: ReviewTask, by: User, now: datetime) -> bool:
    return task.assignee_id is None and can_decide(task, by, now)


def check_can_reassign(task: ReviewTask, by: User, now: datetime) -> None:
    """Let those who hold a task's role, lead it, or took the task, hand it to a colleague.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``task_decided``, ``task_closed``, ``wrong_state``.
    """
    if task.assignee_id != by.pk and task.role not in RoleLead.objects.roles_of(by):
        roles = [Role(task.role)]
        if task.role == Role.RESPONSIBLE_PHARMACIST:
            roles.append(Role.DEPUTY_PHARMACIST)
        check_role(by, roles)
    check_task_is_open(task)


def can_reassign(task: ReviewTask, by: User, now: datetime) -> bool:
    try:
        check_can_reassign(task, by, now)
    except Refusal:
        return False
    return True


def check_can_reopen(task: ReviewTask, by: User, now: datetime) -> None:
    """Let who decided take a verdict back while changes are being confirmed (DOMAIN.md §6).

    Nobody else decides a reopened task: who lost its role keeps their verdict.

    :raises PolicyDenied: ``not_your_verdict``, ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``not_reopenable``.
    """
    verdict = task.verdict
    if verdict is None or verdict.decided_by_id != by.pk:
        raise PolicyDenied(
            "not_your_verdict", _("Only the person who gave this verdict takes it back.")
        )
    check_still_holds(task, by, now)
    unfit = task.state != TaskState.DECIDED or task.cycle.state != CycleState.CONFIRMING
    if unfit or not confirmations_awaited(task.cycle):
        raise StateConflict(
            "not_reopenable",
            _("A verdict is taken back only while changes asked by others are being confirmed."),
        )


def confirmations_awaited(cycle: ReviewCycle) -> bool:
    """Whether somebody who asked for a change did not confirm it yet."""
    return cycle.tasks.filter(
        state=TaskState.TO_CONFIRM, verdicts__outcome=Outcome.APPROVED_WITH_CHANGES
    ).exists()


def can_reopen(task: ReviewTask, by: User, now: datetime) -> bool:
    try:
        check_can_reopen(task, by, now)
    except Refusal:
        return False
    return True
