"""What lapses if a window is missed, and by when a renewal enters review (DOMAIN.md §8)."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.submissions.forecast import Item, horizon_of, lapses_if_missed, renewal_of
from approvals.submissions.models import DepositWindow
from content.assets.enums import LimitCode, State
from content.assets.models import Asset, Version
from content.calendar import is_working_day

TODAY = date(2026, 4, 14)
DAY = timedelta(days=1)


def window(closes_on: date, *, category: str = "PM", ends_on: date | None = None) -> DepositWindow:
    return DepositWindow(
        jurisdiction_id=1,
        category=category,
        opens_on=closes_on - timedelta(days=10),
        closes_on=closes_on,
        evaluation_ends_on=ends_on or closes_on + timedelta(days=61),
    )


def item(ends_on: date, *, category: str = "PM", needed: int = 17, **more: Any) -> Item:
    given = {"limited_by": LimitCode.EXPIRED, "listed": True, "review_days": 7, **more}
    version = Version(asset=Asset(jurisdiction_id=1), number=1, state=State.RELEASED)
    return Item(version, ends_on, category=category, days_needed=needed, **given)


# PM windows of 2026, their evaluations as the published ones end.
APRIL = window(date(2026, 4, 24), ends_on=date(2026, 6, 25))
JULY = window(date(2026, 7, 28), ends_on=date(2026, 9, 29))
OCTOBER = window(date(2026, 10, 16), ends_on=date(2026, 12, 17))
WINDOWS = [APRIL, JULY, OCTOBER]


class TestIfMissed:
    def missed(self, one: Item, missed: DepositWindow = APRIL, **more: Any) -> Any:
        found = lapses_if_missed([one], missed, more.get("windows", WINDOWS), TODAY)
        return found[0] if found else None

    def test_it_comes_back_the_day_after_the_next_evaluation(self) -> None:
        lapse = self.missed(item(date(2026, 7, 1), needed=0))
        assert lapse.last_day == date(2026, 6, 30)
        assert (lapse.through, lapse.back_on) == (JULY, date(2026, 9, 30))
        assert lapse.gap == 91
        assert lapse.gap_if_met == 0

    def test_what_ends_late_enough_leaves_nothing(self) -> None:
        assert self.missed(item(date(2026, 9, 30))) is None
        assert self.missed(item(date(2026, 9, 29))).gap == 1

    def test_what_cannot_be_met_any_more_says_so(self) -> None:
        assert self.missed(item(date(2026, 7, 1), needed=17)).gap_if_met is None

    def test_a_window_met_may_be_too_late_too(self) -> None:
        assert self.missed(item(date(2026, 6, 20), needed=0)).gap_if_met == 6

    def test_a_window_that_nothing_can_make_is_passed_over(self) -> None:
        near = window(date(2026, 5, 4))
        lapse = self.missed(item(date(2026, 7, 1)), windows=[APRIL, near, JULY])
        assert lapse.through == JULY
        ready = self.missed(item(date(2026, 7, 1), needed=0), windows=[APRIL, near, JULY])
        assert ready.through == near

    def test_without_a_later_window_nobody_knows(self) -> None:
        lapse = self.missed(item(date(2026, 7, 1)), windows=[APRIL])
        assert (lapse.through, lapse.back_on, lapse.gap) == (None, None, None)
        # What ends in more than a year is not said to lapse for want of a calendar.
        assert self.missed(item(date(2027, 6, 26)), windows=[APRIL]) is None
        assert self.missed(item(date(2027, 6, 25)), windows=[APRIL]) is not None

    def test_a_successor_planned_in_it_moves_to_the_next(self) -> None:
        one = item(
            date(2026, 7, 1), needed=5, window=APRIL, successor=Version(state=State.APPROVED)
        )
        lapse = self.missed(one)
        assert lapse.moved
        assert lapse.through == JULY

    def test_a_successor_planned_before_it_does_not_depend_on_it(self) -> None:
        assert self.missed(item(date(2026, 7, 1), needed=0, window=APRIL), missed=JULY) is None
        # Not in time for what it is planned for, it needs a later one.
        assert self.missed(item(date(2026, 7, 1), needed=17, window=APRIL), missed=JULY)
        # A plan whose window closed without it waits like any other.
        past = window(date(2026, 4, 1))
        assert self.missed(item(date(2026, 7, 1), window=past)) is not None

    def test_what_is_deposited_does_not_depend_on_it(self) -> None:
        assert self.missed(item(date(2026, 7, 1), settled_on=date(2026, 6, 26))) is None

    @pytest.mark.parametrize(
        "more",
        [
            {"category": "GP"},
            {"category": ""},
            {"listed": False},
            {"taken_over_on": date(2026, 7, 10)},
            {"limited_by": LimitCode.AUTHORISATION_ENDED},
        ],
    )
    def test_what_waits_for_no_such_window_is_not_listed(self, more: dict[str, Any]) -> None:
        assert self.missed(item(date(2026, 7, 1), **more)) is None

    def test_an_authorisation_that_ends_before_bars_the_return(self) -> None:
        lapse = self.missed(item(date(2026, 7, 1), authorised_until=date(2026, 9, 30)))
        assert lapse.barred
        assert lapse.back_on is None
        assert not self.missed(item(date(2026, 7, 1), authorised_until=date(2026, 10, 1))).barred

    def test_they_come_in_the_order_of_the_days(self) -> None:
        several = [item(date(2026, 8, 1)), item(date(2026, 7, 1)), item(date(2026, 9, 1))]
        days = [one.last_day.month for one in lapses_if_missed(several, APRIL, WINDOWS, TODAY)]
        assert days == [6, 7, 8]


def days_without(
    ends_on: date, needed: int, missed: DepositWindow, windows: list[DepositWindow]
) -> int:
    """Count, day by day, how long a piece is missing: written without the code it checks."""
    ready = []
    for one in windows:
        left = sum(
            is_working_day(TODAY + DAY * n) for n in range(1, (one.closes_on - TODAY).days + 1)
        )
        if one.closes_on > missed.closes_on and left >= needed:
            ready.append(one)
    day, missing = ends_on, 0
    while ready and not any(one.evaluation_ends_on < day for one in ready):
        missing += 1
        day += DAY
    return missing


offsets = st.lists(st.integers(1, 500), min_size=2, max_size=6, unique=True).map(sorted)


@given(
    closings=offsets,
    lengths=st.lists(st.integers(20, 90), min_size=6, max_size=6),
    which=st.integers(0, 5),
    end=st.integers(1, 700),
    needed=st.integers(0, 30),
)
def test_the_gap_is_what_counting_days_finds(
    closings: list[int], lengths: list[int], which: int, end: int, needed: int
) -> None:
    windows = [
        window(TODAY + DAY * at, ends_on=TODAY + DAY * (at + length))
        for at, length in zip(closings, lengths, strict=False)
    ]
    missed = windows[which % (len(windows) - 1)]
    one = item(TODAY + DAY * end, needed=needed)
    found = lapses_if_missed([one], missed, windows, TODAY)
    if any(w.closes_on > missed.closes_on and one.can_make(w, TODAY) for w in windows):
        gap = found[0].gap if found else 0
        assert gap == days_without(one.ends_on, needed, missed, windows)
    else:
        assert all(lapse.gap is None for lapse in found)
        assert bool(found) == (one.ends_on < horizon_of(missed))


class TestRenewal:
    def renewal(
        self, ends_on: date, windows: list[DepositWindow] | None = None, **more: Any
    ) -> Any:
        return renewal_of(item(ends_on, **more), WINDOWS if windows is None else windows, TODAY)

    def test_the_last_window_that_leaves_no_gap(self) -> None:
        one = self.renewal(date(2026, 12, 18))
        assert (one.through, one.back_on, one.outlook) == (OCTOBER, date(2026, 12, 18), "on_track")
        # 16 October less 17 working days.
        assert one.act_by == date(2026, 9, 23)
        assert one.gap == 0
        assert one.enters_review
        assert self.renewal(date(2026, 12, 17)).through == JULY

    def test_too_late_says_when_it_comes_back(self) -> None:
        one = self.renewal(date(2026, 7, 1))
        assert (one.outlook, one.through, one.gap) == ("too_late", JULY, 91)

    def test_little_slack_is_a_risk(self) -> None:
        soon = window(date(2026, 5, 12))
        one = self.renewal(date(2026, 9, 1), windows=[soon])
        assert (one.act_by, one.outlook) == (date(2026, 4, 15), "at_risk")

    def test_without_a_window_nothing_is_known(self) -> None:
        one = self.renewal(date(2026, 7, 1), windows=[window(date(2026, 7, 28), category="GP")])
        assert (one.outlook, one.act_by, one.back_on) == (None, None, None)

    def test_what_is_planned_counts_as_planned(self) -> None:
        draft = Version(number=2, state=State.DRAFT)
        one = self.renewal(date(2026, 12, 18), window=JULY, successor=draft)
        assert (one.through, one.outlook) == (JULY, "on_track")
        # Planned where it cannot be ready: the next one that can be.
        assert self.renewal(date(2026, 12, 18), window=APRIL, successor=draft).through == OCTOBER

    def test_what_is_deposited_waits_for_the_authority(self) -> None:
        sent = Version(number=2, state=State.DEPOSITED)
        one = self.renewal(date(2026, 7, 1), settled_on=date(2026, 6, 26), successor=sent)
        assert (one.outlook, one.gap, one.enters_review) == ("on_track", 0, False)
        late = self.renewal(date(2026, 6, 20), settled_on=date(2026, 6, 26), successor=sent)
        assert (late.outlook, late.gap) == ("too_late", 6)

    def test_without_visa_only_the_review_counts(self) -> None:
        one = self.renewal(date(2026, 7, 1), category="", needed=7)
        assert (one.through, one.act_by, one.outlook) == (None, date(2026, 6, 22), "on_track")
        late = self.renewal(date(2026, 4, 20), category="", needed=7)
        assert late.outlook == "too_late"
        assert late.gap > 0

    @pytest.mark.parametrize("limit", [LimitCode.AUTHORISATION_ENDED, LimitCode.PUBLIC_NOT_ALLOWED])
    def test_no_renewal_helps_where_the_product_bars_it(self, limit: str) -> None:
        one = self.renewal(date(2026, 7, 1), limited_by=limit)
        assert one.helpless
        assert (one.outlook, one.act_by) == (None, None)


def test_the_windows_above_are_in_order() -> None:
    assert all(before.closes_on < after.closes_on for before, after in pairwise(WINDOWS))
