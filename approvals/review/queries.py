"""Questions that the pages of review ask."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.people.models import User
from approvals.review.enums import PrecheckOutcome
from approvals.review.models import PrecheckResult, PrecheckRun, ReviewTask
from approvals.review.policies.prechecks import is_up_to_date
from content.assets.models import Revision

# Shape, word, colour (SCREENS.md).
PRECHECK_PILLS: dict[str, tuple[str, Any, str]] = {
    PrecheckOutcome.PASS: ("✓", _("Passed"), "green"),
    PrecheckOutcome.WARN: ("◔", _("To be looked at"), "amber"),
    PrecheckOutcome.FAIL: ("✕", _("Failed"), "red"),
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


def next_task_of(by: User, *, after: ReviewTask | None = None) -> ReviewTask | None:
    """Return the task that a person should open next, soonest due first."""
    tasks = ReviewTask.objects.awaiting(by)
    if after is not None:
        tasks = tasks.exclude(pk=after.pk)
    task: ReviewTask | None = tasks.first()
    return task
