"""Paris days, calendar months, French working days, days in words. Imports nothing of the project.

Validity is counted in local dates of Europe/Paris, half-open (DOMAIN.md §4); instants are UTC.
"""

import calendar
import functools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
from django.utils import formats
from django.utils.translation import gettext, pgettext

PARIS = ZoneInfo("Europe/Paris")
FOREVER = date.max


def paris_day(instant: datetime) -> date:
    """Return the date in Paris at an aware instant.

    :raises ValueError: if the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(PARIS).date()


def day_in_words(day: date) -> str:
    """Write a day without its weekday: "24 avril 2026", and "1er avril 2026"."""
    if day.day == 1:
        # Translators: a date format; French: j\e\r F Y ("1er avril 2026").
        return formats.date_format(day, pgettext("first of the month", "j F Y"))
    return formats.date_format(day, gettext("j F Y"))


def full_day_in_words(day: date) -> str:
    """Write a day in full: "vendredi 24 avril 2026", and "mercredi 1er avril 2026"."""
    if day.day == 1:
        # Translators: a date format; French: l j\e\r F Y ("mercredi 1er avril 2026").
        return formats.date_format(day, pgettext("first of the month", "l j F Y"))
    return formats.date_format(day, gettext("l j F Y"))


def start_of_day(day: date) -> datetime:
    """Return the first instant of a Paris day."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of a Paris day (23, 24 or 25 hours after its start)."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


def add_months(day: date, months: int) -> date:
    """Add calendar months, never a number of days; 29 February + 24 months is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@functools.cache
def _french_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("FR")


def is_working_day(day: date) -> bool:
    """Whether a day is neither a week-end day nor a French public holiday."""
    return day.weekday() < 5 and day not in _french_holidays()


def add_working_days(day: date, count: int) -> date:
    """Return the day ``count`` French working days after (or before, if negative) ``day``."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to and including ``end`` (negative if reversed)."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(1 for day in days if is_working_day(day))
