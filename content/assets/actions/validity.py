"""Work usability out anew when something changes, for a version and all that depend on it.

Periods and entries are written here and nowhere else; both are append-only, so they are their own
history. The comparison with a day happens when somebody asks (ARCHITECTURE.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from approvals.audit import current_act
from content.assets.enums import Audience
from content.assets.models import Asset, Dependency, Entry, Period, Version
from content.assets.signals import usability_changed
from content.assets.validity.bars import Stretch, bars_of, rewrite
from content.assets.validity.facts import (
    FactsReader,
    first_days_of_successors,
    regulated_metadata,
)
from content.calendar import paris_day
from content.catalogue.actions import bump_list_version, lock_list_head
from content.catalogue.models import Product, unaccented


def work_out(version_ids: Collection[int], *, now: datetime) -> set[int]:
    """Work the periods of versions, and of all that depend on them, out anew from today on.

    Runs inside an act, under the list-head lock. Returns the versions whose usability changed.
    """
    under_way = current_act()
    lock_list_head()
    changed: set[int] = set()
    for level in _levels(version_ids):
        _settle_supersession(level, now=now)
        changed |= _write_level(level, now=now)
    if changed:
        usability_changed.send(Version, version_ids=changed, by=under_way.by, now=now)
    return changed


# What must be worked out, and in which order.


def _levels(version_ids: Collection[int]) -> Iterable[set[int]]:
    """Yield the affected versions so that each comes after what it depends on.

    A version depends on its components, and on its successors (which supersede it). The graph of
    assets has no cycle, so neither has this one.
    """
    needs = _affected(set(version_ids))
    done: set[int] = set()
    left = set(needs)
    while left:
        ready = {pk for pk in left if needs[pk] <= done}
        if not ready:
            raise RuntimeError(f"Versions {sorted(left)} depend on each other.")
        yield ready
        done |= ready
        left -= ready


def _affected(roots: set[int]) -> dict[int, set[int]]:
    """Return {version: the affected versions it depends on}."""
    needs: dict[int, set[int]] = {pk: set() for pk in roots}
    frontier = roots
    while frontier:
        edges = _dependents_of(frontier) | _predecessors_of(frontier)
        reached = {dependent for dependent, _ in edges}
        for dependent, on in edges:
            needs.setdefault(dependent, set()).add(on)
        frontier = reached - roots
        roots = roots | reached
    return needs


def _dependents_of(version_ids: set[int]) -> set[tuple[int, int]]:
    rows = Dependency.objects.components().filter(target__in=version_ids)
    return set(rows.values_list("dependent_id", "target_id"))


def _predecessors_of(version_ids: set[int]) -> set[tuple[int, int]]:
    successors = list(
        Version.objects.filter(pk__in=version_ids, released_at__isnull=False).values_list(
            "pk", "asset_id", "number"
        )
    )
    earlier = defaultdict(list)
    for pk, asset_id, number in Version.objects.filter(
        asset__in={asset_id for _, asset_id, _ in successors}, released_at__isnull=False
    ).values_list("pk", "asset_id", "number"):
        earlier[asset_id].append((number, pk))
    return {
        (before, pk)
        for pk, asset_id, number in successors
        for before_number, before in earlier[asset_id]
        if before_number < number
    }


def _settle_supersession(version_ids: set[int], *, now: datetime) -> None:
    """Set the day from which a successor replaces each version, unless that day has come."""
    today = paris_day(now)
    successors = first_days_of_successors(version_ids)
    overlaps = dict(
        Version.objects.filter(
            pk__in={pk for days in successors.values() for _, pk in days}
        ).values_list("pk", "overlap_days")
    )
    versions = Version.objects.filter(pk__in=version_ids, released_at__isnull=False)
    for version in versions.order_by("pk"):
        if version.superseded_on is not None and version.superseded_on <= today:
            continue
        days = [(first + timedelta(days=overlaps[pk]), pk) for first, pk in successors[version.pk]]
        day, by = min(days, default=(None, None))
        if (version.superseded_on, version.superseded_by_id) != (day, by):
            version.superseded_on, version.superseded_by_id = day, by
            version.save(update_fields=["superseded_on", "superseded_by"])


# What is written.


def _write_level(version_ids: set[int], *, now: datetime) -> set[int]:
    today = paris_day(now)
    recorded: dict[int, list[Period]] = defaultdict(list)
    for period in Period.objects.current().filter(version__in=version_ids).order_by("starts_on"):
        recorded[period.version_id].append(period)
    writer = _Writer(now)
    for pk, facts in FactsReader(version_ids).read().items():
        bars = bars_of(facts)
        stretches = [Stretch(row.starts_on, row.ends_on, row.limited_by) for row in recorded[pk]]
        writer.settle(pk, recorded[pk], rewrite(stretches, bars, today))
    return writer.write()


class _Writer:
    """Collects what a level changes, then writes it in a few statements."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.gone: list[int] = []
        self.new: dict[int, list[Stretch]] = {}
        self.touched: set[int] = set()

    def settle(self, version_id: int, rows: Sequence[Period], wanted: list[Stretch]) -> None:
        """Compare the rows that stand with the stretches wanted, and note the difference."""
        kept = set(wanted)
        standing = set()
        for row in rows:
            stretch = Stretch(row.starts_on, row.ends_on, row.limited_by)
            if stretch in kept:
                standing.add(stretch)
            else:
                self.gone.append(row.pk)
                self.touched.add(version_id)
        fresh = [stretch for stretch in wanted if stretch not in standing]
        if fresh:
            self.new[version_id] = fresh
            self.touched.add(version_id)

    def write(self) -> set[int]:
        if not self.touched:
            return set()
        replaced = {"replaced_at": self.now, "replaced_on": paris_day(self.now)}
        number = bump_list_version(now=self.now)
        # One of the listed places of bulk writing: append-only rows are their own history.
        Entry.objects.filter(period__in=self.gone).update(**replaced, gone_in=number)
        Period.objects.filter(pk__in=self.gone).update(**replaced)
        periods = Period.objects.bulk_create(
            Period(
                version_id=version_id,
                starts_on=stretch.starts_on,
                ends_on=stretch.ends_on,
                limited_by=stretch.limited_by,
                recorded_at=self.now,
            )
            for version_id, stretches in self.new.items()
            for stretch in stretches
        )
        Entry.objects.bulk_create(_entries(periods, number))
        self._note()
        return self.touched

    def _note(self) -> None:
        """Name the new periods in the act's event: they have no history rows of their own."""
        noted = current_act().details.setdefault("usability", {})
        for version_id in sorted(self.touched):
            noted[str(version_id)] = [
                [str(stretch.starts_on), str(stretch.ends_on), stretch.limited_by]
                for stretch in self.new.get(version_id, [])
            ]


