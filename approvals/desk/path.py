"""A version's path from draft to end, and who has it now (SCREENS.md, "Look")."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from approvals.review.enums import CycleState
from approvals.review.models import ReviewCycle, ReviewTask
from content.assets.enums import FINAL, State
from content.assets.models import Version

STEPS = (
    gettext_lazy("Draft"),
    gettext_lazy("Review"),
    gettext_lazy("Batch"),
    gettext_lazy("ANSM"),
    gettext_lazy("Release"),
    gettext_lazy("In use"),
    gettext_lazy("End"),
)
STEP_OF: dict[str, int] = {
    State.DRAFT: 0,
    State.IN_REVIEW: 1,
    State.CHANGES_REQUESTED: 1,
    State.APPROVED: 2,
    State.IN_BATCH: 2,
    State.DEPOSITED: 3,
    State.CLEARED: 4,
    State.RELEASED: 5,
    State.SUSPENDED: 5,
    **dict.fromkeys(FINAL, 6),
}


@dataclass(frozen=True)
class Step:
    """One step: ``status`` is done, now, skipped or ahead; ``since`` is when it was entered."""

    name: Any
    status: str
    since: datetime | None = None
    note: str = ""


@dataclass
class Holder:
    """Who has a version now: what they are called, since when, and until when they should."""

    who: list[str] = field(default_factory=list)
    since: datetime | None = None
    due_on: date | None = None

    def __str__(self) -> str:
        return ", ".join(self.who)


def step_of(version: Version, state: str) -> int:
    """Return the place of a state on the path; without a visa, approved awaits the release."""
    if state == State.APPROVED and not version.needs_visa:
        return 4
    return STEP_OF[state]


def path_of(version: Version, states: Iterable[tuple[str, datetime]]) -> list[Step]:
    """Return the seven steps; ``states`` are the recorded (state, instant), oldest first."""
    entered: dict[int, datetime] = {}
    last = -1
    for state, instant in states:
        place = step_of(version, state)
        if place != last:
            entered[place] = instant
            last = place
    here = step_of(version, version.state)
    return [_step(version, place, here, entered.get(place)) for place in range(len(STEPS))]


def _step(version: Version, place: int, here: int, since: datetime | None) -> Step:
    if place == here:
        return Step(STEPS[place], "now", since)
    if place < here and since is not None:
        return Step(STEPS[place], "done", since)
    if not version.needs_visa and place in (2, 3):
        return Step(STEPS[place], "skipped", note=_("no visa needed"))
    if place < here:
        return Step(STEPS[place], "skipped")
    return Step(STEPS[place], "ahead")


def holders_of(versions: Collection[Version]) -> dict[int, Holder]:
    """Return who has each version now, in a constant number of queries."""
    in_review = [version.pk for version in versions if version.state == State.IN_REVIEW]
    tasks: dict[int, list[ReviewTask]] = {}
    open_tasks = ReviewTask.objects.open().filter(cycle__version__in=in_review)
    for task in open_tasks.select_related("cycle", "assignee"):
        tasks.setdefault(task.cycle.version_id, []).append(task)
    waiting = set(
        ReviewCycle.objects.open()
        .filter(version__in=in_review, state=CycleState.AWAITING_CHANGES)
        .values_list("version_id", flat=True)
    )
    return {
        version.pk: _holder(version, tasks.get(version.pk, []), version.pk in waiting)
        for version in versions
    }


def _holder(version: Version, tasks: list[ReviewTask], awaiting_changes: bool) -> Holder:
    if tasks and not awaiting_changes:
        return Holder(
            [_task_holder(task) for task in tasks],
            min(task.opened_at for task in tasks),
            min(task.due_on for task in tasks),
        )
    return Holder(_who(version), version.state_since)


def _task_holder(task: ReviewTask) -> str:
    role = str(Role(task.role).label)
    return f"{task.assignee} ({role})" if task.assignee else role


def _who(version: Version) -> list[str]:
    if version.state in (State.DRAFT, State.CHANGES_REQUESTED, State.IN_REVIEW):
        return [str(version.asset.owner)]
    if version.state == State.DEPOSITED:
        return [version.asset.jurisdiction.authority or _("the authority")]
    if version.state == State.IN_BATCH or (version.state == State.APPROVED and version.needs_visa):
        return [str(Role.REGULATORY_REVIEWER.label)]
    if version.state in (State.APPROVED, State.CLEARED, State.SUSPENDED):
        return [str(Role.RESPONSIBLE_PHARMACIST.label)]
    return []
