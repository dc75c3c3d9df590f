"""Released versions with a frozen revision, without their review: for the tests of validity."""

import itertools
import json
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.access.models import Team
from content.assets.actions.facts import mark_released
from content.assets.enums import Audience, DependencyKind, Nature, State
from content.assets.models import (
    Asset,
    AssetProduct,
    AssetType,
    Dependency,
    Revision,
    Version,
)
from content.calendar import add_months, paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import Jurisdiction, Product
from tests.factories import T0, keep

_codes = itertools.count(900001)


def make_bare_asset(
    *products: Product,
    nature: Nature = Nature.PROMOTIONAL,
    audience: Audience = Audience.HCP,
    asset_type: str = "brochure",
    team: Team | None = None,
    jurisdiction: str = "FR",
    safety_information: bool = False,
    title: str = "",
) -> Asset:
    """Create an asset without its versions."""
    system = system_actor()
    code = f"FR-2026-{next(_codes)}"
    kind = AssetType.objects.filter(code=asset_type).first() or keep(
        AssetType(
            code=asset_type,
            name_fr=asset_type,
            name_en=asset_type,
            is_component=asset_type.endswith("fragment"),
        ),
        by=system,
    )
    asset = Asset(
        code=code,
        title=title or f"Matériel {code}",
        asset_type=kind,
        nature=nature,
        audience=audience,
        lead_product=products[0] if products else None,
        team=team,
        jurisdiction=Jurisdiction.objects.get(code=jurisdiction),
        owner=system,
        created_at=T0,
        safety_information=safety_information,
    )
    keep(asset, by=system)
    for product in products:
        keep(AssetProduct(asset=asset, product=product), by=system)
    return asset


def make_cleared(asset: Asset, *, number: int = 1, minimum_components: int = 0) -> Version:
    """Create a version with a frozen revision, cleared: only its release is missing."""
    system = system_actor()
    version = Version(
        asset=asset,
        number=number,
        created_by=system,
        created_at=T0,
        state_since=T0,
        minimum_components=minimum_components,
        state=State.CLEARED,
    )
    keep(version, by=system)
    metadata = json.dumps(
        {
            "title": asset.title,
            "asset_type": asset.asset_type.code,
            "nature": asset.nature,
            "audience": asset.audience,
            "products": sorted(asset.products.values_list("cis", flat=True)),
            "safety_information": asset.safety_information,
        }
    )
    revision = Revision(
        version=version,
        number=1,
        prepared_on=date(2026, 1, 1),
        uploaded_by=system,
        uploaded_at=T0,
        metadata_text=metadata,
        digest=sha256(f"{asset.code}{number}".encode()).hexdigest(),
        frozen_at=T0,
    )
    keep(revision, by=system)
    return version


@act("release")
def release_now(
    version_id: int,
    *,
    by: User,
    now: datetime,
    valid_from: date | None = None,
    expires_on: date | None = None,
    overlap_days: int = 0,
) -> Version:
    """Release a cleared version as the pharmacist's act does, without its conditions."""
    lock_list_head()
    version = Version.objects.locked().get(pk=version_id)
    version.release(at=now)
    mark_released(
        version,
        valid_from=valid_from or paris_day(now),
        expires_on=expires_on or add_months(paris_day(now), 24),
        overlap_days=overlap_days,
        by=by,
        now=now,
    )
    return version


def make_released(
    *products: Product,
    now: datetime = T0,
    requires: Iterable[Version] = (),
    may_include: Iterable[Version] = (),
    minimum_components: int = 0,
    valid_from: date | None = None,
    expires_on: date | None = None,
    **asset: object,
) -> Version:
    """Create and release version 1 of a new asset."""
    version = make_cleared(
        make_bare_asset(*products, **asset),  # type: ignore[arg-type]
        minimum_components=minimum_components,
    )
    pins = [(DependencyKind.REQUIRES, target) for target in requires]
    pins += [(DependencyKind.MAY_INCLUDE, target) for target in may_include]
    for kind, target in pins:
        keep(Dependency(dependent=version, kind=kind, target=target), by=system_actor())
    return release_now(
        version.pk, by=system_actor(), now=now, valid_from=valid_from, expires_on=expires_on
    )
