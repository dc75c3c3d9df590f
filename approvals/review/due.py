"""What an open task's due date asks for today, whom it falls to, and how a list shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import TaskState
from approvals.review.models import ReminderPlan, ReviewTask, Verdict
from content.assets.models import Involvement
from content.calendar import PARIS, is_working_day, paris_day, working_days_between

# From when on reminders and digests leave, on working days: nobody is woken by a mail.
MORNING = time(7, 30)


def is_office_time(at: datetime) -> bool:
    """Whether a working day in Paris has begun: reminders and digests may leave."""
    return is_working_day(paris_day(at)) and at.astimezone(PARIS).time() >= MORNING


def stage_of(task: ReviewTask, plan: ReminderPlan, today: date) -> str:
    """Return the one reminder that a task asks for today: "soon", "today", "late" or ""."""
    left = working_days_between(today, task.due_on)
    if task.due_on < today:
        return "late" if -left >= plan.days_after else ""
    if task.due_on == today:
        return "today"
    # Whoever was told of it today needs no reminder on the same day.
    known = paris_day(task.opened_at) < today
    return "soon" if known and left <= plan.days_before else ""


def is_escalated(task: ReviewTask, plan: ReminderPlan, today: date) -> bool:
    """Whether a task is so late that the role's lead is told."""
    return working_days_between(task.due_on, today) >= plan.escalate_after


@dataclass(frozen=True)
class Falling:
    """Whom open tasks fall to, asked of the database once for all of them."""

    holders: dict[str, list[User]]
    involved: set[tuple[int, int]]
    verdicts: list[dict[str, Any]]

    @classmethod
    def of(cls, tasks: Sequence[ReviewTask]) -> "Falling":
        holders: dict[str, list[User]] = {}
        people = User.objects.holding(*_roles_of(tasks)).prefetch_related("groups")
        for person in people.order_by("pk"):
            for group in person.groups.all():
                holders.setdefault(group.name, []).append(person)
        versions = {task.cycle.version_id for task in tasks}
        involved = Involvement.objects.filter(version__in=versions)
        verdicts = Verdict.objects.filter(task__cycle__in={task.cycle_id for task in tasks})
        return cls(
            holders,
            set(involved.values_list("version_id", "user_id")),
            list(verdicts.values("task_id", "task__cycle_id", "decided_by_id", "voided_at")),
        )

    def on(self, task: ReviewTask) -> list[User]:
        """Return the active people to whom a task falls, as "my tasks" shows it, by id."""
        roles = {task.role}
        if task.role == Role.RESPONSIBLE_PHARMACIST:
            roles.add(Role.DEPUTY_PHARMACIST)
        people = {one.pk: one for role in roles for one in self.holders.get(role, ())}
        return [people[pk] for pk in sorted(people) if self._may(task, pk)]

    def _may(self, task: ReviewTask, person: int) -> bool:
        if task.assignee_id not in {None, person}:
            return False
        if (task.cycle.version_id, person) in self.involved:
            return False
        theirs = [one for one in self.verdicts if one["decided_by_id"] == person]
        if any(
            one["task__cycle_id"] == task.cycle_id and one["task_id"] != task.pk for one in theirs
        ):
            return False
        asked = any(one["task_id"] == task.pk and one["voided_at"] is None for one in theirs)
        return task.state == TaskState.OPEN or asked


def _roles_of(tasks: Sequence[ReviewTask]) -> set[str]:
    roles = {task.role for task in tasks}
    if Role.RESPONSIBLE_PHARMACIST in roles:
        roles.add(Role.DEPUTY_PHARMACIST)
    return roles


def grouped(tasks: Sequence[ReviewTask], today: date) -> list[dict[str, Any]]:
    """Return tasks by when they are due, each group with its shape, word and colour."""
    groups: list[dict[str, Any]] = [
        {"title": _("Late"), "shape": "▲", "colour": "red", "tasks": []},
        {"title": _("Today"), "shape": "●", "colour": "orange", "tasks": []},
        {"title": _("This week"), "shape": "◔", "colour": "blue", "tasks": []},
        {"title": _("Later"), "shape": "○", "colour": "grey", "tasks": []},
    ]
    sunday = today.toordinal() - today.weekday() + 6
    for task in tasks:
        if task.due_on < today:
            place = 0
        elif task.due_on == today:
            place = 1
        else:
            place = 2 if task.due_on.toordinal() <= sunday else 3
        groups[place]["tasks"].append(
            {"task": task, "days": working_days_between(today, task.due_on)}
        )
    return [group for group in groups if group["tasks"]]
