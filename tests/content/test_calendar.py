"""Paris days, calendar months, French working days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from content.calendar import (
    PARIS,
    add_months,
    add_working_days,
    day_in_words,
    end_of_day,
    full_day_in_words,
    is_working_day,
    paris_day,
    start_of_day,
    working_days_between,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
_FIRST, _LAST = datetime(2000, 1, 1), datetime(2060, 1, 1)  # noqa: DTZ001 (Hypothesis wants naive)
INSTANTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        # Winter: Paris is one hour ahead; summer: two.
        (datetime(2026, 1, 15, 22, 59, 59, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 7, 15, 21, 59, 59, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 22, 0, tzinfo=UTC), date(2026, 7, 16)),
        (datetime(2026, 7, 16, 0, 0, tzinfo=PARIS), date(2026, 7, 16)),
    ],
)
def test_the_day_is_that_of_paris(instant: datetime, day: date) -> None:
    assert paris_day(instant) == day


def test_a_naive_instant_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        paris_day(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_has_its_hours_at_both_changes_of_the_clock(day: date, hours: int) -> None:
    start, end = start_of_day(day), end_of_day(day)
    length = end.astimezone(UTC) - start.astimezone(UTC) + timedelta(microseconds=1)
    assert length == timedelta(hours=hours)


@given(DAYS)
def test_a_day_begins_after_the_end_of_the_one_before(day: date) -> None:
    assert paris_day(start_of_day(day)) == day == paris_day(end_of_day(day))
    before = end_of_day(day - timedelta(days=1)).astimezone(UTC)
    assert start_of_day(day).astimezone(UTC) - before == timedelta(microseconds=1)


@given(INSTANTS, INSTANTS)
def test_days_follow_instants(one: datetime, other: datetime) -> None:
    first, last = sorted((one, other))
    assert paris_day(first) <= paris_day(last)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 4, 24), 24, date(2028, 4, 24)),
        # Never 730 days: a leap day lies between.
        (date(2027, 3, 1), 24, date(2029, 3, 1)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


@given(DAYS, st.integers(-240, 240))
def test_adding_months_keeps_the_day_of_the_month_or_its_last(day: date, months: int) -> None:
    result = add_months(day, months)
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    tomorrow = result + timedelta(days=1)
    assert result.day == day.day or (result.day < day.day and tomorrow.day == 1)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),  # Ascension
        date(2026, 5, 25),  # Whit Monday
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 11),
        date(2026, 12, 25),
        date(2026, 4, 18),  # a Saturday
        date(2026, 4, 19),  # a Sunday
    ],
)
def test_holidays_and_week_ends_are_not_worked(day: date) -> None:
    assert not is_working_day(day)


def test_an_ordinary_tuesday_and_good_friday_are_worked() -> None:
    assert is_working_day(date(2026, 4, 14))
    assert is_working_day(date(2026, 4, 3))


def test_working_days_jump_over_a_long_week_end() -> None:
    # Thursday 30 April; 1 May is a Friday; Monday 4 May is next.
    assert add_working_days(date(2026, 4, 30), 1) == date(2026, 5, 4)
    assert add_working_days(date(2026, 5, 4), -1) == date(2026, 4, 30)
    assert working_days_between(date(2026, 4, 30), date(2026, 5, 4)) == 1
    assert working_days_between(date(2026, 5, 4), date(2026, 4, 30)) == -1


@given(DAYS, st.integers(1, 40))
def test_adding_working_days_and_counting_them_agree(day: date, count: int) -> None:
    later = add_working_days(day, count)
    assert is_working_day(later)
    assert working_days_between(day, later) == count
    assert add_working_days(later, 0) == later


@pytest.mark.parametrize(
    ("language", "day", "plain", "full"),
    [
        ("fr", date(2026, 4, 1), "1er avril 2026", "mercredi 1er avril 2026"),
        ("fr", date(2026, 4, 24), "24 avril 2026", "vendredi 24 avril 2026"),
        ("en", date(2026, 4, 1), "1 April 2026", "Wednesday 1 April 2026"),
    ],
)
def test_days_in_words(language: str, day: date, plain: str, full: str) -> None:
    with translation.override(language):
        assert day_in_words(day) == plain
        assert full_day_in_words(day) == full
