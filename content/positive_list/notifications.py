"""What other systems are told of pieces: by webhook, when it is decided or when its day comes.

A component is on no list: what it does to its dependents is told of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Q

from content.assets.enums import Cause, LimitCode
from content.assets.models import Entry, Interruption
from content.assets.validity.bars import bars_of, reasons_on
from content.assets.validity.facts import FactsReader
from content.calendar import paris_day, start_of_day
from content.catalogue.actions import bump_list_version
from content.catalogue.models import ListHead
from content.outbox.actions import announce
from content.outbox.enums import WebhookEvent
from content.outbox.models import Message, WebhookEndpoint

Span = tuple[date, date]
# What is told when days of use are lost, by what takes them.
LOST_BY: dict[str, WebhookEvent] = {
    LimitCode.AUTHORITY: WebhookEvent.SUSPENDED,
    LimitCode.WITHDRAWN: WebhookEvent.WITHDRAWN,
    LimitCode.FREEZE: WebhookEvent.FROZEN,
    LimitCode.SUSPENDED: WebhookEvent.SUSPENDED,
    LimitCode.AUTHORISATION_ENDED: WebhookEvent.WITHDRAWN,
    LimitCode.PUBLIC_NOT_ALLOWED: WebhookEvent.SUSPENDED,
    LimitCode.DEPENDENCY: WebhookEvent.SUSPENDED,
    LimitCode.SUPERSEDED: WebhookEvent.SUPERSEDED,
    LimitCode.EXPIRED: WebhookEvent.EXPIRED,
    LimitCode.NOT_YET: WebhookEvent.SUSPENDED,
    LimitCode.NOT_RELEASED: WebhookEvent.WITHDRAWN,
}
# Ends that nobody decides: they are told before they come, and when they come.
FORESEEN = (LimitCode.EXPIRED, LimitCode.DEPENDENCY)
DAYS_BEFORE = 30
# How long the sweep may have been dead without an end being forgotten.
DAYS_BACK = 90


class _Piece(NamedTuple):
    code: str
    number: int


def usability_changed(version_ids: Collection[int], *, now: datetime) -> None:
    """Tell of versions that are usable on more days, or on fewer, than before the act under way."""
    if not WebhookEndpoint.objects.active().exists():
        return
    today, number = paris_day(now), bump_list_version(now=now)
    before, after, pieces = _spans(version_ids, number)
    lost = {
        pk: day
        for pk in pieces
        if (day := _first_missing(before.get(pk, []), after.get(pk, []), today))
    }
    reasons = _reasons(lost)
    for pk in sorted(pieces):
        left = [span for span in after.get(pk, []) if span[1] > today]
        if pk in lost:
            event, reason = reasons[pk]
            if event == WebhookEvent.EXPIRED and lost[pk] > today:
                continue  # Told when the day comes.
        elif _first_missing(after.get(pk, []), before.get(pk, []), today):
            event, reason = WebhookEvent.RELEASED, ""
        else:
            continue
        _tell(event, pieces[pk], left, reason, number, key=f"{pk}:{number}", now=now)


def _spans(
    version_ids: Collection[int], number: int
) -> tuple[dict[int, list[Span]], dict[int, list[Span]], dict[int, _Piece]]:
    """Return the spans in which each version was usable before the act, and is now."""
    before: dict[int, list[Span]] = {}
    after: dict[int, list[Span]] = {}
    pieces: dict[int, _Piece] = {}
    touched = Entry.objects.filter(Q(gone_in__isnull=True) | Q(gone_in=number))
    for entry in touched.filter(version__in=version_ids):
        span = (entry.starts_on, entry.ends_on)
        pieces[entry.version_id] = _Piece(entry.code, entry.number)
        if entry.list_version < number:
            before.setdefault(entry.version_id, []).append(span)
        if entry.gone_in is None:
            after.setdefault(entry.version_id, []).append(span)
    return before, after, pieces


def _first_missing(spans: Iterable[Span], among: Sequence[Span], since: date) -> date | None:
    """Return the first day of the spans, from a day on, that is not among others."""
    for starts_on, ends_on in sorted(spans):
        day = max(starts_on, since)
        for other_start, other_end in sorted(among):
            if other_start <= day < other_end:
                day = other_end
        if day < ends_on:
            return day
    return None


def _reasons(lost: Mapping[int, date]) -> dict[int, tuple[WebhookEvent, str]]:
    """Return, for each version, what takes its days from a day on, and the event that tells it."""
    withdrawn = set(
        Interruption.objects.not_lifted()
        .filter(version__in=lost, cause=Cause.AUTHORITY_WITHDRAWN)
        .values_list("version_id", flat=True)
    )
    found = {}
    for pk, facts in FactsReader(lost).read().items():
        bars = reasons_on(bars_of(facts), lost[pk])
        code = str(bars[0].code) if bars else str(LimitCode.SUSPENDED)
        event = LOST_BY[code]
        if code == LimitCode.AUTHORITY and pk in withdrawn:
            event = WebhookEvent.WITHDRAWN
        found[pk] = (event, code)
    return found


def days_come(*, now: datetime) -> int:
    """Tell of the ends that come within thirty days, and of those that came; once each.

    What happened before the first webhook was registered is not told.
    """
    endpoints = list(WebhookEndpoint.objects.active().order_by("created_at"))
    events = {event for endpoint in endpoints for event in endpoint.events}
    if not events & {WebhookEvent.EXPIRING, WebhookEvent.EXPIRED}:
        return 0
    today = paris_day(now)
    told = _told_lately(now)
    number: int = ListHead.objects.values_list("version", flat=True).get(pk=1)
    count = 0
    for entry in _last_entries(today):
        over = entry.ends_on <= today
        event = WebhookEvent.EXPIRED if over else WebhookEvent.EXPIRING
        day = entry.ends_on if over else entry.ends_on - timedelta(days=DAYS_BEFORE)
        key = f"{entry.version_id}:{entry.ends_on.isoformat()}"
        since = max(start_of_day(day), entry.recorded_at)
        if since < endpoints[0].created_at or f"{event}:{key}" in told:
            continue
        left = [] if over else [(entry.starts_on, entry.ends_on)]
        piece, reason = _Piece(entry.code, entry.number), str(entry.period.limited_by)
        count += _tell(event, piece, left, reason, number, key=key, now=now)
    return count


def _last_entries(today: date) -> list[Entry]:
    """Return one entry of each version whose last period ends about now, as was foreseen."""
    window = (today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_BEFORE))
    near = Entry.objects.current().filter(ends_on__gt=window[0], ends_on__lte=window[1])
    latest = (
        Entry.objects.current()
        .filter(version__in=near.values("version"))
        .values("version_id")
        .annotate(ends=Max("ends_on"))
        .filter(ends__lte=window[1])
    )
    ends = {row["version_id"]: row["ends"] for row in latest}
    entries = near.filter(version__in=ends, period__limited_by__in=FORESEEN)
    found: dict[int, Entry] = {}
    for entry in entries.select_related("period").order_by("ends_on", "version_id", "pk"):
        # What was stopped at once did not end by its day, whatever the record says ends it.
        foreseen = paris_day(entry.recorded_at) < entry.ends_on
        if foreseen and entry.ends_on == ends[entry.version_id]:
            found.setdefault(entry.version_id, entry)
    return list(found.values())


def _told_lately(now: datetime) -> set[str]:
    """Return ``event:key`` of what every webhook may have been told about ends, in one query."""
    ends = (WebhookEvent.EXPIRING, WebhookEvent.EXPIRED)
    since = now - timedelta(days=DAYS_BACK + DAYS_BEFORE + 1)
    keys = Message.objects.webhooks().filter(topic__in=ends, created_at__gt=since)
    return {key.split(":", 2)[2] for key in keys.values_list("key", flat=True)}


def _tell(
    event: WebhookEvent,
    piece: _Piece,
    left: Sequence[Span],
    reason: str,
    number: int,
    *,
    key: str,
    now: datetime,
) -> int:
    """Announce one event; ``last_usable_day`` is null where no day is left, today included."""
    last = max((ends_on for _starts_on, ends_on in left), default=None)
    first = min((starts_on for starts_on, _ends_on in left), default=None)
    data: dict[str, Any] = {
        "code": piece.code,
        "number": piece.number,
        "event": str(event),
        "usable_from": first.isoformat() if first else None,
        "last_usable_day": (last - timedelta(days=1)).isoformat() if last else None,
        "reason": reason,
        "list_version": number,
    }
    return announce(event, data, key=key, now=now)
