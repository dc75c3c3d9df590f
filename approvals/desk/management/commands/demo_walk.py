"""Walk the whole lifecycle through the REST API, in a database that is thrown away."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from approvals.desk.demo.seeding import import_products, settle_in
from approvals.desk.demo.walk import Walk, WalkFailed, walk_all


class Command(BaseCommand):
    help = "Walk the whole lifecycle through the API against a throw-away database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--here", action="store_true", help="in the configured database (used by the walk)"
        )

    def handle(self, *args: Any, here: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The walk is for development: DEBUG is off.")
        if here:
            self._walk()
        else:
            self._elsewhere()

    def _elsewhere(self) -> None:
        """Run again in a process whose database and files are thrown away."""
        with tempfile.TemporaryDirectory(prefix="imprimatur-walk-") as folder:
            environment = os.environ | {
                "VAR_DIR": folder,
                "DATABASE_URL": f"sqlite:///{Path(folder) / 'walk.sqlite3'}",
                "EMAIL_URL": "memory:",
            }
            command = [sys.executable, "manage.py", "demo_walk", "--here"]
            done = subprocess.run(  # nosec B603 - our own command
                command, env=environment, cwd=settings.BASE_DIR, check=False
            )
        if done.returncode:
            raise CommandError("The walk failed.", returncode=done.returncode)

    def _walk(self) -> None:
        call_command("migrate", verbosity=0)
        with translation.override("fr"):
            import_products(None, stdout=self.stdout, stderr=self.stderr)
            settle_in(timezone.now())
        walk = Walk(self.stdout.write)
        try:
            walk_all(walk)
        except WalkFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write("The walk is done: every step answered as it must.")
