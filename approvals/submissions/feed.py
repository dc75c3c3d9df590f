"""A person's dates as an iCalendar file (RFC 5545): whole days, in their language (ADR 0030)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from approvals.people.models import User
from approvals.submissions.backward import ONE_DAY
from approvals.submissions.models import DepositWindow, Dossier
from approvals.submissions.outlook import windows_ahead
from content.assets.models import Period, Version
from content.calendar import day_in_words

PRODUCT = "-//Imprimatur//Planning//FR"
# How long a window that closed is kept, and how many dates of a kind a calendar gets.
BEHIND = timedelta(days=31)
MOST = 1000


@dataclass(frozen=True)
class Dated:
    """One whole day of a calendar; ``key`` stays the same whatever the day becomes."""

    key: str
    day: date
    summary: str
    told: str = ""
    path: str = ""


def dates_of(person: User, today: date) -> list[Dated]:
    """Return the days that a person's calendar shows, within what they may see."""
    return [
        *_windows(person, today),
        *_latest_days(person, today),
        *_evaluations(person),
        *_expiries(person, today),
    ]


def calendar_of(person: User, today: date, *, root: str) -> bytes:
    """Return a person's dates as an iCalendar file; ``root`` is the application's address."""
    with translation.override(person.language):
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("Imprimatur: deposits"))
        calendar.add("x-published-ttl", "PT6H")
        # The day's own instant: the same file all day, which the ETag then tells.
        stamp = datetime.combine(today, time.min, tzinfo=UTC)
        for dated in dates_of(person, today):
            calendar.add_component(_event(dated, stamp, root))
        return bytes(calendar.to_ical())


def _event(dated: Dated, stamp: datetime, root: str) -> Event:
    event = Event()
    event.add("uid", f"{dated.key}@imprimatur")
    event.add("dtstamp", stamp)
    event.add("dtstart", dated.day)
    event.add("dtend", dated.day + ONE_DAY)
    event.add("summary", dated.summary)
    event.add("transp", "TRANSPARENT")
    if dated.told:
        event.add("description", dated.told)
    if dated.path:
        event.add("url", f"{root}{dated.path}")
    return event


def _windows(person: User, today: date) -> Iterator[Dated]:
    windows = DepositWindow.objects.visible_to(person).filter(closes_on__gte=today - BEHIND)
    for window in windows.order_by("closes_on", "pk"):
        given = {"authority": window.authority, "category": window.category}
        told = _("Evaluation until %(day)s.") % {"day": day_in_words(window.evaluation_ends_on)}
        opens = _("%(authority)s %(category)s: the window opens") % given
        closes = _("%(authority)s %(category)s: the window closes at 23:59") % given
        if window.provisional:
            opens, closes = (f"{said} ({_('provisional')})" for said in (opens, closes))
        path = window.get_absolute_url()
        yield Dated(f"window-{window.pk}-opens", window.opens_on, opens, told, path)
        yield Dated(f"window-{window.pk}-closes", window.closes_on, closes, told, path)


def _latest_days(person: User, today: date) -> Iterator[Dated]:
    """The latest days to enter review of what the person owns and planned."""
    for row in windows_ahead(person, today):
        for planned in row.planned:
            version = planned.plan.version
            if planned.enter_by is not None and version.asset.owner_id == person.pk:
                yield Dated(
                    f"enter-{version.pk}",
                    planned.enter_by,
                    _("Latest day to enter review: %(version)s") % {"version": _named(version)},
                    " ".join(planned.reasons),
                    version.get_absolute_url(),
                )


def _evaluations(person: User) -> Iterator[Dated]:
    dossiers: Any = Dossier.objects.visible_to(person).deposited().with_page()
    for dossier in dossiers.order_by("pk")[:MOST]:
        if dossier.evaluation_ends_on is not None:
            yield Dated(
                f"evaluation-{dossier.pk}",
                dossier.evaluation_ends_on,
                _("Evaluation ends: %(version)s") % {"version": _named(dossier.version)},
                _("Reference %(reference)s") % {"reference": dossier.reference.value},
                dossier.get_absolute_url(),
            )


def _expiries(person: User, today: date) -> Iterator[Dated]:
    """The last day of use of what is usable today."""
    periods = Period.objects.current().filter(
        version__in=Version.objects.visible_to(person), starts_on__lte=today, ends_on__gt=today
    )
    for period in periods.select_related("version__asset").order_by("ends_on", "pk")[:MOST]:
        version = period.version
        yield Dated(
            f"expiry-{version.pk}",
            period.ends_on - ONE_DAY,
            _("Last day of use: %(version)s") % {"version": _named(version)},
            "",
            version.get_absolute_url(),
        )


def _named(version: Version) -> str:
    return f"{version.asset.title} ({version})"
