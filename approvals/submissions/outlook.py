"""Whether what is planned will be in time for its window, and why (DOMAIN.md §8, "Planning")."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.people.models import User
from approvals.submissions import outlook_words as words
from approvals.submissions.backward import (
    enter_review_by,
    last_working_day,
    working_days_before,
)
from approvals.submissions.durations import CORRECTION_DAYS, PREPARATION_DAYS, Routes
from approvals.submissions.models import DepositWindow, PlannedDeposit
from approvals.submissions.progress import Progress, progress_of
from content.assets.enums import EDITABLE, PLANNABLE, State
from content.assets.models import Asset
from content.calendar import working_days_between

SLACK_AT_RISK = 3


class Outlook(TextChoices):
    ON_TRACK = "on_track", _("on track")
    AT_RISK = "at_risk", _("at risk")
    TOO_LATE = "too_late", _("too late")


PILLS = {
    Outlook.ON_TRACK: ("●", "green"),
    Outlook.AT_RISK: ("◐", "orange"),
    Outlook.TOO_LATE: ("▲", "red"),
}
WORST_FIRST = (Outlook.TOO_LATE, Outlook.AT_RISK, Outlook.ON_TRACK)


@dataclass(frozen=True)
class Judgement:
    """How something stands for a window; ``act_by`` is the latest day of its next step.

    ``reasons`` are sentences, the one that weighs most first; ``passes_on`` the day its review
    ends if each task keeps its due date.
    """

    outlook: Outlook
    reasons: list[str]
    act_by: date | None = None
    slack: int | None = None
    passes_on: date | None = None


@dataclass(frozen=True)
class PlannedRow:
    """One version planned in a window, and how it stands."""

    plan: PlannedDeposit
    progress: Progress
    judgement: Judgement

    @property
    def outlook(self) -> Outlook:
        return self.judgement.outlook

    @property
    def enter_by(self) -> date | None:
        """The latest day to enter review, or to enter it again, as long as it is not in it."""
        return self.judgement.act_by if self.progress.state in EDITABLE else None

    @property
    def act_by(self) -> date | None:
        """The latest day of its next step: review, batch or deposit."""
        return self.judgement.act_by

    @property
    def reasons(self) -> list[str]:
        return self.judgement.reasons

    @property
    def reason(self) -> str:
        """The reason that weighs most; none for what is deposited already."""
        return self.reasons[0] if self.reasons else ""

    @property
    def may_move(self) -> bool:
        """Whether its owner may still plan it for another window."""
        return self.progress.state in PLANNABLE

    @property
    def pill(self) -> tuple[str, str]:
        return PILLS[self.outlook]


@dataclass(frozen=True)
class WindowRow:
    """A window ahead, with what this person sees planned in it."""

    window: DepositWindow
    days_left: int
    is_open: bool
    planned: list[PlannedRow]
    # The latest day of each route, where a page asks for it.
    routes: list[Any] = field(default_factory=list)


def review_days(asset: Asset) -> int:
    """Return the working days of an asset's route: each stage lasts as its slowest task."""
    return Routes().days(asset)


def latest_entry(closes_on: date, days_of_review: int) -> date:
    """Return the latest day to enter review for a window."""
    return enter_review_by(closes_on, days_of_review)


def judge(progress: Progress, closes_on: date, today: date) -> Judgement:
    """Say how a version stands for a window on a day, and why."""
    judges: dict[str, Callable[[Progress, date, date], Judgement]] = {
        State.DRAFT: _before_review,
        State.CHANGES_REQUESTED: _correcting if progress.correcting else _before_review,
        State.IN_REVIEW: _in_review,
        State.APPROVED: _approved,
        State.IN_BATCH: _in_batch,
    }
    found = judges.get(progress.state)
    if found is None:
        return Judgement(Outlook.ON_TRACK, [words.deposited()])
    return found(progress, closes_on, today)


def _graded(slack: int, *, late: bool = False) -> Outlook:
    if late or slack < 0:
        return Outlook.TOO_LATE
    return Outlook.AT_RISK if slack < SLACK_AT_RISK else Outlook.ON_TRACK


def _before_review(progress: Progress, closes_on: date, today: date) -> Judgement:
    if not progress.ahead:
        return Judgement(Outlook.AT_RISK, [words.no_route()])
    latest = enter_review_by(closes_on, progress.days_ahead)
    slack = working_days_between(today, latest)
    outlook = _graded(slack, late=today > latest)
    if outlook == Outlook.TOO_LATE:
        reason = words.entry_missed(latest, -slack)
    else:
        reason = words.entry_ahead(latest, slack)
    return Judgement(outlook, [reason], latest, slack)


