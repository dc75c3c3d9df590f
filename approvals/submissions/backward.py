"""Plan backwards: from a window, and from a wanted first day of use (DOMAIN.md §8, "Planning").

``enter_review_by`` and ``plan_back`` are pure dates; the two functions below them ask the
database for what an asset needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from approvals.submissions.durations import (
    CORRECTION_DAYS,
    PREPARATION_DAYS,
    Routes,
    days_of,
    release_days,
)
from approvals.submissions.models import DepositWindow
from content.assets.actions.assets import visa_category
from content.assets.models import Asset
from content.calendar import add_working_days, full_day_in_words, is_working_day

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Backward:
    """What a wanted first day of use asks for, or that it cannot be had.

    ``window`` is the last one that works; where none does, the first that can still be made, if
    one is known: then ``usable_from`` comes after ``wanted``. ``missed`` is the window that would
    have worked, had it entered review by ``missed_by``.
    """

    wanted: date
    today: date
    category: str
    review_days: int
    feasible: bool
    enter_review_by: date | None = None
    window: DepositWindow | None = None
    usable_from: date | None = None
    missed: DepositWindow | None = None
    missed_by: date | None = None

    @property
    def needs_visa(self) -> bool:
        return bool(self.category)

    @property
    def deposit_by(self) -> date | None:
        return self.window.closes_on if self.window else None

    @property
    def evaluation_ends_on(self) -> date | None:
        return self.window.evaluation_ends_on if self.window else None

    @property
    def sentences(self) -> list[str]:
        """Say the answer in words, the one that matters first."""
        return [str(said) for said in _sentences(self)]


def last_working_day(day: date) -> date:
    """Return the day itself, or the last working day before it."""
    return day if is_working_day(day) else add_working_days(day, -1)


def enter_review_by(closes_on: date, review_days: int) -> date:
    """Return the latest day to enter review for a window.

    Closing day − preparation − correction − the sum over stages of the slowest task, in working
    days (DOMAIN.md §8).
    """
    return working_days_before(closes_on, PREPARATION_DAYS + CORRECTION_DAYS + review_days)


def working_days_before(day: date, count: int) -> date:
    """Return the last day from which ``count`` working days still end by ``day``."""
    return add_working_days(last_working_day(day), -count)


def usable_from(window: DepositWindow) -> date:
    """Return the first day of use of what is deposited in a window, silence assumed."""
    return window.evaluation_ends_on + ONE_DAY


def plan_back(
    wanted: date,
    today: date,
    *,
    category: str,
    review_days: int,
    windows: Sequence[DepositWindow],
) -> Backward:
    """Return which window is the last that makes something usable on a day, and what it asks.

    ``windows`` are those of the category that close today or later.
    """
    makeable = [one for one in windows if enter_review_by(one.closes_on, review_days) >= today]
    works = [one for one in windows if usable_from(one) <= wanted]
    serves = [one for one in makeable if one in works]
    missed = max(works, key=lambda one: one.closes_on, default=None) if not serves else None
    last = max(serves, key=lambda one: (one.closes_on, usable_from(one)), default=None)
    window = last or min(makeable, key=usable_from, default=None)
    return Backward(
        wanted=wanted,
        today=today,
        category=category,
        review_days=review_days,
        feasible=bool(serves),
        enter_review_by=enter_review_by(window.closes_on, review_days) if window else None,
        window=window,
        usable_from=usable_from(window) if window else None,
        missed=missed,
        missed_by=enter_review_by(missed.closes_on, review_days) if missed else None,
    )


def plan_back_without_visa(wanted: date, today: date, *, days: int) -> Backward:
    """Return by when something that needs no visa enters review to be used on a day."""
    latest = working_days_before(wanted, days)
    feasible = latest >= today
    return Backward(
        wanted=wanted,
        today=today,
        category="",
        review_days=days,
        feasible=feasible,
        enter_review_by=latest if feasible else today,
        usable_from=wanted if feasible else add_working_days(today, days),
        missed_by=None if feasible else latest,
    )


def to_be_usable_by(
    asset: Asset, wanted: date, today: date, *, routes: Routes | None = None
) -> Backward:
    """Return by when a new version of an asset enters review, to be usable on a wanted day."""
    stages = (routes or Routes()).stages(asset)
    category = visa_category(asset)
    if not category:
        days = days_of(stages) + release_days(stages)
        return plan_back_without_visa(wanted, today, days=days)
    windows = DepositWindow.objects.ahead(today).filter(
        category=category, jurisdiction=asset.jurisdiction_id
    )
    return plan_back(
        wanted, today, category=category, review_days=days_of(stages), windows=list(windows)
    )


def from_window(
    asset: Asset, window: DepositWindow, today: date, *, routes: Routes | None = None
) -> Backward:
    """Return what depositing a new version of an asset in a window asks for and gives."""
    days = (routes or Routes()).days(asset)
    latest = enter_review_by(window.closes_on, days)
    first_day = usable_from(window)
    return Backward(
        wanted=first_day,
        today=today,
        category=window.category,
        review_days=days,
        feasible=latest >= today,
        enter_review_by=latest,
        window=window,
        usable_from=first_day,
    )


def _sentences(found: Backward) -> list[str]:
    if found.feasible:
        return _how(found)
    said = [_("It cannot be usable by %(day)s.") % {"day": full_day_in_words(found.wanted)}]
    if found.missed_by is not None:
        said.append(
            _("It should have entered review by %(day)s.")
            % {"day": full_day_in_words(found.missed_by)}
        )
    elif found.needs_visa:
        said.append(_("No window ahead ends its evaluation before this day."))
    if found.usable_from is None:
        said.append(
            _("No %(category)s window that can still be made is known: record the next ones.")
            % {"category": found.category}
        )
        return said
    said.append(
        _("The earliest possible first day of use is %(day)s.")
        % {"day": full_day_in_words(found.usable_from)}
    )
    return [*said, *_how(found)]


def _how(found: Backward) -> list[str]:
    if found.enter_review_by is None or found.usable_from is None:
        return []
    said = [
        _("It enters review by %(day)s at the latest.")
        % {"day": full_day_in_words(found.enter_review_by)}
    ]
    if found.window is None:
        return said
    said.append(
        _("It is deposited by %(day)s, 23:59 Paris time, in the window %(window)s.")
        % {"day": full_day_in_words(found.window.closes_on), "window": found.window}
    )
    said.append(
        _("If the authority stays silent until %(ends)s, it is usable from %(day)s.")
        % {
            "ends": full_day_in_words(found.window.evaluation_ends_on),
            "day": full_day_in_words(found.usable_from),
        }
    )
    return said
