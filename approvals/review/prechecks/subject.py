"""What a revision's files are judged against: names, reference, date, and which mentions are owed.

A product renamed, a reference given or metadata edited gives another basis: a run made on the old
one is told apart, and done again before a blocking check may decide (ADR 0025).
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date

from approvals.review.prechecks.matching import normal
from content.access.models import TeamProduct
from content.assets.enums import Audience, Nature
from content.assets.models import Asset, Revision
from content.catalogue.models import Product

# Words of a substance's name that say its salt, not the substance.
SALTS = {
    *("chlorhydrate", "bromhydrate", "sulfate", "phosphate", "nitrate", "acetate", "maleate"),
    *("fumarate", "tartrate", "citrate", "mesilate", "besilate", "tosilate", "succinate"),
    *("pamoate", "sodique", "potassique", "calcique", "magnesique", "monohydrate", "dihydrate"),
    *("trihydrate", "hemihydrate", "anhydre", "hydrate", "base", "acide"),
}
# Shorter words are no name by themselves.
SHORTEST_WORD = 4


@dataclass(frozen=True)
class Named:
    """A product's name as people say it, and its substances' (each by one of several words)."""

    name: str
    substances: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """What is looked for in a revision's files."""

    prepared_on: date
    products: tuple[Named, ...] = ()
    # Names that an environment document must not show.
    forbidden: tuple[str, ...] = ()
    environment: bool = False
    reference: str = ""
    owes_reference: bool = False
    # "hcp", "public", or "" where no mention is mandatory.
    mentions: str = ""

    @property
    def basis(self) -> str:
        """Return the SHA-256 of what is looked for."""
        text = json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def subject_of(revision: Revision) -> Subject:
    """Return what a revision's files are judged against, as things are now."""
    version = revision.version
    asset = version.asset
    environment = asset.nature == Nature.ENVIRONMENT
    products = list(asset.products.order_by("cis"))
    reference = version.reference
    component = asset.asset_type.is_component
    return Subject(
        prepared_on=revision.prepared_on,
        products=() if environment else tuple(named(product) for product in products),
        forbidden=forbidden_names(asset, products) if environment else (),
        environment=environment,
        reference=reference.value if reference and not component else "",
        owes_reference=version.needs_visa and not component,
        mentions="" if component else mentions_owed(asset),
    )


def mentions_owed(asset: Asset) -> str:
    """Return whose mandatory mentions the asset owes: French advertising alone owes any."""
    if not asset.is_promotional or asset.jurisdiction.code != "FR":
        return ""
    return asset.audience if asset.audience in {Audience.HCP, Audience.PUBLIC} else ""


def named(product: Product) -> Named:
    substances = [text.strip() for text in product.substances.split(";")]
    return Named(brand_of(product.name), tuple(text for text in substances if text))


def brand_of(name: str) -> str:
    """Return a product's name without strength and form: ``KARDEGIC`` of ``KARDEGIC 75 mg, …``."""
    words = name.split(",", maxsplit=1)[0].split()
    kept: list[str] = []
    for word in words:
        if kept and re.match(r"\d", word):
            break
        kept.append(word)
    return " ".join(kept) or name


def forbidden_names(asset: Asset, products: list[Product]) -> tuple[str, ...]:
    """Return the names that an environment asset must not show: those of its team's products."""
    if asset.team_id is not None:
        links = TeamProduct.objects.filter(team=asset.team_id)
    else:
        links = TeamProduct.objects.filter(team__team_products__product__in=products)
    theirs = Product.objects.filter(team_products__in=links)
    names = {brand_of(name) for name in theirs.values_list("name", flat=True)}
    return tuple(sorted(names | {brand_of(product.name) for product in products}))


def words_for(substance: str) -> list[str]:
    """Return what shows a substance: its whole name, else the word that is not its salt's."""
    bare = re.sub(r"\([^)]*\)", " ", substance)
    whole = " ".join(bare.split())
    words = re.findall(r"\w+", normal(whole).text)
    telling = [word for word in words if len(word) >= SHORTEST_WORD and word not in SALTS]
    return [whole, *telling[:1]] if whole else []