def _correcting(progress: Progress, closes_on: date, today: date) -> Judgement:
    """The owner answers the changes asked for; then the later stages follow."""
    latest = working_days_before(closes_on, PREPARATION_DAYS + progress.days_ahead)
    slack = working_days_between(today, latest)
    outlook = _graded(slack, late=today > latest)
    if outlook == Outlook.TOO_LATE:
        reason = words.answer_missed(latest, -slack)
    else:
        reason = words.answer_ahead(latest, slack)
    return Judgement(outlook, [reason], latest, slack)


def _in_review(progress: Progress, closes_on: date, today: date) -> Judgement:
    """It must leave review in time to be corrected, if asked, and for its deposit."""
    ends = progress.passes_on(today)
    room = working_days_between(ends, last_working_day(closes_on)) - PREPARATION_DAYS
    corrections = 0 if progress.correcting else CORRECTION_DAYS
    slack = room - corrections
    overdue = progress.overdue(today)
    reasons = [words.overdue(task, today) for task in overdue]
    if room < 0:
        return Judgement(
            Outlook.TOO_LATE, [*reasons, words.ends_too_late(ends, -room)], None, room, ends
        )
    if slack < 0:
        reasons.append(words.only_without_correction(ends))
        return Judgement(Outlook.AT_RISK, reasons, None, slack, ends)
    outlook = Outlook.AT_RISK if overdue else _graded(slack)
    return Judgement(outlook, [*reasons, words.review_ends(ends, slack)], None, slack, ends)


def _approved(progress: Progress, closes_on: date, today: date) -> Judgement:
    latest = working_days_before(closes_on, PREPARATION_DAYS)
    slack = working_days_between(today, latest)
    if today > latest:
        left = working_days_between(today, last_working_day(closes_on))
        return Judgement(Outlook.AT_RISK, [words.prepared_late(closes_on, left)], latest, slack)
    return Judgement(Outlook.ON_TRACK, [words.to_batch(latest)], latest, slack)


def _in_batch(progress: Progress, closes_on: date, today: date) -> Judgement:
    slack = working_days_between(today, last_working_day(closes_on))
    outlook = Outlook.AT_RISK if slack < SLACK_AT_RISK else Outlook.ON_TRACK
    return Judgement(outlook, [words.to_deposit(closes_on, slack)], closes_on, slack)


def planned_row(plan: PlannedDeposit, progress: Progress, closes_on: date, day: date) -> PlannedRow:
    return PlannedRow(plan, progress, judge(progress, closes_on, day))


def shown_plans(by: User) -> Any:
    """Return the plans in force that a person may see, with what their lines show."""
    return (
        PlannedDeposit.objects.current()
        .visible_to(by)
        .filter(version__state__in=(*PLANNABLE, State.IN_BATCH, State.DEPOSITED))
        .select_related(
            "version__asset__asset_type",
            "version__asset__owner",
            "version__asset__lead_product",
            "version__asset__jurisdiction",
            "reference",
        )
        .prefetch_related("version__asset__products")
        .order_by("planned_on", "pk")
    )


def windows_ahead(by: User, day: date, *, routes: Routes | None = None) -> list[WindowRow]:
    """Return the windows open or to come, with what this person sees planned in each."""
    windows: Any = DepositWindow.objects.visible_to(by).ahead(day)
    return rows_of_windows(windows, by, day, routes=routes)


def rows_of_windows(
    windows: Any, by: User, day: date, *, routes: Routes | None = None
) -> list[WindowRow]:
    """Return windows with what this person sees planned in each, and how it stands."""
    planned = Prefetch("planned_deposits", queryset=shown_plans(by), to_attr="shown_plans")
    found = list(windows.prefetch_related(planned))
    versions = [plan.version for window in found for plan in window.shown_plans]
    progress = progress_of(versions, routes or Routes()) if versions else {}
    return [
        WindowRow(
            window,
            (window.closes_on - day).days,
            window.opens_on <= day <= window.closes_on,
            [
                planned_row(plan, progress[plan.version_id], window.closes_on, day)
                for plan in window.shown_plans
            ],
        )
        for window in found
    ]
