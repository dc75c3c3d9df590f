"""If a window is missed: what leaves the list, on which day, and when it can come back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.submissions.backward import usable_from
from approvals.submissions.forecast.items import Item
from approvals.submissions.models import DepositWindow
from content.calendar import add_months

# Where no later window is known: what ends within a year of what the missed one would give.
UNKNOWN_MONTHS = 12


@dataclass(frozen=True)
class Lapse:
    """What leaves the list because a window was missed.

    ``through`` is the window by which it can come back, on ``back_on`` at the earliest; neither
    where no window known can be made, or where no product of it is authorised by then
    (``barred``). ``gap_if_met`` are the days without it even if the window is met.
    """

    item: Item
    through: DepositWindow | None
    back_on: date | None
    gap_if_met: int | None
    barred: bool = False

    @property
    def last_day(self) -> date:
        return self.item.ends_on - timedelta(days=1)

    @property
    def gap(self) -> int | None:
        """Days without it; None where nobody knows when it comes back."""
        return (self.back_on - self.item.ends_on).days if self.back_on else None

    @property
    def moved(self) -> bool:
        """Whether its successor was planned for the window that is missed."""
        return self.item.window is not None


def lapses_if_missed(
    items: Iterable[Item], missed: DepositWindow, windows: Sequence[DepositWindow], today: date
) -> list[Lapse]:
    """Return what leaves the list if a window is missed, in the order of the days."""
    found = [
        _lapse(item, missed, windows, today) for item in items if _depends(item, missed, today)
    ]
    lapses = [lapse for lapse in found if lapse is not None]
    return sorted(lapses, key=lambda one: (one.item.ends_on, one.item.version.pk or 0))


def horizon_of(missed: DepositWindow) -> date:
    """Return the day up to which ends are told where no later window is known."""
    return add_months(usable_from(missed), UNKNOWN_MONTHS)


def _depends(item: Item, missed: DepositWindow, today: date) -> bool:
    """Whether an item waits for this window: not for one before it, nor for none any more."""
    if not (item.listed and item.is_renewable and item.taken_over_on is None):
        return False
    if not item.takes(missed) or item.settled_on is not None:
        return False
    planned = item.window
    if planned is None or not today <= planned.closes_on < missed.closes_on:
        return True
    # Planned before it, but not in time for that: it needs a later one.
    return not item.can_make(planned, today)


def _lapse(
    item: Item, missed: DepositWindow, windows: Sequence[DepositWindow], today: date
) -> Lapse | None:
    after = [
        window
        for window in windows
        if item.takes(window)
        and window.closes_on > missed.closes_on
        and item.can_make(window, today)
    ]
    through = min(after, key=lambda one: (usable_from(one), one.closes_on), default=None)
    back_on = usable_from(through) if through else None
    if item.ends_on >= (back_on or horizon_of(missed)):
        return None
    met = max(0, (usable_from(missed) - item.ends_on).days)
    gap_if_met = met if item.can_make(missed, today) else None
    if back_on is not None and not item.is_authorised_on(back_on):
        return Lapse(item, None, None, gap_if_met, barred=True)
    return Lapse(item, through, back_on, gap_if_met)
