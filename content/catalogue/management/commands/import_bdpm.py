"""``import_bdpm DIR [--dry-run]``: products from the public database's files."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.people.actions import system_actor
from content.catalogue.actions import ImportReport, import_public_database
from content.catalogue.bdpm import ExtractMissing, read_extract


class Command(BaseCommand):
    help = (
        "Import products from the five files of the public medicines database in DIR "
        "(CIS_bdpm.txt, CIS_CIP_bdpm.txt, CIS_COMPO_bdpm.txt, CIS_CPD_bdpm.txt, CIS_MITM.txt). "
        "A line that cannot be read is named and skipped, everything else is imported. "
        "Exit status: 0 when every line was read, 1 when lines were skipped or DIR is not usable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--dry-run", action="store_true", help="compare, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            extract = read_extract(options["folder"])
        except (ExtractMissing, OSError) as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        report = import_public_database(
            extract, by=system_actor(), now=timezone.now(), dry_run=options["dry_run"]
        )
        self._print(report, options["dry_run"])
        if report.skipped:
            sys.exit(1)

    def _print(self, report: ImportReport, dry_run: bool) -> None:
        for fault in report.skipped:
            self.stderr.write(f"skipped {fault}")
        for cis in report.vanished:
            self.stderr.write(
                f"vanished {cis}: it is no longer in the public database; confirm what became of it"
            )
        for cis in report.frozen:
            self.stderr.write(f"frozen {cis}: its authorisation is now suspended")
        if report.nothing_taken_away:
            self.stderr.write(
                "A skipped line does not say of which product it speaks: nothing was taken away."
            )
        done = "would be " if dry_run else ""
        self.stdout.write(
            f"{done}added {report.added}, {done}changed {report.changed}, "
            f"unchanged {report.unchanged}, skipped {len(report.skipped)}"
        )
