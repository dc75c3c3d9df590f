"""When the authority's time ends (DOMAIN.md §8): pure dates."""

from datetime import date, timedelta

from content.calendar import add_months


def evaluation_end(closes_on: date, *, months: int = 2, extra_days: int = 1) -> date:
    """Return the end of the evaluation of what was deposited in a window.

    ``(closing day + extra_days) + months``; a published date that differs is stored over it.
    """
    return add_months(closes_on + timedelta(days=extra_days), months)


def evaluation_end_outside(received_on: date, *, months: int = 2) -> date:
    """Return the end of the evaluation of an application made under R.5122-2-1."""
    return add_months(received_on, months)
