"""Which windows the stories take place in: the published ones where they fit, else made-up ones."""

import calendar
from datetime import date, timedelta

from approvals.desk.demo.world import World, at
from approvals.submissions.models import DepositWindow

LENGTH = timedelta(days=14)
REACH = timedelta(days=120)


def open_today(world: World, category: str) -> DepositWindow:
    """Return a window open today; where there is none, add a made-up one.

    It closes within today's month: a reference names the month of the deposit (DOMAIN.md §8).
    """
    today = world.today
    found = DepositWindow.objects.open_on(today).filter(category=category, provisional=False)
    window = found.order_by("-closes_on").first()
    if window is not None:
        return window
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    world.now = at(world.days(-60))
    return world.window(category, today - timedelta(days=3), min(last, today + timedelta(days=10)))


def closed_before(world: World, category: str, latest: date) -> DepositWindow:
    """Return the last window that closed by a day; where none did lately, add a made-up one."""
    found = DepositWindow.objects.filter(
        category=category,
        provisional=False,
        closes_on__lte=latest,
        closes_on__gt=latest - REACH,
    )
    window = found.order_by("-closes_on").first()
    if window is not None:
        return window
    world.now = at(latest - timedelta(days=90))
    return world.window(category, latest - LENGTH, latest)
