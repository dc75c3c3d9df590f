"""Questions that the pages of review ask."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.models import User
from approvals.review.enums import PrecheckOutcome
from approvals.review.models import (
    PrecheckResult,
    PrecheckRun,
    ReviewTask,
    RoleLead,
    Route,
    RouteStage,
    RouteTask,
)
from approvals.review.policies.prechecks import is_up_to_date
from approvals.review.routing import role_label
from content.assets.models import Revision

# Shape, word, colour (SCREENS.md).
PRECHECK_PILLS: dict[str, tuple[str, Any, str]] = {
    PrecheckOutcome.PASS: ("✓", gettext_lazy("Passed"), "green"),
    PrecheckOutcome.WARN: ("◔", gettext_lazy("To be looked at"), "amber"),
    PrecheckOutcome.FAIL: ("✕", gettext_lazy("Failed"), "red"),
}
# What asks for somebody's eye comes first.
SHOWN_FIRST = (PrecheckOutcome.FAIL, PrecheckOutcome.WARN, PrecheckOutcome.PASS)


@dataclass(frozen=True)
class ShownResult:
    """One result as a page shows it; ``places`` are where one may jump to."""

    result: PrecheckResult
    shape: str
    word: Any
    colour: str
    places: list[dict[str, Any]]

    @property
    def severity(self) -> Any:
        return self.result.kind.get_severity_display()


@dataclass(frozen=True)
class Prechecks:
    """The pre-checks of a revision: the latest run that ended, and whether another waits."""

    revision: Revision
    run: PrecheckRun | None
    waiting: PrecheckRun | None
    results: list[ShownResult]
    earlier: list[PrecheckRun]
    # Names, reference or metadata changed since.
    outdated: bool

    @property
    def to_see(self) -> list[ShownResult]:
        """What failed or could not be read: for a person's eye."""
        return [row for row in self.results if row.result.outcome != PrecheckOutcome.PASS]

    @property
    def well(self) -> list[ShownResult]:
        return [row for row in self.results if row.result.outcome == PrecheckOutcome.PASS]

    def count(self, outcome: str) -> int:
        return sum(shown.result.outcome == outcome for shown in self.results)

    @property
    def failed(self) -> int:
        return self.count(PrecheckOutcome.FAIL)

    @property
    def to_look_at(self) -> int:
        return self.count(PrecheckOutcome.WARN)

    @property
    def passed(self) -> int:
        return self.count(PrecheckOutcome.PASS)


def prechecks_of(revision: Revision) -> Prechecks:
    """Return the pre-checks of a revision, what failed first; a constant number of queries."""
    runs = list(PrecheckRun.objects.of(revision).select_related("requested_by"))
    waiting = next((run for run in runs if run.finished_at is None), None)
    ended = [run for run in runs if run.finished_at is not None]
    run = ended[0] if ended else None
    return Prechecks(
        revision,
        run,
        waiting,
        _shown(run) if run else [],
        ended[1:],
        bool(run and not run.fault and not is_up_to_date(run, revision)),
    )


def _shown(run: PrecheckRun) -> list[ShownResult]:
    results = sorted(
        run.results.select_related("kind"),
        key=lambda result: (SHOWN_FIRST.index(result.outcome), result.kind.position),
    )
    return [
        ShownResult(result, *PRECHECK_PILLS[result.outcome], places=result.places)
        for result in results
    ]


def next_task_of(
    by: User, *, after: ReviewTask | None = None, day: date | None = None
) -> ReviewTask | None:
    """Return the task that a person should open next, soonest due first.

    Given a day, what is lent to them on it counts too.
    """
    tasks = ReviewTask.objects.awaiting(by, day)
    if after is not None:
        tasks = tasks.exclude(pk=after.pk)
    task: ReviewTask | None = tasks.first()
    return task


def leads_of(role: str) -> list[User]:
    """Return who leads a role now, by username: whom an escalation reaches."""
    standing = RoleLead.objects.standing().filter(role=role).values("user")
    return list(User.objects.filter(pk__in=standing).order_by("username"))


def load_of(roles: Collection[str], today: date) -> list[dict[str, Any]]:
    """Return the open tasks of each role and person: the pool, then each who took some.

    Each line is ``{"role", "role_words", "person" (None: the pool), "open", "late", "week"}``;
    ``week`` counts what is due within seven days and not late.
    """
    week = today + timedelta(days=7)
    lines = (
        ReviewTask.objects.open()
        .filter(role__in=roles)
        .values("role", "assignee")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_on__lt=today)),
            week=Count("pk", filter=Q(due_on__gte=today, due_on__lte=week)),
        )
        .order_by("role", "assignee")
    )
    people = User.objects.in_bulk({line["assignee"] for line in lines if line["assignee"]})
    told: list[dict[str, Any]] = [
        {
            **{name: line[name] for name in ("role", "open", "late", "week")},
            "role_words": role_label(line["role"]),
            "person": people.get(line["assignee"]),
        }
        for line in lines
    ]
    return sorted(told, key=lambda one: (one["role"], one["person"] is not None, -one["open"]))


def route_history(route: Route) -> list[dict[str, Any]]:
    """Return the changes of a route, of its stages and tasks, the newest act first.

    Each is ``{"at", "who", "why", "lines"}``.
    """
    stages = RouteStage.history.filter(route_id=route.pk)  # type: ignore[attr-defined]
    ids = set(stages.values_list("id", flat=True))
    tasks = RouteTask.history.filter(stage_id__in=ids)  # type: ignore[attr-defined]
    positions = dict(stages.values_list("id", "position"))
    rows = [
        *((row, _("Route: %(name)s") % {"name": _told(row)}) for row in _with_user(route.history)),  # type: ignore[attr-defined]
        *(
            (row, _("Stage %(n)d: %(task)s") % {"n": positions[row.stage_id], "task": _task(row)})
            for row in _with_user(tasks)
        ),
    ]
    rows.sort(key=lambda pair: (pair[0].history_date, pair[0].history_id))
    told = []
    for at, group in groupby(rows, key=lambda pair: pair[0].history_date):
        changes = list(group)
        first = changes[0][0]
        told.append(
            {
                "at": at,
                "who": first.history_user,
                "why": first.history_change_reason or "",
                "lines": [f"{_kind(row)} {said}" for row, said in changes],
            }
        )
    return told[::-1]


def _with_user(rows: Any) -> Iterable[Any]:
    return rows.select_related("history_user").order_by("history_id")


def _kind(row: Any) -> str:
    return {"+": "+", "-": "−", "~": "→"}[row.history_type]


def _told(row: Any) -> str:
    return f"{row.name} ({_('active') if row.active else _('not active')})"


def _task(row: Any) -> str:
    days = _("%(n)d working days") % {"n": row.due_days}
    said = f"{role_label(row.role)}, {days}, {row.get_condition_display()}"
    return f"{said}, {_('may be not applicable')}" if row.may_be_not_applicable else said
