"""What an edition says: written once from the lists, read for one person, compared with today."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min, Q

from approvals.audit.hashing import canonical
from approvals.people.models import User
from content.access.policies import Scope
from content.assets.enums import Nature
from content.assets.models import Entry
from content.calendar import paris_day
from content.positive_list.enums import EditionState
from content.positive_list.models import Edition, Recipient, Snapshot
from content.positive_list.queries import (
    SHOWN,
    Replacement,
    Row,
    explained,
    in_scope,
    negative,
    positive,
)

FORMAT = 1
# Rows asked at once: the reasons of a page are worked out in memory.
AT_ONCE = 500
# After so many days of lists that differ from the last edition, the next one is due.
DUE_DAYS = 7
EVERYTHING = Scope(True, True, True, frozenset(), frozenset())
Line = dict[str, Any]


@dataclass(frozen=True)
class Contents:
    """An edition's lines, or those of them that one person may read."""

    positive: list[Line] = field(default_factory=list)
    negative: list[Line] = field(default_factory=list)
    came: list[Line] = field(default_factory=list)
    went: list[Line] = field(default_factory=list)


# Writing.


def snapshot_of(number: int, *, day: date, as_of: datetime, list_version: int) -> dict[str, Any]:
    """Return what an edition of a number says of a day, as JSON values."""
    usable = list(_lines(positive, day=day, as_of=as_of))
    no_longer = list(_lines(negative, day=day, as_of=as_of))
    last = last_signed()
    before = contents_of(last).positive if last else []
    known, now_usable = {one["version"] for one in before}, {one["version"] for one in usable}
    why = {one["version"]: one for one in no_longer}
    return {
        "format": FORMAT,
        "number": number,
        "day": day.isoformat(),
        "as_of": as_of,
        "list_version": list_version,
        "since": {"number": last.number, "digest": last.digest} if last else None,
        "positive": usable,
        "negative": no_longer,
        "came": [one["version"] for one in usable if one["version"] not in known],
        "went": [
            why.get(one["version"], one) for one in before if one["version"] not in now_usable
        ],
    }


def _lines(lists: Any, *, day: date, as_of: datetime) -> Iterator[Line]:
    after = None
    while True:
        page = lists(EVERYTHING, day=day, as_of=as_of, after=after, limit=AT_ONCE)
        reaches = _reaches([row.version for row in page.rows])
        for row in page.rows:
            yield _line_of(row, sorted(reaches[row.version]))
        if page.after is None:
            return
        after = page.after


def _reaches(ids: list[int]) -> dict[int, set[int]]:
    """Return whom versions reach: products, and teams as negative numbers."""
    reaches: dict[int, set[int]] = defaultdict(set)
    for version, reach in Entry.objects.filter(version__in=ids).values_list("version", "reach"):
        if reach is not None:
            reaches[version].add(reach)
    return reaches


def _line_of(row: Row, reach: list[int]) -> Line:
    instead = row.replaced_by
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "version": row.version,
        "usable_from": row.usable_from.isoformat(),
        "last_usable_day": row.last_usable_day.isoformat(),
        "reason": row.reason,
        "reason_text": row.reason_text,
        "since": row.since.isoformat() if row.since else None,
        "replaced_by": [instead.code, instead.number] if instead else None,
        "reach": reach,
    }


def text_of(snapshot: dict[str, Any]) -> tuple[str, str]:
    """Return a snapshot's one text and its SHA-256."""
    text = canonical(snapshot)
    return text, hashlib.sha256(text.encode()).hexdigest()


def newest_instant(now: datetime) -> datetime:
    """Return ``now``, or the later instant at which an act that is done already recorded rows."""
    rows = Entry.objects.aggregate(came=Max("recorded_at"), went=Max("replaced_at"))
    return max([now, *(instant for instant in rows.values() if instant is not None)])


# Reading.


class Tampered(Exception):
    """A snapshot is not the one that its edition names."""


def read_snapshot(digest: str) -> dict[str, Any]:
    """Return the snapshot of a digest.

    :raises Tampered: if the text that is kept has another digest.
    """
    text = Snapshot.objects.values_list("text", flat=True).get(sha256=digest)
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise Tampered(digest)
    read: dict[str, Any] = json.loads(text)
    return read


