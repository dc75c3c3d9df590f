"""``verify_audit [--from SEQ]``: does the chain hold?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from approvals.audit import triggers
from approvals.audit.chain import Verification


class Command(BaseCommand):
    help = "Verify the audit chain: exit 0 and a count, or exit 1 naming the first bad event."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=int, default=1, metavar="SEQ")

    def handle(self, *args: Any, **options: Any) -> None:
        unguarded = triggers.missing(connection)
        if unguarded:
            self.stderr.write(f"No append-only trigger guards: {', '.join(unguarded)}.")
            sys.exit(1)
        verification = Verification(since=options["since"]).run()
        if verification.fault:
            self.stderr.write(f"Event {verification.fault.seq}: {verification.fault.what}.")
            sys.exit(1)
        self.stdout.write(f"{verification.count} events verified; the chain holds.")
