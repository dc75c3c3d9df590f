"""Whether what is planned will be in time for its window (DOMAIN.md §8, "Planning")."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.people.models import User
from approvals.review.models import Route
from approvals.submissions.models import DepositWindow, PlannedDeposit
from content.assets.enums import EDITABLE, PLANNABLE, State
from content.assets.models import Asset
from content.calendar import add_working_days, paris_day, working_days_between

PREPARATION_DAYS = 5
CORRECTION_DAYS = 5
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


@dataclass(frozen=True)
class PlannedRow:
    """One version planned in a window: the latest day to enter review, and how it stands."""

    plan: PlannedDeposit
    enter_by: date | None
    outlook: Outlook

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


def review_days(asset: Asset) -> int:
    """Return the working days of an asset's route: each stage lasts as its slowest task."""
    route = Route.objects.fitting(asset).prefetch_related("stages__tasks").first()
    if route is None:
        return 0
    return sum(
        max((task.due_days for task in stage.tasks.all()), default=0)
        for stage in route.stages.all()
    )


def latest_entry(closes_on: date, days_of_review: int) -> date:
    """Return the latest day to enter review for a window.

    Closing day − preparation − correction − the sum over stages of the slowest task, in working
    days (DOMAIN.md §8).
    """
    return add_working_days(closes_on, -(PREPARATION_DAYS + CORRECTION_DAYS + days_of_review))


def outlook_of(plan: PlannedDeposit, closes_on: date, day: date, days: int) -> PlannedRow:
    """Say how a planned version stands for its window on a day; ``days`` of review ahead."""
    version = plan.version
    if version.state not in PLANNABLE or version.state == State.APPROVED:
        return PlannedRow(plan, None, Outlook.ON_TRACK)
    enter_by = latest_entry(closes_on, days)
    if version.state not in EDITABLE:
        # In review: it must leave it in time to be prepared and deposited.
        entered = working_days_between(paris_day(version.state_since), day)
        left = max(0, days - entered)
        slack = working_days_between(day, closes_on) - PREPARATION_DAYS - left
    else:
        slack = working_days_between(day, enter_by)
    if slack < 0:
        return PlannedRow(plan, enter_by, Outlook.TOO_LATE)
    risky = slack < SLACK_AT_RISK
    return PlannedRow(plan, enter_by, Outlook.AT_RISK if risky else Outlook.ON_TRACK)


def windows_ahead(by: User, day: date) -> list[WindowRow]:
    """Return the windows open or to come, with what this person sees planned in each."""
    plans = (
        PlannedDeposit.objects.current()
        .visible_to(by)
        .filter(version__state__in=(*PLANNABLE, State.IN_BATCH, State.DEPOSITED))
        .select_related("version__asset__asset_type", "version__asset__owner", "reference")
        .order_by("planned_on", "pk")
    )
    known: dict[tuple[Any, ...], int] = {}

    def days_for(asset: Asset) -> int:
        key = (asset.jurisdiction_id, asset.nature, asset.audience, asset.asset_type_id)
        if key not in known:
            known[key] = review_days(asset)
        return known[key]

    windows: Any = DepositWindow.objects.visible_to(by).ahead(day)
    return [
        WindowRow(
            window,
            (window.closes_on - day).days,
            window.opens_on <= day,
            [
                outlook_of(plan, window.closes_on, day, days_for(plan.version.asset))
                for plan in window.shown_plans
            ],
        )
        for window in windows.prefetch_related(
            Prefetch("planned_deposits", queryset=plans, to_attr="shown_plans")
        )
    ]