def contents_of(edition: Edition, scope: Scope | None = EVERYTHING) -> Contents:
    """Return the lines of an edition that a scope may read, as they were signed."""
    if scope is None:
        return Contents()
    read = read_snapshot(edition.digest)
    usable, no_longer = _read(read["positive"], scope), _read(read["negative"], scope)
    went, came = _read(read["went"], scope), set(read["came"])
    # A replacement is named only to those who may read of it.
    seen = {(one["code"], one["number"]) for one in (*usable, *no_longer)}
    for line in (*no_longer, *went):
        if line["replaced_by"] and tuple(line["replaced_by"]) not in seen:
            line["replaced_by"] = None
    return Contents(usable, no_longer, [one for one in usable if one["version"] in came], went)


def _read(lines: Iterable[Line], scope: Scope) -> list[Line]:
    if scope.sees_all:
        return list(lines)
    theirs = {*scope.product_ids, *(-team for team in scope.team_ids)}
    return [line for line in lines if theirs.intersection(line["reach"])]


def row_of_line(line: Line) -> Row:
    """Return a line of an edition as a row of the lists, which the pages know how to say."""
    days = {
        name: date.fromisoformat(line[name]) if line[name] else None
        for name in ("usable_from", "last_usable_day", "since")
    }
    shown = {name: line[name] for name in (*SHOWN, "version", "reason", "reason_text")}
    instead = Replacement(*line["replaced_by"]) if line["replaced_by"] else None
    return Row(**shown, **days, replaced_by=instead)  # type: ignore[arg-type]


def stricter_today(lines: list[Line], scope: Scope | None, now: datetime) -> list[Row]:
    """Return those of an edition's usable lines that may no longer be used, and why."""
    ids, today = [line["version"] for line in lines], paris_day(now)
    usable = in_scope(Entry.objects.known_at(now).covering(today), scope)
    still = set(usable.filter(version__in=ids).values_list("version", flat=True))
    rows = [row_of_line(line) for line in lines if line["version"] not in still]
    return explained(rows, scope, day=today, as_of=now) if rows else []


# Which one is next, who owes what.


def last_signed() -> Edition | None:
    edition: Edition | None = Edition.objects.signed().order_by("-number").first()
    return edition


def draft() -> Edition | None:
    edition: Edition | None = Edition.objects.filter(state=EditionState.DRAFT).first()
    return edition


def is_outdated(edition: Edition, now: datetime) -> bool:
    """Whether the lists changed, or the day did, since a draft was drawn up."""
    # Not by the number of the lists alone: what joins or leaves a team raises it too.
    return edition.day != paris_day(now) or changed_since(edition) is not None


def changed_since(edition: Edition | None) -> datetime | None:
    """Return when the promotional lists first differed from an edition, or None."""
    version = edition.list_version if edition else -1
    rows = Entry.objects.filter(nature=Nature.PROMOTIONAL)
    came = rows.filter(list_version__gt=version).aggregate(at=Min("recorded_at"))["at"]
    went = rows.filter(gone_in__gt=version).aggregate(at=Min("replaced_at"))["at"]
    return min((instant for instant in (came, went) if instant is not None), default=None)


def due_since(now: datetime) -> datetime | None:
    """Return since when the next edition is due, or None while it is not."""
    changed = changed_since(last_signed())
    if changed is None or changed + timedelta(days=DUE_DAYS) > now:
        return None
    return changed + timedelta(days=DUE_DAYS)


def waiting_for(user: User) -> Recipient | None:
    """Return what a person of the field still owes about the newest edition, or None."""
    last = last_signed()
    owed = Q(acknowledged_at=None) | Q(destroyed_at=None)
    rows = Recipient.objects.filter(owed, edition=last, person=user).select_related("edition")
    recipient: Recipient | None = rows.first() if last else None
    return recipient


def obsolete_for(edition: Edition, user: User, scope: Scope | None) -> list[Line]:
    """Return what left the lists since the edition whose obsolete paper a person last destroyed.

    Whoever attested none is told all that is no longer usable.
    """
    theirs = Recipient.objects.filter(
        person=user, edition__number__lt=edition.number, destroyed_at__isnull=False
    )
    last = theirs.select_related("edition").order_by("-edition__number").first()
    these = contents_of(edition, scope)
    if last is None:
        return these.negative
    usable = {line["version"] for line in these.positive}
    why = {line["version"]: line for line in these.negative}
    before = contents_of(last.edition, scope).positive
    return [why.get(line["version"], line) for line in before if line["version"] not in usable]
