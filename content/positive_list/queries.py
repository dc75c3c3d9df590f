"""The lists on any day: one row per version, in a number of queries that no row adds to.

A past day is answered as known at the end of that day, or as known at an instant (DOMAIN.md §4).
Only periods are asked, through the entries that carry a list's columns; never a state.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery

from approvals.people.enums import FIELD, OWNERS
from approvals.people.models import User
from content.access.policies import Scope, scope_of
from content.assets.enums import DependencyKind, Nature
from content.assets.models import Dependency, Entry, Period
from content.assets.validity import last_days_of_use
from content.assets.validity.bars import Bar, bars_of, reasons_on
from content.assets.validity.facts import FactsReader
from content.catalogue.models import ListHead, unaccented
from content.positive_list.enums import View
from content.positive_list.models import Favourite

Key = tuple[str, int]
# What a line shows of an entry as it is, and all that a line is made of.
SHOWN = (*("code", "number", "title", "asset_type", "audience", "nature", "products", "reference"),)
COLUMNS = (*SHOWN, "version_id", "starts_on", "ends_on", "sort_key")


@dataclass(frozen=True)
class Filters:
    """What narrows a list: a CIS, a type's code, an audience, words; a person's favourites, the
    first day of use from which, the last day of use up to which.
    """

    product: str = ""
    asset_type: str = ""
    audience: str = ""
    q: str = ""
    favourites_of: int = 0
    begun_since: date | None = None
    ends_by: date | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Replacement:
    """What to use instead."""

    code: str
    number: int


@dataclass(frozen=True)
class Row:
    """One version on a list; the last three are for the negative list."""

    version: int
    code: str
    number: int
    title: str
    asset_type: str
    audience: str
    nature: str
    products: list[dict[str, str]]
    reference: str
    usable_from: date
    last_usable_day: date
    key: Key = ("", 0)
    reason: str = ""
    reason_text: str = ""
    since: date | None = None
    replaced_by: Replacement | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, the key after which the next page begins (None: the end), and the list version.

    ``list_version`` is read in the same statement as the rows; None where there is no row.
    """

    rows: list[Row] = field(default_factory=list)
    after: Key | None = None
    list_version: int | None = None


def positive(
    scope: Scope | None,
    *,
    day: date,
    as_of: datetime,
    filters: Filters = NO_FILTERS,
    after: Key | None = None,
    limit: int | None = None,
) -> Page:
    """Return the promotional versions that may be used on a day, as known at an instant.

    ``scope`` is what the person who asks may read: ``scope_for`` tells, once a request.
    """
    entries = _usable(scope, View.POSITIVE, day=day, as_of=as_of)
    return _page(_filtered(entries, filters), after, limit)


def valid_documents(
    scope: Scope | None,
    *,
    day: date,
    as_of: datetime,
    filters: Filters = NO_FILTERS,
    after: Key | None = None,
    limit: int | None = None,
) -> Page:
    """Return the other versions that may be used on a day; medical ones for whom they are."""
    entries = _usable(scope, View.DOCUMENTS, day=day, as_of=as_of)
    return _page(_filtered(entries, filters), after, limit)


def negative(
    scope: Scope | None,
    *,
    day: date,
    as_of: datetime,
    filters: Filters = NO_FILTERS,
    after: Key | None = None,
    limit: int | None = None,
) -> Page:
    """Return every promotional version that was once usable and is not on a day, and why."""
    usable = Entry.objects.known_at(as_of).covering(day).filter(version=OuterRef("version"))
    once = in_scope(Entry.objects.once_usable(day, as_of), scope, View.NEGATIVE)
    page = _page(_filtered(once.filter(~Exists(usable)), filters), after, limit)
    return replace(page, rows=explained(page.rows, scope, day=day, as_of=as_of))


LISTS = {View.POSITIVE: positive, View.NEGATIVE: negative, View.DOCUMENTS: valid_documents}


def scope_for(user: User) -> Scope | None:
    """Return what a person may read of the lists, or None: agencies and administrators nothing."""
    scope = scope_of(user)
    reads = scope.sees_all or user.holds(*FIELD, *OWNERS)
    return scope if reads and user.is_active else None


def in_scope(entries: Any, scope: Scope | None, view: View | None = None) -> Any:
    """Narrow entries to what a scope may read, and to a list's natures."""
    if scope is None:
        return entries.none()
    narrowed = Q()
    if view in {View.POSITIVE, View.NEGATIVE}:
        narrowed &= Q(nature=Nature.PROMOTIONAL)
    elif view == View.DOCUMENTS:
        narrowed &= ~Q(nature=Nature.PROMOTIONAL)
    if not scope.sees_medical and view not in {View.POSITIVE, View.NEGATIVE}:
        narrowed &= ~Q(nature=Nature.MEDICAL)
    if not scope.sees_all:
        narrowed &= Q(reach__in=[*scope.product_ids, *(-team for team in scope.team_ids)])
    return entries.filter(narrowed)


def _usable(scope: Scope | None, view: View, *, day: date, as_of: datetime) -> Any:
    return in_scope(Entry.objects.known_at(as_of).covering(day), scope, view)


def _filtered(entries: Any, filters: Filters) -> Any:
    entries = entries.filter(chosen(filters))
    if filters.product:
        entries = entries.filter(product__cis=filters.product)
    if filters.asset_type:
        entries = entries.filter(asset_type=filters.asset_type)
    if filters.audience:
        entries = entries.filter(audience=filters.audience)
    for word in unaccented(filters.q).split():
        entries = entries.filter(Q(search_text__contains=word) | Q(reference__icontains=word))
    return entries


