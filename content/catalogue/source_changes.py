"""What an import, or a newer document, makes wrong in what was said of a product before."""

from dataclasses import dataclass

from content.catalogue.enums import SourceKind
from content.catalogue.models import Presentation, Product, SourceDocument

# What a newer one replaces; publications stand beside each other (DOMAIN.md §8).
REPLACING = (
    SourceKind.SMPC,
    SourceKind.OPINION,
    SourceKind.PRICE,
    SourceKind.REIMBURSEMENT,
)
PRICES_NAMED = 20


@dataclass(frozen=True)
class SourceChange:
    """One source of a product that changed: by a document, or as the database words it."""

    product: Product
    kind: str
    document: SourceDocument | None = None
    previous: SourceDocument | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Said:
    """What the public database says of a product that materials repeat."""

    prices: dict[str, str]
    rates: str
    conditions: str


def said_of(product: Product, packs: list[Presentation], conditions: list[str]) -> Said:
    """Return what is said of a product, from rows already at hand."""
    prices = {
        pack.cip13: "" if pack.price is None else f"{pack.price:.2f}"
        for pack in packs
        if pack.in_public_database and pack.product_id == product.pk
    }
    return Said(prices, product.reimbursement_rates, ", ".join(sorted(conditions)))


def changes_between(product: Product, before: Said, after: Said) -> list[SourceChange]:
    """Return what differs, a pack that came or went apart: it changes no price."""
    moved = [
        cip13
        for cip13 in sorted(before.prices.keys() & after.prices.keys())
        if before.prices[cip13] != after.prices[cip13]
    ]
    changes = []
    if moved:
        old, new = (_prices(said, moved) for said in (before, after))
        changes.append(SourceChange(product, SourceKind.PRICE, before=old, after=new))
    for kind, old, new in (
        (SourceKind.REIMBURSEMENT, before.rates, after.rates),
        (SourceKind.PRESCRIPTION, before.conditions, after.conditions),
    ):
        if old != new:
            changes.append(SourceChange(product, kind, before=old, after=new))
    return changes


def _prices(said: Said, cips: list[str]) -> str:
    lines = [f"{cip13}: {said.prices[cip13] or '—'}" for cip13 in cips[:PRICES_NAMED]]
    return ", ".join([*lines, *(["…"] if len(cips) > PRICES_NAMED else [])])
