"""Where a planned version stands on its way to a deposit: what is open, what is still to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from approvals.review.enums import OPEN_TASK, CycleState, TaskState
from approvals.review.models import ReviewCycle
from approvals.submissions.durations import Routes, Stages, Step, days_of
from content.assets.models import Version
from content.calendar import add_working_days, paris_day, working_days_between


@dataclass(frozen=True)
class OpenTask:
    """A task that owes a signature; ``confirms``: only changes that were asked for."""

    role: str
    opened_on: date
    due_on: date
    confirms: bool = False

    @property
    def planned_days(self) -> int:
        return working_days_between(self.opened_on, self.due_on)

    def taken_days(self, today: date) -> int:
        return working_days_between(self.opened_on, today)


@dataclass(frozen=True)
class Progress:
    """A version's state, its open tasks and the stages that have not opened.

    ``correcting``: changes were asked for within a cycle that goes on; the owner answers them
    (``state`` is changes_requested) or their reviewers confirm them.
    """

    state: str
    ahead: Stages = ()
    tasks: tuple[OpenTask, ...] = ()
    correcting: bool = False

    @property
    def days_ahead(self) -> int:
        return days_of(self.ahead)

    def overdue(self, today: date) -> list[OpenTask]:
        return [task for task in self.tasks if task.due_on < today]

    def stage_ends_on(self, today: date) -> date:
        """The day the open stage ends if each task keeps its due date; what is late ends today."""
        return max([today, *(task.due_on for task in self.tasks)])

    def passes_on(self, today: date) -> date:
        """The day the last stage ends if each task keeps its due date."""
        return add_working_days(self.stage_ends_on(today), self.days_ahead)


def progress_of(versions: Iterable[Version], routes: Routes) -> dict[int, Progress]:
    """Return where each version stands, by its id, in a constant number of queries."""
    known = list(versions)
    cycles = ReviewCycle.objects.open().filter(version__in=[version.pk for version in known])
    running = {cycle.version_id: cycle for cycle in cycles.prefetch_related("tasks")}
    return {version.pk: _progress(version, running.get(version.pk), routes) for version in known}


def _progress(version: Version, cycle: ReviewCycle | None, routes: Routes) -> Progress:
    if cycle is None:
        return Progress(version.state, routes.stages(version.asset))
    tasks: list[Any] = [task for task in cycle.tasks.all() if task.state in OPEN_TASK]
    return Progress(
        version.state,
        tuple(
            tuple(Step(task["role"], task["due_days"]) for task in stage)
            for stage in cycle.stages[cycle.stage :]
        ),
        tuple(
            OpenTask(
                task.role,
                paris_day(task.opened_at),
                task.due_on,
                task.state == TaskState.TO_CONFIRM,
            )
            for task in tasks
        ),
        cycle.state != CycleState.REVIEWING,
    )
