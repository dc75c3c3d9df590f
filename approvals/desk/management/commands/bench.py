"""``bench [--versions N] [--events N] [--json FILE]``: the performance table."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone, translation

from approvals.desk.bench import measure
from approvals.desk.demo.seeding import import_products, settle_in
from approvals.people.actions import system_actor


class Command(BaseCommand):
    help = "Take the performance figures in a database that is made for it and thrown away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--versions", type=int, default=20_000, metavar="N")
        parser.add_argument("--events", type=int, default=200_000, metavar="N")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
        parser.add_argument(
            "--here", action="store_true", help="in the configured database (used by the bench)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["versions"] < 1 or options["events"] < 1:
            raise CommandError("Give at least one version and one event.")
        if options["here"]:
            self._measure(options)
        else:
            self._elsewhere(options)

    def _elsewhere(self, options: dict[str, Any]) -> None:
        """Run again in a process whose database and files are thrown away."""
        asked = [f"--versions={options['versions']}", f"--events={options['events']}", "--here"]
        if options["json"]:
            asked.append(f"--json={options['json'].absolute()}")
        with (
            tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as folder,
            throw_away(folder) as address,
        ):
            environment = os.environ | {
                "VAR_DIR": folder,
                "DATABASE_URL": address,
                "STORAGE_URL": "",
                "EMAIL_URL": "memory:",
                "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            }
            done = subprocess.run(  # nosec B603 - our own command
                [sys.executable, "manage.py", "bench", *asked],
                env=environment,
                cwd=settings.BASE_DIR,
                check=False,
            )
        if done.returncode:
            raise CommandError("The bench failed.", returncode=done.returncode)

    def _measure(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        with translation.override("fr"), open(os.devnull, "w") as nowhere:
            import_products(None, stdout=nowhere, stderr=nowhere)
            settle_in(timezone.now())
        if connection.vendor == "sqlite":
            self.stdout.write("SQLite: set DATABASE_URL to a PostgreSQL server for its figures.")
        figures = []
        asked = {"versions": options["versions"], "count": options["events"]}
        for figure in measure(timezone.now(), by=system_actor(), **asked):
            self.stdout.write(str(figure))
            figures.append(vars(figure))
        if options["json"]:
            told = {"database": connection.vendor, **asked, "figures": figures}
            options["json"].write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


@contextmanager
def throw_away(folder: str) -> Iterator[str]:
    """Make an empty database on the server that the environment names, and drop it at the end.

    :raises CommandError: if the server does not answer or lets nobody make a database.
    """
    server = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL") or ""
    if not server.startswith("postgres"):
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    import psycopg

    name = f"imprimatur_bench_{os.getpid()}"
    parts = urlsplit(server)
    try:
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as base:
            base.execute(f"CREATE DATABASE {name}")
            try:
                yield urlunsplit(parts._replace(path=f"/{name}"))
            finally:
                base.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    except psycopg.Error as error:
        raise CommandError(f"No database could be made for the bench: {error}") from error
