"""The first and the last instant of everything that is counted in Paris days (DOMAIN.md §4, §8).

Windows to the microsecond, through both clock changes and the turn of the year; the day after an
evaluation; the two years of a visa from 29 February; the first day of no use, at 0:00:00.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.audit import InvalidInput, StateConflict
from approvals.release.policies import days_of_use
from approvals.submissions.actions import add_to_batch, record_window
from approvals.submissions.evaluation import evaluation_end
from approvals.submissions.models import DepositWindow, Dossier
from content.assets.models import Version
from content.assets.validity import usable_on
from content.assets.validity.answers import known_when
from content.calendar import PARIS, add_months, end_of_day, paris_day, start_of_day
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    fill_in,
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    pm_window,
    record_decision,
    record_deposit,
)
from tests.scenarios.walk import Walk

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Windows that open and close on a change of the clock, or around the turn of the year, with the
# offset from Greenwich at their first and at their last instant.
SPANS = {
    "usual": (date(2026, 4, 7), date(2026, 4, 24), 2, 2),
    "closes in spring": (date(2027, 3, 15), date(2027, 3, 28), 1, 2),
    "opens in spring": (date(2027, 3, 28), date(2027, 4, 16), 1, 2),
    "spring 2026": (date(2026, 3, 16), date(2026, 3, 29), 1, 2),
    "closes in autumn": (date(2026, 10, 19), date(2026, 10, 25), 2, 1),
    "opens in autumn": (date(2026, 10, 25), date(2026, 11, 6), 2, 1),
    "one day of 25 hours": (date(2026, 10, 25), date(2026, 10, 25), 2, 1),
    "one day of 23 hours": (date(2026, 3, 29), date(2026, 3, 29), 1, 2),
    "turn of the year": (date(2026, 12, 21), date(2027, 1, 1), 1, 1),
    "last day of the year": (date(2026, 12, 7), date(2026, 12, 31), 1, 1),
    "29 February": (date(2028, 2, 14), date(2028, 2, 29), 1, 1),
}
spans = pytest.mark.parametrize(
    ("opens_on", "closes_on", "at_first", "at_last"), SPANS.values(), ids=SPANS
)


def utc(day: date, hours: int, offset: int) -> datetime:
    """Return the instant of an hour of a day where clocks are some hours ahead of Greenwich."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(hours=hours - offset)


class TestWindow:
    @spans
    def test_admits_from_0_00_to_23_59_in_paris(
        self, opens_on: date, closes_on: date, at_first: int, at_last: int
    ) -> None:
        window = DepositWindow(opens_on=opens_on, closes_on=closes_on)
        first, over = utc(opens_on, 0, at_first), utc(closes_on, 24, at_last)
        for inside in (first, first + TICK, over - MINUTE, over - TICK):
            assert window.admits(inside)
        for outside in (first - MINUTE, first - TICK, over, over + MINUTE):
            assert not window.admits(outside)

    def test_the_hour_that_comes_twice_is_inside_both_times(self) -> None:
        window = DepositWindow(opens_on=date(2026, 10, 19), closes_on=date(2026, 10, 25))
        for fold in (0, 1):
            assert window.admits(datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold))

    @given(
        opens_on=st.dates(date(2000, 1, 1), date(2199, 1, 1)),
        length=st.integers(0, 40),
        second=st.integers(0, 200 * 365 * 86_400),
        near=st.one_of(st.none(), st.integers(-90_000, 90_000)),
        at_closing=st.booleans(),
    )
    def test_admits_what_its_paris_days_hold(
        self, opens_on: date, length: int, second: int, near: int | None, at_closing: bool
    ) -> None:
        window = DepositWindow(opens_on=opens_on, closes_on=opens_on + length * DAY)
        instant = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        if near is not None:
            edge = start_of_day(window.closes_on + DAY if at_closing else opens_on)
            instant = edge.astimezone(UTC) + timedelta(seconds=near)
        day = paris_day(instant)
        assert window.admits(instant) == (window.opens_on <= day <= window.closes_on)
        assert window.is_closed(day) == (instant > end_of_day(window.closes_on))


