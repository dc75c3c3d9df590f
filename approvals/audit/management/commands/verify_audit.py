"""``verify_audit [--from SEQ]``: does the chain hold?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from approvals.audit import checkpoints, triggers
from approvals.audit.verification import Verification


class Command(BaseCommand):
    help = "Verify the audit chain: exit 0 and a count, or exit 1 naming the first bad event."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=int, default=1, metavar="SEQ")

    def handle(self, *args: Any, **options: Any) -> None:
        verification = Verification(since=options["since"]).run()
        if verification.fault:
            self.stderr.write(f"Event {verification.fault.seq}: {verification.fault.what}.")
        unguarded = triggers.missing(connection)
        if unguarded:
            self.stderr.write(f"No append-only trigger guards: {', '.join(unguarded)}.")
        if verification.fault or unguarded:
            sys.exit(1)
        self.stdout.write(
            f"{verification.count} events and {verification.checkpoints} checkpoints verified; "
            "the chain holds."
        )
        if checkpoints.is_for_development():
            self.stdout.write("The signing key is the published one of development: no proof.")
