"""Reminders, escalations and digests: steps of the sweep, each told once whenever it runs.

Nothing is remembered but what was told (the outbox's keys): a sweep that did not run for days
tells what holds on the day it runs again, and no reminder of a day that is past.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from approvals.audit import act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.review.due import Falling, is_escalated, is_office_time, stage_of
from approvals.review.models import ReminderPlan, ReviewTask
from approvals.review.policies.reminders import check_can_plan_reminders, check_reminder_days
from approvals.review.queries import leads_of
from approvals.review.reminding import digest_words, reminder_key, tell_due, tell_escalated
from content.access.models import Delegation
from content.calendar import add_working_days, paris_day
from content.outbox.actions import write_digest
from content.outbox.enums import Delivery
from content.outbox.models import Message
from content.outbox.policies import delivery_of

# A reminder that is due: which, of what, to whom.
Due = tuple[str, ReviewTask, User]


@act("plan_reminders", roles=[Role.ADMINISTRATOR])
def plan_reminders(
    *, days_before: int, days_after: int, escalate_after: int, by: User, now: datetime
) -> ReminderPlan:
    """Say how many working days before and after its due date a task is reminded of.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: naming each number that is out of bounds.
    """
    check_can_plan_reminders(by)
    check_reminder_days(
        days_before=days_before, days_after=days_after, escalate_after=escalate_after
    )
    plan: ReminderPlan = ReminderPlan.objects.select_for_update().get()
    wanted = (days_before, days_after, escalate_after)
    if (plan.days_before, plan.days_after, plan.escalate_after) != wanted:
        plan.days_before, plan.days_after, plan.escalate_after = wanted
        plan.save()
    return plan


@act("remind")
def remind(*, by: User, now: datetime) -> int:
    """Remind of what is due soon, today or late, and tell the leads; return how many were told.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    if not is_office_time(now):
        return 0
    today = paris_day(now)
    plan = ReminderPlan.objects.get()
    horizon = add_working_days(today, plan.days_before)
    tasks = list(ReviewTask.objects.open().filter(due_on__lte=horizon).with_page())
    due = [*_reminders(tasks, plan, today), *_escalations(tasks, plan, today)]
    told = _told(due)
    new = [one for one in due if reminder_key(*one) not in told]
    for stage, task, person in new:
        if stage == "escalated":
            leads = not person.holds(Role.ADMINISTRATOR) or person.led_roles.exists()
            tell_escalated(task, person, today, leads=leads, now=now)
        else:
            tell_due(stage, task, person, now=now)
    return len(new)


def _told(due: Iterable[Due]) -> set[str]:
    keys = [reminder_key(*one) for one in due]
    return set(Message.objects.filter(key__in=keys).values_list("key", flat=True))


def _reminders(tasks: list[ReviewTask], plan: ReminderPlan, today: date) -> Iterator[Due]:
    falling = Falling.of(tasks)
    for task in tasks:
        if stage := stage_of(task, plan, today):
            yield from ((stage, task, person) for person in falling.on(task))


def _escalations(tasks: list[ReviewTask], plan: ReminderPlan, today: date) -> Iterator[Due]:
    late = [task for task in tasks if is_escalated(task, plan, today)]
    for role in sorted({task.role for task in late}):
        # Where nobody leads a role, whoever names the leads is told.
        people = leads_of(role) or list(User.objects.holding(Role.ADMINISTRATOR).order_by("pk"))
        for task in late:
            if task.role == role:
                yield from (("escalated", task, person) for person in people)


def send_digests(*, by: User, now: datetime) -> int:
    """Write each person's digest of the day, once from 7:30 in Paris on working days.

    One act a person: whatever stops one stops no other. Return how many were written.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    if not is_office_time(now):
        return 0
    written = 0
    for person in _without_digest(paris_day(now)):
        written += _send_digest(person, by=by, now=now)
    return written


def _digest_key(person: int, day: date) -> str:
    return f"digest:{person}:{day}"


def _without_digest(day: date) -> list[User]:
    """Return the active people who may have something to read and got no digest that day."""
    roles = set(ReviewTask.objects.open().values_list("role", flat=True))
    if Role.RESPONSIBLE_PHARMACIST in roles:
        roles.add(Role.DEPUTY_PHARMACIST)
    deciding = set(User.objects.holding(*roles).values_list("pk", flat=True))
    # What is lent to somebody awaits them too.
    deciding |= set(Delegation.objects.in_force(day).values_list("delegate_id", flat=True))
    held = set(Message.objects.held().values_list("recipient_id", flat=True))
    keys = {_digest_key(pk, day): pk for pk in deciding | held}
    told = Message.objects.filter(key__in=keys).values_list("key", flat=True)
    left = set(keys.values()) - {keys[key] for key in told}
    return list(User.objects.active().filter(pk__in=left).order_by("pk"))


@act("send_digest")
def _send_digest(person: User, *, by: User, now: datetime) -> bool:
    day = paris_day(now)
    held = list(Message.objects.held().told_to(person))
    wants_tasks = delivery_of(person, "review.task") == Delivery.DIGEST
    # Tasks alone make a digest only for who gets their tasks by the digest.
    if not held and not wants_tasks:
        return False
    tasks = list(ReviewTask.objects.awaiting(person, day).with_page())
    if not held and not tasks:
        return False
    words = digest_words(person, tasks, held, day)
    return write_digest(person, words, held=held, key=_digest_key(person.pk, day), now=now)
