"""``evaluation_report [--since DAY] [--until DAY]``: the periodic evaluation, as JSON."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.desk.evaluation import evaluation
from content.calendar import add_months, paris_day


class Command(BaseCommand):
    help = "Report people, rights, failures, the chain and versions over a span of days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=day, metavar="DAY", help="a year ago by default")
        parser.add_argument("--until", type=day, metavar="DAY", help="today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        until = options["until"] or paris_day(timezone.now())
        since = options["since"] or add_months(until, -12)
        if since > until:
            raise CommandError("The first day comes after the last.")
        self.stdout.write(json.dumps(evaluation(since, until), ensure_ascii=False, indent=1))


def day(text: str) -> date:
    """Read a day (2026-04-24).

    :raises ValueError: if it is not one; the parser says so.
    """
    return date.fromisoformat(text)
