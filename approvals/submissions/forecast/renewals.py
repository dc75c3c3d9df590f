"""To keep a piece without a gap: by when its renewal enters review, and whether it is in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.submissions.backward import plan_back_without_visa, usable_from
from approvals.submissions.forecast.items import Item
from approvals.submissions.forecast.portfolio import Portfolio
from approvals.submissions.models import DepositWindow
from approvals.submissions.outlook import SLACK_AT_RISK, Outlook
from content.assets.enums import EDITABLE
from content.calendar import add_months, working_days_between


@dataclass(frozen=True)
class Renewal:
    """How an end is kept from being a gap.

    ``act_by`` is the last day to enter review, or for what is left to do where a successor is in
    review; ``through`` is the window that this is for, ``back_on`` the first day of use that it
    gives. ``outlook`` is None where nothing can be done (``helpless``) or nothing is known yet.
    """

    item: Item
    outlook: Outlook | None
    through: DepositWindow | None = None
    act_by: date | None = None
    back_on: date | None = None
    # No later window is known: another one, published later, may do.
    last_known: bool = False

    @property
    def last_day(self) -> date:
        return self.item.ends_on - timedelta(days=1)

    @property
    def helpless(self) -> bool:
        """Whether no new version would be usable either."""
        return not self.item.is_renewable

    @property
    def enters_review(self) -> bool:
        """Whether what is to be done is to enter review."""
        successor = self.item.successor
        return self.act_by is not None and (successor is None or successor.state in EDITABLE)

    @property
    def asks_for_something(self) -> bool:
        """Whether its owner has something to do: nothing follows it yet, or not in time."""
        if self.helpless:
            return False
        return self.outlook != Outlook.ON_TRACK or self.enters_review

    @property
    def gap(self) -> int:
        """Days without it, as things stand."""
        return max(0, (self.back_on - self.item.ends_on).days) if self.back_on else 0


def renewals_within(portfolio: Portfolio, months: int) -> list[Renewal]:
    """Return what must be renewed of what ends within some months, what ends first before."""
    until = add_months(portfolio.today, months)
    return [
        renewal_of(item, portfolio.windows, portfolio.today)
        for item in portfolio.endings
        if item.ends_on <= until
    ]


def renewal_of(item: Item, windows: Sequence[DepositWindow], today: date) -> Renewal:
    """Say by when a renewal must be under way, and how it stands."""
    if not item.is_renewable:
        return Renewal(item, None)
    if item.settled_on is not None:
        late = item.settled_on > item.ends_on
        outlook = Outlook.TOO_LATE if late else Outlook.ON_TRACK
        return Renewal(item, outlook, back_on=item.settled_on)
    if not item.category:
        return _without_visa(item, today)
    mine = [window for window in windows if item.takes(window) and window.closes_on >= today]
    planned = item.window
    if planned is not None and planned.closes_on >= today and item.can_make(planned, today):
        return _through(item, planned, mine, today)
    return _through(item, _best(item, mine, today), mine, today)


def _best(item: Item, windows: Sequence[DepositWindow], today: date) -> DepositWindow | None:
    """Return the last window that leaves no gap, else the first that can be made."""
    makeable = [window for window in windows if item.can_make(window, today)]
    serves = [window for window in makeable if usable_from(window) <= item.ends_on]
    if serves:
        return max(serves, key=lambda one: (one.closes_on, usable_from(one)))
    return min(makeable, key=usable_from, default=None)


def _through(
    item: Item, window: DepositWindow | None, windows: Sequence[DepositWindow], today: date
) -> Renewal:
    if window is None:
        return Renewal(item, None)
    back_on, act_by = usable_from(window), item.deadline_for(window)
    last_known = all(one.closes_on <= window.closes_on for one in windows)
    outlook = _outlook(back_on > item.ends_on, today, act_by)
    return Renewal(item, outlook, window, act_by, back_on, last_known)


def _without_visa(item: Item, today: date) -> Renewal:
    """Only review and release stand between it and its use."""
    back = plan_back_without_visa(item.ends_on, today, days=item.days_needed)
    outlook = _outlook(not back.feasible, today, back.enter_review_by or today)
    return Renewal(item, outlook, None, back.enter_review_by, back.usable_from)


def _outlook(late: bool, today: date, act_by: date) -> Outlook:
    if late:
        return Outlook.TOO_LATE
    risky = working_days_between(today, act_by) < SLACK_AT_RISK
    return Outlook.AT_RISK if risky else Outlook.ON_TRACK
