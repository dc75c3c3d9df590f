"""Seed the demonstration: the cast, products in teams, windows, a portfolio in every state."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from approvals.desk.demo.cast import CAST, PASSWORD
from approvals.desk.demo.seeding import import_products, live, settle_in
from content.assets.models import Asset, Version


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
            help="how many assets; never fewer than show every state",
        )

    def handle(self, *args: Any, bdpm: Path | None, assets: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demonstration is for development: DEBUG is off.")
        with translation.override("fr"):
            import_products(bdpm, stdout=self.stdout, stderr=self.stderr)
            live(settle_in(timezone.now()), assets)
        self.stdout.write(f"{Asset.objects.count()} assets, {Version.objects.count()} versions.")
        names = ", ".join(member.username for member in CAST)
        self.stdout.write(f"Sign in as {names}; password {PASSWORD}.")