def _entries(periods: Sequence[Period], number: int) -> list[Entry]:
    """Return one entry per period × product (or team), with the columns that a list shows."""
    version_ids = {period.version_id for period in periods}
    versions = Version.objects.with_asset().in_bulk(version_ids)
    metadata = regulated_metadata(version_ids)
    codes = {cis for data in metadata.values() for cis in data["products"]}
    products = {product.cis: product for product in Product.objects.filter(cis__in=codes)}
    entries = []
    for period in periods:
        version = versions[period.version_id]
        if version.asset.asset_type.is_component:
            continue  # Components are on no list (§9).
        frozen = metadata[period.version_id]
        named = [products[cis] for cis in frozen["products"] if cis in products]
        for product in named or [None]:
            entry = _entry(period, version, frozen, named)
            entry.list_version = number
            entry.product = product
            entry.team_id = None if product else version.asset.team_id or _last_team(version)
            entries.append(entry)
    return entries


def _last_team(version: Version) -> int | None:
    """Return the team that has a version on its list, once its asset names products instead."""
    listed = Entry.objects.filter(version=version, team__isnull=False).order_by("-pk")
    team: int | None = listed.values_list("team_id", flat=True).first()
    return team


def follow_team(asset: Asset, *, now: datetime) -> None:
    """Put what an asset's team has on its list on the new team's: a team is not frozen (§2).

    What names a product is listed by product, whatever the team. Runs inside an act.
    """
    current_act()
    if asset.team_id is None:
        return
    listed = Entry.objects.current().filter(version__asset=asset, team__isnull=False)
    moved = list(listed.exclude(team=asset.team_id))
    if not moved:
        return
    gone = [entry.pk for entry in moved]
    number = bump_list_version(now=now)
    Entry.objects.filter(pk__in=gone).update(
        replaced_at=now, replaced_on=paris_day(now), gone_in=number
    )
    for entry in moved:
        entry.pk, entry.team_id = None, asset.team_id
        entry.recorded_at, entry.list_version = now, number
    Entry.objects.bulk_create(moved)


def _entry(
    period: Period, version: Version, frozen: dict[str, Any], products: list[Product]
) -> Entry:
    title = str(frozen["title"])
    return Entry(
        period=period,
        version=version,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        recorded_at=period.recorded_at,
        code=version.asset.code,
        number=version.number,
        title=title,
        asset_type=frozen["asset_type"],
        nature=frozen["nature"],
        audience=Audience(frozen["audience"]),
        products=[{"cis": product.cis, "name": product.name} for product in products],
        reference=version.reference.value if version.reference else "",
        search_text=unaccented(
            " ".join([version.asset.code, title, *(product.name for product in products)])
        ),
        sort_key=unaccented(title).encode("ascii", "ignore").decode()[:100],
    )
