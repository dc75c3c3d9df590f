"""Seed the demonstration: the cast, products in teams, windows, a portfolio in every state."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from approvals.desk.demo.cast import (
    CAST,
    PASSWORD,
    gather_teams,
    lend_to_the_deputy,
    seat_people,
)
from approvals.desk.demo.portfolio import portfolio
from approvals.desk.demo.stories import tell
from approvals.desk.demo.windows import open_today
from approvals.desk.demo.world import World, at
from approvals.people.actions import system_actor
from content.assets.actions.sweep import follow_the_day
from content.assets.models import Asset, Version
from content.calendar import add_months, paris_day
from content.catalogue.models import Product
from content.outbox.actions import consider_told


class Command(BaseCommand):
    help = "Seed the demonstration, all through actions; a second run adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bdpm", type=Path, metavar="DIR", help="the public database's files, not the extract"
        )
        parser.add_argument(
            "--assets",
            type=int,
            default=0,
            metavar="N",
            help="how many; never fewer than all states",
        )

    def handle(self, *args: Any, bdpm: Path | None, assets: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demonstration is for development: DEBUG is off.")
        with translation.override("fr"):
            self._import(bdpm)
            self._seed(assets)

    def _import(self, folder: Path | None) -> None:
        if folder is not None:
            # A skipped line is printed, and says so in the exit status; the rest was imported.
            with contextlib.suppress(SystemExit):
                call_command("import_bdpm", folder, stdout=self.stdout, stderr=self.stderr)
        elif not Product.objects.exists():
            call_command("import_bdpm", settings.DEMO_DATA_DIR, stdout=self.stdout)

    def _seed(self, count: int) -> None:
        present, system = timezone.now(), system_actor()
        # The people were here before the oldest of the stories.
        arrival = at(add_months(paris_day(present), -27), 9, 0)
        with transaction.atomic():
            people = seat_people(by=system, now=arrival)
            teams = gather_teams(people, by=system, now=arrival)
            lend_to_the_deputy(people, now=present)
            world = World(people, teams, present)
            for category in ("PM", "GP"):
                open_today(world, category)
            if not Asset.objects.filter(owner__in=people.values()).exists():
                tell(world, portfolio(world, count))
                follow_the_day(by=system, now=present)
                consider_told(before=present - timedelta(days=1), now=present)
        self._say()

    def _say(self) -> None:
        versions = Version.objects.count()
        self.stdout.write(f"{Asset.objects.count()} assets, {versions} versions.")
        names = ", ".join(member.username for member in CAST)
        self.stdout.write(f"Sign in as {names}; password {PASSWORD}.")
