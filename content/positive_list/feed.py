"""What changed on a person's lists since a list version, each piece once, at its latest change.

Numbers are given under the lock of the list head, which an act keeps until it is committed: they
are in the order of commits, so that who read all up to a number misses nothing of it (ADR 0036).
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from django.core import signing
from django.db.models import BigIntegerField, Max, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.models import User
from content.access.models import ScopeChange
from content.access.policies import Scope
from content.assets.models import Entry
from content.calendar import paris_day
from content.catalogue.models import ListHead
from content.positive_list.enums import ChangeKind
from content.positive_list.queries import COLUMNS, Row, explained, in_scope, row_of, scope_for

# Why a piece left a person's lists that others may still use: it went to another team.
OTHER_TEAM = "other_team"
SALT = "changes-cursor"
# Whatever is committed when the reasons are read, also what an act wrote since the request came.
AS_RECORDED = datetime(9000, 1, 1, tzinfo=UTC)
Span = tuple[date, date]


@dataclass(frozen=True)
class Walk:
    """Where a reader stands: what it asked, the number it will have reached, the last one seen.

    ``since`` 0 asks for everything anew; ``until`` is the lists' number when the walk began.
    """

    since: int
    until: int
    last: int = 0
    version: int = 0

    @property
    def anew(self) -> bool:
        return self.since == 0


@dataclass(frozen=True)
class Change:
    """One piece: what to keep of it, or that it must go; ``periods`` are all that stand."""

    list_version: int
    kind: ChangeKind
    row: Row
    periods: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class ChangesPage:
    """Some changes, and where the next page begins (None: the end)."""

    list_version: int
    changes: list[Change]
    after: Walk | None


def began(user: User, *, since: int) -> Walk:
    """Begin to read what changed after a list version.

    :raises InvalidInput: field ``since`` if the lists have no such number yet.
    :raises StateConflict: ``resync_needed`` if the person sees other lists since then.
    """
    head: int = ListHead.objects.values_list("version", flat=True).get(pk=1)
    if since > head:
        raise InvalidInput.at(
            "since",
            _("The lists are at version %(head)d: give a number that they were given.")
            % {"head": head},
        )
    if since and ScopeChange.objects.of(user).after(since).exists():
        raise StateConflict(
            "resync_needed",
            _(
                "You see other lists since then (a team, its products or your roles changed):"
                " forget what you keep, and ask again without “since”."
            ),
        )
    return Walk(since, head)


def page_after(user: User, walk: Walk, *, now: datetime, limit: int) -> ChangesPage:
    """Return the next changes of a walk, in the order of list versions, then of versions' ids."""
    today, scope = paris_day(now), scope_for(user)
    entries = in_scope(Entry.objects.all(), scope)
    found = list(_changed(entries, walk, today)[: limit + 1])
    numbers = {row["version_id"]: int(row["last"]) for row in found[:limit]}
    changes = _described(scope, entries, numbers, today)
    after = None
    if len(found) > limit:
        last = changes[-1]
        after = replace(walk, last=last.list_version, version=last.row.version)
    return ChangesPage(walk.until, changes, after)


def _changed(entries: Any, walk: Walk, today: date) -> Any:
    """Return the versions that changed, each with the number of its latest change."""
    after = max(walk.since, walk.last - 1)
    if walk.anew:
        moved = entries.current().filter(ends_on__gt=today, list_version__gt=after)
    else:
        moved = entries.filter(Q(list_version__gt=after) | Q(gone_in__gt=after))
    # A row that stands has no ``gone_in``: its coming is then its latest change.
    gone = Coalesce(Max("gone_in"), Value(0), output_field=BigIntegerField())
    latest = moved.values("version_id").annotate(last=Greatest(Max("list_version"), gone))
    beyond = Q(last__gt=walk.last) | Q(last=walk.last, version_id__gt=walk.version)
    return latest.filter(beyond).order_by("last", "version_id")


def _described(
    scope: Scope | None, entries: Any, numbers: dict[int, int], today: date
) -> list[Change]:
    latest = entries.filter(version__in=numbers).values("version_id").annotate(entry=Max("pk"))
    shown = Entry.objects.filter(pk__in=[row["entry"] for row in latest]).values(*COLUMNS)
    rows = {entry["version_id"]: row_of(entry) for entry in shown}
    stand = _stand(entries, numbers, today)
    left = [rows[pk] for pk in numbers if pk not in stand]
    gone = explained(left, scope, day=today, as_of=AS_RECORDED)
    tombstones = {row.version: row for row in gone}
    changes = []
    for pk, number in numbers.items():
        if pk in stand:
            first, last = stand[pk][0]
            row = replace(rows[pk], usable_from=first, last_usable_day=last)
            changes.append(Change(number, ChangeKind.UPSERT, row, stand[pk]))
        else:
            row = tombstones[pk]
            row = replace(row, reason=row.reason or OTHER_TEAM)
            changes.append(Change(number, ChangeKind.TOMBSTONE, row))
    return changes


def _stand(entries: Any, version_ids: Collection[int], today: date) -> dict[int, list[Span]]:
    """Return the first and last days of each period that stands and did not end yet, in order."""
    rows = (
        entries.current().filter(version__in=version_ids, ends_on__gt=today).order_by("starts_on")
    )
    found: dict[int, list[Span]] = {}
    for entry in rows.values(*COLUMNS):
        row = row_of(entry)
        spans = found.setdefault(row.version, [])
        if (row.usable_from, row.last_usable_day) not in spans:
            spans.append((row.usable_from, row.last_usable_day))
    return found


def cursor_of(walk: Walk) -> str:
    """Return the signed cursor of a place in a walk."""
    return signing.dumps([walk.since, walk.until, walk.last, walk.version], salt=SALT)


def walk_of(cursor: str, *, since: int) -> Walk:
    """Return the place of a cursor, which holds for the number that its walk began with.

    :raises InvalidInput: field ``cursor``.
    """
    try:
        walk = Walk(*(int(number) for number in signing.loads(cursor, salt=SALT)))
    except (signing.BadSignature, ValueError, TypeError):
        walk = None
    if walk is None or walk.since != since:
        raise InvalidInput.at(
            "cursor", _("This cursor does not belong to this list: start again without it.")
        )
    return walk
