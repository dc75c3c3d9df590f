"""Do everything that is due by now, and print what was done."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from approvals.desk.sweep import sweep


def instant(text: str | None) -> datetime:
    """Read ``--now``, or the clock.

    :raises CommandError: if it is not an ISO 8601 instant with its zone.
    """
    if text is None:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise CommandError(f"{text!r} is not an instant: give one like 2026-04-24T10:00:00+02:00.")
    return moment


class Command(BaseCommand):
    help = "Do everything that is due by now; running it twice does nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", metavar="ISO", help="an instant with its zone")

    def handle(self, *args: Any, now: str | None, **options: Any) -> None:
        done = sweep(instant(now))
        for what, count in done:
            self.stdout.write(_("%(what)s: %(count)d") % {"what": what, "count": count})
        if not done:
            self.stdout.write(_("Nothing was due."))