def chosen(filters: Filters) -> Q:
    """Return what a person's own filters ask of entries: favourites, new, leaving soon."""
    asked = Q()
    if filters.favourites_of:
        kept = Favourite.objects.filter(person=filters.favourites_of).values("asset")
        asked &= Q(version__asset__in=kept)
    if filters.begun_since is not None:
        asked &= Q(starts_on__gte=filters.begun_since)
    if filters.ends_by is not None:
        asked &= Q(ends_on__lte=filters.ends_by + timedelta(days=1))
    return asked


def counted(
    scope: Scope | None, choices: Mapping[str, Filters], *, day: date, as_of: datetime
) -> dict[str, int]:
    """Return how many versions of the positive list each choice keeps, in one query."""
    entries = _usable(scope, View.POSITIVE, day=day, as_of=as_of)
    asked = {name: chosen(filters) for name, filters in choices.items()}
    counts = {
        name: Count("version", distinct=True, filter=condition) for name, condition in asked.items()
    }
    found: dict[str, int] = entries.filter(reduce(or_, asked.values())).aggregate(**counts)
    return found


def _page(entries: Any, after: Key | None, limit: int | None) -> Page:
    """Group entries by version before the limit, so that a page is full whatever its products."""
    if after is not None:
        key, version_id = after
        entries = entries.filter(Q(sort_key__gt=key) | Q(sort_key=key, version_id__gt=version_id))
    # The entries of a version differ in their product only: any of them stands for it.
    one_each = entries.values("sort_key", "version_id").annotate(entry=Max("pk"))
    one_each = one_each.order_by("sort_key", "version_id").values("entry")
    wanted = Entry.objects.filter(pk__in=one_each[: limit + 1] if limit else one_each)
    head = Subquery(ListHead.objects.values("version")[:1])
    found = list(wanted.order_by("sort_key", "version_id").values(*COLUMNS, head=head))
    more = limit is not None and len(found) > limit
    version = found[0]["head"] if found else None
    rows = [row_of(entry) for entry in (found[:limit] if more else found)]
    return Page(rows, rows[-1].key if more else None, version)


def row_of(entry: Mapping[str, Any]) -> Row:
    """Return an entry's ``COLUMNS`` as a line, without what only the negative list says."""
    version = entry["version_id"]
    return Row(
        **{name: entry[name] for name in SHOWN},
        version=version,
        usable_from=entry["starts_on"],
        last_usable_day=entry["ends_on"] - timedelta(days=1),
        key=(entry["sort_key"], version),
    )


# Why not, since when, what instead: for a whole page at once.


def explained(rows: list[Row], scope: Scope | None, *, day: date, as_of: datetime) -> list[Row]:
    """Say of rows why they are not usable on a day, since when, and what is used instead."""
    ids = [row.version for row in rows]
    bars = {
        pk: reasons_on(bars_of(facts), day)
        for pk, facts in FactsReader(ids, as_of=as_of).read().items()
    }
    ended = _last_ended(ids, day=day, as_of=as_of)
    instead = replacements(scope, ids, day=day, as_of=as_of)
    last = last_days_of_use(ids, day=day, as_of=as_of)
    rows = [
        replace(row, last_usable_day=last.get(row.version, row.last_usable_day)) for row in rows
    ]
    return [_with_reason(row, bars[row.version], ended, instead) for row in rows]


def _last_ended(ids: Collection[int], *, day: date, as_of: datetime) -> dict[int, Period]:
    """Return each version's last period that had ended by a day, as known at an instant."""
    periods = Period.objects.known_at(as_of).filter(version__in=ids, ends_on__lte=day)
    return {period.version_id: period for period in periods.order_by("ends_on")}


def _with_reason(
    row: Row, bars: list[Bar], ended: dict[int, Period], instead: dict[int, Replacement]
) -> Row:
    period = ended.get(row.version)
    first = bars[0] if bars else None
    code = first.code if first else period.limited_by if period else ""
    since = period.ends_on if period else row.last_usable_day
    if period is None and first is not None and first.starts_on > date.min:
        since = first.starts_on
    return replace(
        row,
        reason=str(code),
        reason_text=first.text if first else "",
        since=since,
        replaced_by=instead.get(row.version),
    )


def replacements(
    scope: Scope | None, version_ids: Collection[int], *, day: date, as_of: datetime
) -> dict[int, Replacement]:
    """Return what may be used on a day instead of each version.

    Another version of the same asset, else a version that says that it replaces this one.
    """
    usable = in_scope(Entry.objects.known_at(as_of).covering(day), scope)
    found: dict[int, Replacement] = {}
    links = Dependency.objects.filter(
        kind=DependencyKind.REPLACES, target__in=version_ids, dependent__in=usable.values("version")
    )
    rows = links.order_by("pk").values_list(
        "target_id", "dependent__asset__code", "dependent__number"
    )
    for target, code, number in rows:
        found[target] = Replacement(code, number)
    same = (
        usable.filter(version__asset__versions__in=version_ids)
        .order_by("number")
        .values_list("version__asset__versions", "version_id", "code", "number")
    )
    wanted = set(version_ids)
    for target, version_id, code, number in same:
        if target in wanted and version_id != target:
            found[target] = Replacement(code, number)
    return found
