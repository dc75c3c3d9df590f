"""Who will have how much to sign, and in which week: open tasks, and those that are to come."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from approvals.people.models import User
from approvals.review.enums import ROUTE_ROLES
from approvals.review.models import ReviewCycle
from approvals.submissions.durations import Routes, Stages
from approvals.submissions.outlook import WindowRow
from approvals.submissions.progress import Progress, progress_of
from content.assets.models import Version
from content.calendar import add_working_days

WEEKS = 12


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass
class Load:
    """Tasks by role and week (its Monday); ``late`` are open ones whose due date is past.

    What is late counts in the present week. ``beyond``: tasks due after the weeks shown.
    """

    weeks: list[date]
    open: Counter[tuple[str, date]] = field(default_factory=Counter)
    expected: Counter[tuple[str, date]] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    beyond: int = 0

    @property
    def roles(self) -> list[str]:
        """The roles that have anything to do, in the order of the routes."""
        busy = {role for role, _week in (*self.open, *self.expected)}
        return [str(role) for role in ROUTE_ROLES if role in busy]

    def count(self, role: str, week: date) -> int:
        return self.open[role, week] + self.expected[role, week]

    @property
    def most(self) -> int:
        return max(
            (self.count(role, week) for role in self.roles for week in self.weeks), default=0
        )

    def add(self, tasks: Iterable[tuple[str, date]], into: Counter[tuple[str, date]]) -> None:
        for role, due_on in tasks:
            week = max(monday(due_on), self.weeks[0])
            if week > self.weeks[-1]:
                self.beyond += 1
            else:
                into[role, week] += 1


def stages_due(stages: Stages, start: date) -> Iterator[tuple[str, date]]:
    """Yield (role, due day) of stages that follow each other from a day, each kept in time."""
    for stage in stages:
        for step in stage:
            yield step.role, add_working_days(start, step.days)
        start = add_working_days(start, max((step.days for step in stage), default=0))


def load_ahead(
    by: User, today: date, planned: Iterable[WindowRow], *, routes: Routes, weeks: int = WEEKS
) -> Load:
    """Return the tasks of the weeks ahead, as far as a person sees the versions.

    Open tasks count in the week of their due date, the stages after them as if due dates are
    kept; what is planned and not yet in review enters it on its latest day, or today.
    """
    first = monday(today)
    load = Load([first + timedelta(weeks=number) for number in range(weeks)])
    for progress in _running(by, routes):
        load.add(((task.role, task.due_on) for task in progress.tasks), load.open)
        load.late.update(task.role for task in progress.overdue(today))
        load.add(stages_due(progress.ahead, progress.stage_ends_on(today)), load.expected)
    for row in planned:
        for one in row.planned:
            latest = one.enter_by
            if latest is not None and not one.progress.correcting:
                load.add(stages_due(one.progress.ahead, max(latest, today)), load.expected)
    return load


def _running(by: User, routes: Routes) -> Iterable[Progress]:
    """Where the versions with an open cycle stand."""
    cycles = ReviewCycle.objects.open()
    versions = (
        Version.objects.visible_to(by)
        .filter(pk__in=cycles.values("version"))
        .select_related("asset__asset_type", "asset__jurisdiction")
    )
    return progress_of(versions, routes).values()
