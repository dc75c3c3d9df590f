"""Figures out of tasks and rounds: times, shares, rounds, where it waited."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from approvals.people.models import User
from approvals.review.figures.asked import TREND_MONTHS, Asked, counts_everything, first_month
from approvals.review.figures.rows import RoundRow, TaskRow, rounds_of, tasks_of
from content.calendar import add_months, paris_day, working_days_between

LONGEST_SHOWN = 10
# Thousands of tasks share the same few days.
_days = functools.lru_cache(maxsize=50_000)(working_days_between)


def quantile(values: Sequence[int], percent: int) -> float | None:
    """Return the value below which a percentage of the values lie; None without a value.

    Linear interpolation between the two nearest ranks, the smallest value being 0 % and the largest
    100 %: the "inclusive" method of Python's ``statistics`` and ``PERCENTILE.INC`` of spreadsheets.
    """
    if not values:
        return None
    ordered = sorted(values)
    rank, rest = divmod((len(ordered) - 1) * percent, 100)
    if not rest:
        return float(ordered[rank])
    return (ordered[rank] * (100 - rest) + ordered[rank + 1] * rest) / 100


def share(part: int, whole: int) -> float | None:
    """Return a percentage, None of nothing."""
    return 100 * part / whole if whole else None


@dataclass(frozen=True)
class Times:
    """How long decided tasks took, in working days, and the percentage decided in time."""

    decided: int
    median: float | None
    p90: float | None
    in_time: float | None

    @classmethod
    def of(cls, tasks: Iterable[TaskRow]) -> "Times":
        took, in_time = [], 0
        for task in tasks:
            if task.decided_on is not None:
                took.append(_days(task.opened_on, task.decided_on))
                in_time += task.decided_on <= task.due_on
        return cls(len(took), quantile(took, 50), quantile(took, 90), share(in_time, len(took)))


@dataclass(frozen=True)
class StageFigures:
    """A role at a stage; its service level in working days, which may differ between routes."""

    stage: int
    role: str
    service_least: int
    service_most: int
    times: Times


@dataclass(frozen=True)
class MonthFigures:
    """The tasks decided in a month, named by its first day."""

    month: date
    times: Times


@dataclass(frozen=True)
class Waiting:
    """What a role at a stage added beyond its service level, in working days over some tasks."""

    stage: int
    role: str
    days: int
    tasks: int


@dataclass(frozen=True)
class Approved:
    """A version first approved in the period, and the rounds it took."""

    code: str
    number: int
    title: str
    rounds: int


@dataclass(frozen=True)
class RoundFigures:
    """Rounds until approved; the share of first rounds that passed with no change asked."""

    approved: int
    median: float | None
    p90: float | None
    # (rounds, versions), fewest rounds first.
    spread: list[tuple[int, int]]
    first_ended: int
    first_passed: int
    longest: list[Approved]

    @property
    def first_pass(self) -> float | None:
        return share(self.first_passed, self.first_ended)


@dataclass(frozen=True)
class Figures:
    asked: Asked
    times: Times
    stages: list[StageFigures]
    waiting: list[Waiting]
    rounds: RoundFigures
    months: list[MonthFigures]

    @property
    def bottleneck(self) -> Waiting | None:
        """What added most waiting in the month in which the period ends."""
        return self.waiting[0] if self.waiting else None

    @property
    def is_empty(self) -> bool:
        return not (self.times.decided or self.rounds.first_ended or self.rounds.approved)


def figures(asked: Asked, *, by: User, now: datetime) -> Figures:
    """Return the figures of what a person counts, up to the end of the period, as known now."""
    asked_until = min(asked.until, paris_day(now))
    months = [add_months(first_month(asked_until), n) for n in range(TREND_MONTHS)]
    tasks = tasks_of(by, asked, min(asked.since, months[0]))
    inside = [task for task in tasks if task.decided_on and task.decided_on >= asked.since]
    return Figures(
        asked,
        Times.of(inside),
        _by_stage(inside),
        waiting_in(asked.month, asked_until, tasks),
        _rounds(rounds_of(by, asked), asked.since, named=not counts_everything(by)),
        _by_month(months, tasks),
    )


def _by_stage(tasks: Iterable[TaskRow]) -> list[StageFigures]:
    found: dict[tuple[int, str], list[TaskRow]] = defaultdict(list)
    for task in tasks:
        found[task.stage, task.role].append(task)
    shown = []
    for (stage, role), group in sorted(found.items()):
        levels = [_days(task.opened_on, task.due_on) for task in group]
        shown.append(StageFigures(stage, role, min(levels), max(levels), Times.of(group)))
    return shown


def _by_month(months: Sequence[date], tasks: Iterable[TaskRow]) -> list[MonthFigures]:
    found: dict[date, list[TaskRow]] = defaultdict(list)
    for task in tasks:
        if task.decided_on:
            found[task.decided_on.replace(day=1)].append(task)
    return [MonthFigures(month, Times.of(found[month])) for month in months]


def waiting_in(month: date, until: date, tasks: Iterable[TaskRow]) -> list[Waiting]:
    """Return who added waiting beyond their service level from a month's first day, most first.

    Only the working days of the month count, of tasks still open too.
    """
    eve = month - timedelta(days=1)
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for task in tasks:
        begin, end = max(task.due_on, eve), min(task.ended_on or until, until)
        if end > begin and (days := _days(begin, end)):
            found[task.stage, task.role].append(days)
    shown = [Waiting(stage, role, sum(days), len(days)) for (stage, role), days in found.items()]
    return sorted(shown, key=lambda one: (-one.days, one.stage, one.role))


def _rounds(rows: Iterable[RoundRow], since: date, *, named: bool) -> RoundFigures:
    """A corrected revision counts as a round; what follows a first approval does not."""
    approved: list[Approved] = []
    first_ended = first_passed = 0
    for _version, group in groupby(rows, key=lambda row: row.version):
        cycles = list(group)
        first = cycles[0]
        if first.closed_on >= since:
            first_ended += 1
            first_passed += first.passed and not first.asked_changes
        passed = next((n for n, cycle in enumerate(cycles) if cycle.passed), None)
        if passed is not None and cycles[passed].closed_on >= since:
            taken = passed + 1 + sum(cycle.corrections for cycle in cycles[: passed + 1])
            approved.append(Approved(first.code, first.number, first.title, taken))
    taken_by = [one.rounds for one in approved]
    longest = [one for one in approved if one.rounds > 1]
    longest.sort(key=lambda one: (-one.rounds, one.code, one.number))
    return RoundFigures(
        len(approved),
        quantile(taken_by, 50),
        quantile(taken_by, 90),
        [(rounds, taken_by.count(rounds)) for rounds in sorted(set(taken_by))],
        first_ended,
        first_passed,
        longest[:LONGEST_SHOWN] if named else [],
    )
