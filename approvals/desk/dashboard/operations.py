"""The administrator's home: is the chain intact, does everything leave, whose rights changed?

The inspector's: the last acts, whether the evidence is intact, and a search.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.audit.models import AuditEvent
from approvals.desk.act_words import act_words
from approvals.desk.dashboard import evidence
from approvals.desk.dashboard.cards import Card, Line, address
from approvals.desk.dashboard.regulatory import calendar_cards
from approvals.people.enums import Role
from approvals.people.models import User
from content.assets.templatetags.imprimatur import paris_short
from content.calendar import paris_day
from content.outbox.models import Message

LATE_AFTER = timedelta(minutes=15)
RIGHTS = ("grant_role", "revoke_role")
SHOWN = 10


def cards(by: User, now: datetime) -> list[Card]:
    today = paris_day(now)
    # Who is of regulatory affairs, too, has this card already.
    calendars = [] if by.holds(Role.REGULATORY_REVIEWER) else calendar_cards(by, today)
    return [*calendars, _running(now), evidence.card(now), _locked_out(), _rights()]


def inspector_cards(by: User, now: datetime) -> list[Card]:
    events = AuditEvent.objects.select_related("actor").order_by("-seq")[:SHOWN]
    lines = [
        Line(
            act_words(event.kind),
            "",
            str(event.actor),
            "",
            paris_short(event.recorded_at),
        )
        for event in events
    ]
    last = Card(
        _("Last acts"),
        _("Nothing was done yet."),
        lines,
        address("admin:audit_auditevent_changelist"),
        _("The whole trail"),
    )
    return [last, evidence.card(now)]


def _running(now: datetime) -> Card:
    return Card(_("Is everything running?"), "", _outbox_lines(now), counted=False)


def _outbox_lines(now: datetime) -> list[Line]:
    late = Message.objects.due(now - LATE_AFTER).count()
    failed = Message.objects.failed().count()
    url = address("admin:outbox_message_changelist")
    waiting = ngettext(
        "%(n)d message waits for more than 15 minutes",
        "%(n)d messages wait for more than 15 minutes",
        late,
    ) % {"n": late}
    said = ngettext("%(n)d message failed", "%(n)d messages failed", failed) % {"n": failed}
    return [
        Line(
            _("Worker and scheduler"),
            url,
            waiting if late else _("what is due leaves in time"),
            end="" if late else _("running"),
            alarm=_("late") if late else "",
        ),
        Line(_("Messages"), url, said, alarm=_("look at them") if failed else ""),
    ]


def _rights() -> Card:
    events = AuditEvent.objects.filter(kind__in=RIGHTS).select_related("actor").order_by("-seq")
    rows = [(event, json.loads(event.payload)) for event in events[:SHOWN]]
    people = User.objects.in_bulk([told["details"].get("person") for _event, told in rows])
    return Card(
        _("Whose rights changed"),
        _("No right was given or taken yet."),
        [_rights_line(event, told["details"], people) for event, told in rows],
        address("admin:people_user_changelist"),
        _("People"),
    )


def _rights_line(event: AuditEvent, details: dict[str, Any], people: dict[int, User]) -> Line:
    person = people.get(details.get("person", 0))
    role = str(details.get("granted") or details.get("revoked") or "")
    label = Role(role).label if role in Role.values else role
    said = _("given: %(role)s") if "granted" in details else _("taken: %(role)s")
    return Line(
        str(person or "—"),
        "",
        f"{said % {'role': label}} · {event.actor}",
        "",
        paris_short(event.recorded_at),
    )


def _locked_out() -> Card:
    attempts = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    ).order_by("-attempt_time")
    lines = [
        Line(attempt.username or "—", "", "", "", paris_short(attempt.attempt_time))
        for attempt in attempts[:SHOWN]
    ]
    return Card(_("Locked out"), _("Nobody is locked out."), lines)