@pytest.mark.django_db
class TestDeposit:
    """The act itself, on a window made for the purpose, closing on a change of the clock."""

    @pytest.fixture(params=["closes in spring", "closes in autumn", "last day of the year"])
    def span(self, request: pytest.FixtureRequest) -> tuple[date, date, int, int]:
        return SPANS[request.param]

    def frozen(self, cast: Cast, span: Any) -> tuple[Dossier, datetime, datetime]:
        opens_on, closes_on, at_first, at_last = span
        window = record_window(
            category="PM", opens_on=opens_on, closes_on=closes_on, by=cast.regulatory, now=T0
        )
        version = make_approved(cast, window)
        dossier = freeze(cast, make_batch(cast, version, window=window)).dossiers.get()
        return dossier, utc(opens_on, 0, at_first), utc(closes_on, 24, at_last)

    def test_in_the_last_microsecond(self, cast: Cast, span: Any) -> None:
        dossier, _first, over = self.frozen(cast, span)
        record_deposit(cast, dossier, deposited_at=over - TICK, now=over)
        assert Dossier.objects.get().deposited_at == over - TICK

    def test_at_midnight_it_is_over(self, cast: Cast, span: Any) -> None:
        dossier, first, over = self.frozen(cast, span)
        for instant in (first - TICK, over, over + MINUTE):
            with pytest.raises(StateConflict) as refused:
                record_deposit(cast, dossier, deposited_at=instant, now=over + DAY)
            assert refused.value.code == "outside_window"

    def test_a_window_opens_at_midnight(self, cast: Cast, span: Any) -> None:
        dossier, first, _over = self.frozen(cast, span)
        record_deposit(cast, dossier, deposited_at=first, now=first)

    def test_the_year_of_the_reference_is_the_one_in_paris(self, cast: Cast) -> None:
        """0:30 on 1 January in Paris is still December in Greenwich."""
        window = record_window(
            category="PM",
            opens_on=date(2026, 12, 21),
            closes_on=date(2027, 1, 1),
            by=cast.regulatory,
            now=T0,
        )
        version = make_approved(cast, window)
        assert version.reference is not None
        assert version.reference.value.startswith("27/01/")
        dossier = freeze(cast, make_batch(cast, version, window=window)).dossiers.get()
        before = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
        with pytest.raises(StateConflict) as refused:
            record_deposit(cast, dossier, deposited_at=before, now=before)
        assert refused.value.code == "reference_month"
        after = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        record_deposit(cast, dossier, deposited_at=after, now=after)


@pytest.mark.django_db
class TestPlanning:
    def test_a_batch_opens_until_the_last_minute_of_its_window(self, cast: Cast) -> None:
        last = end_of_day(date(2026, 4, 24))
        version = make_approved(cast, now=T0)
        batch = make_batch(cast, now=last)
        fill_in(cast, add_to_batch(batch.pk, version=version.pk, by=cast.regulatory, now=last))
        with pytest.raises(InvalidInput) as refused:
            make_batch(cast, now=last + TICK)
        assert refused.value.code == "window_closed"


