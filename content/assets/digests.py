"""What a verdict and a signature bind to: canonical regulated metadata and file hashes."""

import hashlib
from collections.abc import Sequence
from typing import Any

from approvals.audit.chain import canonical
from content.assets.models import AssetProduct, Dependency, Revision, Version


def canonical_metadata(version: Version, revision: Revision) -> str:
    """Return the one text of a version's regulated metadata (DOMAIN.md §2), nothing else.

    Not in it: owner, team, department, plan, reference, visa requirement.
    """
    asset = version.asset
    products = AssetProduct.objects.filter(asset=asset).values_list("product__cis", flat=True)
    return canonical(
        {
            "title": asset.title,
            "asset_type": asset.asset_type.code,
            "nature": asset.nature,
            "audience": asset.audience,
            "products": sorted(products),
            "lead_product": asset.lead_product.cis if asset.lead_product else None,
            "language": asset.language,
            "collects_personal_data": asset.collects_personal_data,
            "third_party": asset.third_party,
            "safety_information": asset.safety_information,
            "jurisdiction": asset.jurisdiction.code,
            "subject": version.subject,
            "prepared_on": revision.prepared_on,
            "minimum_components": version.minimum_components,
            "dependencies": _dependencies(version),
        }
    )


def _dependencies(version: Version) -> list[dict[str, Any]]:
    """Return what the version pins, in an order that does not depend on when it was added."""
    rows = Dependency.objects.filter(dependent=version).select_related(
        "target__asset", "document__product"
    )
    pinned = [_pin(row) for row in rows]
    return sorted(pinned, key=canonical)


def _pin(row: Dependency) -> dict[str, Any]:
    if row.document is not None:
        return {
            "kind": row.kind,
            "document": row.document.pk,
            "cis": row.document.product.cis,
            "dated": row.document.dated,
            "digest": row.document.sha256,
        }
    target: Any = row.target
    revision = target.current_revision
    return {
        "kind": row.kind,
        "code": target.asset.code,
        "number": target.number,
        "digest": revision.digest if revision else "",
    }


def digest_of(metadata_text: str, file_hashes: Sequence[str]) -> str:
    """Return the SHA-256 over the metadata's text and each file's SHA-256, in order.

    The text is one line of JSON, so that no hash can be mistaken for a part of it.
    """
    whole = "\n".join([metadata_text, *file_hashes])
    return hashlib.sha256(whole.encode()).hexdigest()
