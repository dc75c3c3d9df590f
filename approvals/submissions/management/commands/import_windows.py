"""Import windows from a CSV like the one that ships."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.people.actions import system_actor
from approvals.submissions.actions import import_windows
from approvals.submissions.actions.windows import COLUMNS
from approvals.submissions.windows_csv import read_lines


class Command(BaseCommand):
    help = "Import deposit windows from a CSV: " + ",".join(COLUMNS)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            lines = list(read_lines(path))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        report = import_windows(lines, by=system_actor(), now=timezone.now())
        self.stdout.write(
            f"{report.added} added, {report.unchanged} unchanged, {len(report.errors)} skipped"
        )
        for number, text in report.errors:
            self.stderr.write(f"{path}:{number}: {text}")
        if report.errors:
            raise CommandError(f"{len(report.errors)} lines were skipped.")
