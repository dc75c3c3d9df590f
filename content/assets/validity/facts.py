"""Read the facts of many versions in a constant number of queries."""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from content.assets.enums import CAUSE_LIMITS, COMPONENT_KINDS, Audience, Cause, Nature
from content.assets.models import Dependency, Interruption, Period, Revision, Version
from content.assets.validity.bars import (
    FOREVER,
    ComponentFacts,
    ProductFacts,
    Span,
    VersionFacts,
)
from content.catalogue.enums import AuthorisationStatus
from content.catalogue.models import GpException, Jurisdiction, Product, ProductFreeze

Regulated = dict[str, Any]


def regulated_metadata(version_ids: Collection[int]) -> dict[int, Regulated]:
    """Return the frozen metadata of each version's latest frozen revision, with its digest."""
    rows = (
        Revision.objects.filter(version__in=version_ids)
        .exclude(digest="")
        .order_by("version_id", "number")
        .values_list("version_id", "metadata_text", "digest")
    )
    return {version_id: {**json.loads(text), "digest": digest} for version_id, text, digest in rows}


class FactsReader:
    """The facts of some versions as known at an instant (None: as recorded now)."""

    def __init__(self, version_ids: Collection[int], *, as_of: datetime | None = None) -> None:
        self.version_ids = set(version_ids)
        self.as_of = as_of

    def read(self) -> dict[int, VersionFacts]:
        versions = Version.objects.filter(pk__in=self.version_ids).select_related(
            "asset__jurisdiction"
        )
        self._metadata = regulated_metadata(self.version_ids)
        self._field_uses = dict(Jurisdiction.objects.values_list("code", "field_use"))
        self._products = self._read_products()
        self._interruptions = self._read_interruptions()
        self._components = self._read_components()
        return {version.pk: self._facts(version) for version in versions}

    def _facts(self, version: Version) -> VersionFacts:
        metadata = self._metadata.get(version.pk, {})
        superseded_on = version.superseded_on
        return VersionFacts(
            version=version.pk,
            released=self._was_released(version),
            valid_from=version.valid_from,
            expires_on=version.expires_on,
            promotional=metadata.get("nature") == Nature.PROMOTIONAL,
            public=metadata.get("audience") == Audience.PUBLIC,
            safety_information=bool(metadata.get("safety_information")),
            field_use=self._field_use(version, metadata),
            superseded_on=superseded_on,
            superseded_by=version.superseded_by_id,
            interruptions=self._interruptions[version.pk],
            products=[
                self._products[cis] for cis in metadata.get("products", []) if cis in self._products
            ],
            components=self._components[version.pk],
            minimum_components=version.minimum_components,
            digest=metadata.get("digest", ""),
        )

    def _field_use(self, version: Version, metadata: Regulated) -> bool:
        """Rule 7, for the jurisdiction that was frozen: editing the asset changes nothing here."""
        jurisdiction = version.asset.jurisdiction
        code = metadata.get("jurisdiction", jurisdiction.code)
        return self._field_uses.get(code, jurisdiction.field_use)

    def _was_released(self, version: Version) -> bool:
        released_at = version.released_at
        return released_at is not None and (self.as_of is None or released_at <= self.as_of)

    def _known(self, recorded_at: datetime | None) -> bool:
        return recorded_at is not None and (self.as_of is None or recorded_at <= self.as_of)

    def _read_interruptions(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in Interruption.objects.filter(version__in=self.version_ids):
            if self._known(row.recorded_at):
                ends_on = row.ends_on if self._known(row.lifted_at) else None
                limit = CAUSE_LIMITS[Cause(row.cause)]
                found[row.version_id].append((limit, row.starts_on, ends_on, row.reason))
        return found

    def _read_products(self) -> dict[str, ProductFacts]:
        codes = {cis for data in self._metadata.values() for cis in data.get("products", [])}
        products = {product.pk: product for product in Product.objects.filter(cis__in=codes)}
        if self.as_of is not None:
            products |= self._products_as_known(products, self.as_of)
        freezes: dict[int, list[Span]] = defaultdict(list)
        for freeze in ProductFreeze.objects.filter(product__in=products):
            if self._known(freeze.recorded_at):
                lifted_on = freeze.lifted_on if self._known(freeze.lifted_at) else None
                freezes[freeze.product_id].append((freeze.starts_on, lifted_on or FOREVER))
        exceptions: dict[int, list[Span]] = defaultdict(list)
        for row in GpException.objects.filter(product__in=products):
            if self._known(row.recorded_at):
                exceptions[row.product_id].append((row.starts_on, row.ends_on or FOREVER))
        return {
            product.cis: ProductFacts(
                name=product.name,
                authorisation_suspended=product.authorisation_status
                == AuthorisationStatus.SUSPENDED,
                authorisation_ends_on=product.authorisation_ends_on,
                gp_barred=product.gp_barred,
                gp_exceptions=exceptions[pk],
                freezes=freezes[pk],
            )
            for pk, product in products.items()
        }

    def _products_as_known(
        self, product_ids: Collection[int], instant: datetime
    ) -> dict[int, Product]:
        """Return the products that changed since an instant, as they were recorded then."""
        history: Any = Product.history  # type: ignore[attr-defined]
        later = history.filter(id__in=product_ids, history_date__gt=instant)
        changed = set(later.values_list("id", flat=True))
        if not changed:
            return {}
        rows = history.filter(id__in=changed, history_date__lte=instant)
        return {row.id: row.instance for row in rows.order_by("history_date", "history_id")}

    def _read_components(self) -> dict[int, list[ComponentFacts]]:
        rows = list(
            Dependency.objects.components()
            .filter(dependent__in=self.version_ids)
            .order_by("pk")
            .values_list("dependent_id", "target_id", "kind")
        )
        spans = self._spans({target for _, target, _ in rows})
        found: dict[int, list[ComponentFacts]] = defaultdict(list)
        for dependent, target, kind in rows:
            required = kind == COMPONENT_KINDS[0]
            found[dependent].append(ComponentFacts(target, required, spans.get(target, [])))
        return found

    def _spans(self, version_ids: Collection[int]) -> dict[int, list[Span]]:
        periods = Period.objects.filter(version__in=version_ids)
        periods = periods.known_at(self.as_of) if self.as_of else periods.current()
        found: dict[int, list[Span]] = defaultdict(list)
        for version_id, starts_on, ends_on in periods.values_list(
            "version_id", "starts_on", "ends_on"
        ):
            found[version_id].append((starts_on, ends_on))
        return found


def first_days_of_successors(version_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Return, per version, (first usable day, its id) of each later version once usable or to be.

    A period that was replaced before its first day came does not count (DOMAIN.md §3).
    """
    versions = Version.objects.filter(pk__in=version_ids).values_list("pk", "asset_id", "number")
    by_asset: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pk, asset_id, number in versions:
        by_asset[asset_id].append((number, pk))
    starts = first_days(Version.objects.filter(asset__in=by_asset, released_at__isnull=False))
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for (asset_id, number, pk), day in starts.items():
        for earlier, version_id in by_asset[asset_id]:
            if earlier < number:
                found[version_id].append((day, pk))
    return found


def first_days(versions: Any) -> dict[tuple[int, int, int], date]:
    """Return {(asset, number, id): first day} over periods that stand or whose day came."""
    rows = (
        Period.objects.filter(version__in=versions)
        .stood_or_stands()
        .values_list("version__asset_id", "version__number", "version_id", "starts_on")
    )
    found: dict[tuple[int, int, int], date] = {}
    for asset_id, number, pk, day in rows:
        key = (asset_id, number, pk)
        found[key] = min(day, found.get(key, day))
    return found
