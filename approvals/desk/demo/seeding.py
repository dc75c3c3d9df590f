"""Seed the demonstration, step by step, all through actions."""

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from approvals.desk.demo.cast import gather_teams, lend_to_the_deputy, seat_people
from approvals.desk.demo.portfolio import portfolio
from approvals.desk.demo.stories import tell
from approvals.desk.demo.windows import open_today
from approvals.desk.demo.world import World, at
from approvals.people.actions import system_actor
from content.assets.actions.sweep import follow_the_day
from content.assets.models import Asset
from content.calendar import add_months, paris_day
from content.catalogue.models import Product
from content.outbox.actions import consider_told


def import_products(folder: Path | None, *, stdout: Any, stderr: Any) -> None:
    """Import the public database's files, or the made-up extract into an empty catalogue."""
    if folder is None and Product.objects.exists():
        return
    # A skipped line is printed, and says so in the exit status; the rest was imported.
    with contextlib.suppress(SystemExit):
        source = folder or settings.DEMO_DATA_DIR
        call_command("import_bdpm", source, stdout=stdout, stderr=stderr)


def settle_in(present: datetime) -> World:
    """Seat the cast, gather the teams, see to a window open today; add only what is missing."""
    system = system_actor()
    # The people were here before the oldest of the stories.
    arrival = at(add_months(paris_day(present), -27), 9, 0)
    with transaction.atomic():
        people = seat_people(by=system, now=arrival)
        teams = gather_teams(people, by=system, now=arrival)
        lend_to_the_deputy(people, now=present)
        world = World(people, teams, present)
        for category in ("PM", "GP"):
            open_today(world, category)
    return world


def live(world: World, count: int) -> None:
    """Tell the stories of the portfolio, once."""
    if Asset.objects.filter(owner__in=world.people.values()).exists():
        return
    with transaction.atomic():
        world.name_leads()
        tell(world, portfolio(world, count))
        follow_the_day(by=system_actor(), now=world.present)
        consider_told(before=world.present - timedelta(days=1), now=world.present)