@pytest.mark.django_db
class TestTacit:
    def test_silence_is_confirmed_from_the_day_after(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        ends_on = pm_window().evaluation_ends_on
        assert ends_on == date(2026, 6, 25)
        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "tacit", decided_on=ends_on, now=end_of_day(ends_on))
        assert refused.value.code == "evaluation_not_over"

        dawn = start_of_day(ends_on + DAY)
        record_decision(cast, dossier, "tacit", decided_on=paris_day(dawn), now=dawn)
        visa = Version.objects.get(pk=dossier.version_id).visa
        assert visa is not None
        assert (visa.starts_on, visa.ends_on) == (ends_on, date(2028, 6, 25))

    def test_from_29_february_it_holds_until_28_february(self, cast: Cast) -> None:
        """Closing on 29 December: (30 December) + 2 months is 29 February 2028."""
        window = record_window(
            category="PM",
            opens_on=date(2027, 12, 13),
            closes_on=date(2027, 12, 29),
            by=cast.regulatory,
            now=T0,
        )
        assert window.evaluation_ends_on == date(2028, 2, 29)
        now = datetime(2027, 12, 20, 9, tzinfo=UTC)
        dossier = make_deposited(cast, window=window, now=now)
        dawn = start_of_day(date(2028, 3, 1))
        record_decision(cast, dossier, "tacit", decided_on=paris_day(dawn), now=dawn)

        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.visa is not None
        assert version.visa.starts_on == date(2028, 2, 29)
        assert version.visa.ends_on == date(2030, 2, 28)
        last = end_of_day(date(2030, 2, 27))
        assert days_of_use(version, valid_from=None, now=last) == (
            date(2030, 2, 27),
            date(2030, 2, 28),
        )
        with pytest.raises(StateConflict) as expired:
            days_of_use(version, valid_from=None, now=last + TICK)
        assert expired.value.code == "expired"


@pytest.mark.django_db
class TestUse:
    @pytest.mark.slow  # One version, walked from its creation to its release by six people.
    def test_the_end_is_the_first_day_of_no_use_from_its_first_microsecond(
        self, cast: Cast
    ) -> None:
        walk = Walk(cast, T0)
        version = walk.release(walk.cleared(cast.product, window=pm_window()))
        end = date(2028, 4, 14)
        assert version.expires_on == end
        for instant, usable in ((start_of_day(end) - TICK, True), (start_of_day(end), False)):
            day = paris_day(instant)
            assert usable_on(version, day, as_of=instant) == usable
        # Asked later, each day as known at its end: no answer moved.
        later = start_of_day(end + 400 * DAY)
        for day, usable in ((end - DAY, True), (end, False)):
            then = known_when(day, as_of=None, now=later)
            assert usable_on(version, day, as_of=then) == usable


class TestEvaluationEnd:
    @given(
        closes_on=st.dates(date(2000, 1, 1), date(2199, 12, 1)),
        months=st.integers(1, 6),
        extra=st.integers(0, 3),
    )
    def test_is_the_same_day_of_a_later_month_or_its_last(
        self, closes_on: date, months: int, extra: int
    ) -> None:
        counted = closes_on + extra * DAY
        end = evaluation_end(closes_on, months=months, extra_days=extra)
        # So many months further, whatever the days.
        assert (end.year - counted.year) * 12 + end.month - counted.month == months
        last = calendar.monthrange(end.year, end.month)[1]
        assert end.day == counted.day or (end.day == last < counted.day)
        assert end > closes_on

    @given(
        first=st.dates(date(2000, 1, 1), date(2199, 1, 1)),
        apart=st.integers(0, 400),
        months=st.integers(0, 36),
    )
    def test_a_later_day_never_ends_earlier(self, first: date, apart: int, months: int) -> None:
        second = first + apart * DAY
        assert add_months(first, months) <= add_months(second, months)
        assert add_months(first, 0) == first

    @pytest.mark.parametrize(
        ("closes_on", "ends_on"),
        [
            (date(2026, 12, 29), date(2027, 2, 28)),  # 30 December + 2 months
            (date(2027, 12, 28), date(2028, 2, 29)),  # 29 December + 2 months
            (date(2028, 2, 28), date(2028, 4, 29)),
            (date(2028, 2, 29), date(2028, 5, 1)),
            (date(2026, 6, 29), date(2026, 8, 30)),
            (date(2026, 6, 30), date(2026, 9, 1)),
            (date(2026, 7, 30), date(2026, 9, 30)),
            (date(2026, 10, 31), date(2027, 1, 1)),
        ],
    )
    def test_month_ends(self, closes_on: date, ends_on: date) -> None:
        assert evaluation_end(closes_on) == ends_on
