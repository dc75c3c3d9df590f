"""Read what identifies an asset from what a person gave, field by field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from content.access.models import Team
from content.assets.enums import Audience, Nature
from content.assets.models import AssetType
from content.catalogue.models import Jurisdiction, Product
from content.catalogue.policies import public_bar


@dataclass
class Identity:
    """What identifies an asset: checked values, and rows instead of codes."""

    title: str
    asset_type: AssetType
    nature: str
    audience: str
    products: list[Product]
    lead_product: Product | None
    team: Team | None
    jurisdiction: Jurisdiction
    language: str
    department: str
    collects_personal_data: bool
    third_party: str
    safety_information: bool

    @property
    def columns(self) -> dict[str, Any]:
        """The asset's own columns, the products apart."""
        return {name: value for name, value in vars(self).items() if name != "products"}


def read_identity(
    *,
    title: str,
    asset_type: str,
    nature: str,
    audience: str,
    products: Sequence[str],
    lead_product: str | None,
    team: int | None,
    jurisdiction: str,
    language: str,
    day: date,
    department: str = "",
    collects_personal_data: bool = False,
    third_party: str = "",
    safety_information: bool = False,
) -> Identity:
    """Turn what was given into an identity that the rules allow on a day.

    :raises InvalidInput: at the first wrong field; ``gp_not_allowed`` at ``audience`` where rule
        4.6 bars a product.
    """
    found = find_products(products)
    identity = Identity(
        title=read_title(title),
        asset_type=_one(AssetType, "asset_type", asset_type),
        nature=_choice(Nature, "nature", nature),
        audience=_choice(Audience, "audience", audience),
        products=found,
        lead_product=find_lead(found, lead_product),
        # A team is named only where no product is (DOMAIN.md §1).
        team=None if found else _team(team),
        jurisdiction=_one(Jurisdiction, "jurisdiction", jurisdiction),
        language=_language(language),
        department=_short("department", department, 100),
        collects_personal_data=bool(collects_personal_data),
        third_party=_short("third_party", third_party, 200),
        safety_information=bool(safety_information),
    )
    check_names_something(identity)
    check_public_allowed(identity, day)
    return identity


def read_title(title: str) -> str:
    text = " ".join(str(title or "").split())
    if not text:
        raise InvalidInput.at("title", _("Give the asset a title."))
    return _short("title", text, 200)


def _short(field: str, text: str, limit: int) -> str:
    text = str(text or "").strip()
    if "\x00" in text:
        raise InvalidInput.at(field, _("This text holds a character that cannot be kept."))
    if len(text) > limit:
        raise InvalidInput.at(
            field, _("This text is too long: %(limit)d characters at most.") % {"limit": limit}
        )
    return text


def _language(language: str) -> str:
    text = str(language or "").strip().lower()
    if not (2 <= len(text) <= 5 and text.replace("-", "").isascii() and text[:2].isalpha()):
        raise InvalidInput.at("language", _("Give a language code of two letters, such as fr."))
    return text


def _choice(choices: Any, field: str, value: str) -> str:
    if value not in choices.values:
        raise InvalidInput.at(
            field,
            _("“%(value)s” is not one of: %(choices)s.")
            % {"value": value, "choices": ", ".join(choices.values)},
        )
    return str(value)


def _one(model: Any, field: str, code: str) -> Any:
    found = model.objects.filter(code=str(code)).first()
    if found is None:
        raise InvalidInput.at(
            field, _("“%(value)s” is unknown: choose one of the list.") % {"value": code}
        )
    return found


def _team(team: int | None) -> Team | None:
    if team is None:
        return None
    found = Team.objects.filter(pk=team).first()
    if found is None:
        raise InvalidInput.at("team", _("This team does not exist: choose one of the list."))
    return found


def find_products(codes: Iterable[str]) -> list[Product]:
    """Return the products of CIS codes, in the order given, each once.

    :raises InvalidInput: field ``products`` if a code is unknown.
    """
    wanted = list(dict.fromkeys(str(code).strip() for code in codes or ()))
    found = {product.cis: product for product in Product.objects.filter(cis__in=wanted)}
    unknown = [code for code in wanted if code not in found]
    if unknown:
        raise InvalidInput.at(
            "products",
            _("The CIS code %(codes)s is unknown: check it in the public medicines database.")
            % {"codes": ", ".join(unknown)},
        )
    return [found[code] for code in wanted]


def find_lead(products: Sequence[Product], lead: str | None) -> Product | None:
    """Return the lead product: the one named, or the only one.

    :raises InvalidInput: field ``lead_product`` if it is not one of the products, or is owed.
    """
    if lead:
        for product in products:
            if product.cis == str(lead).strip():
                return product
        raise InvalidInput.at(
            "lead_product", _("The lead product must be one of the asset's products.")
        )
    if len(products) > 1:
        raise InvalidInput.at(
            "lead_product", _("Say which of the products leads: the reference carries its CIS.")
        )
    return products[0] if products else None


def check_names_something(identity: Identity) -> None:
    """Refuse an asset that names neither a product nor a team, or the wrong one.

    :raises InvalidInput: field ``products`` or ``team``.
    """
    if identity.nature == Nature.PROMOTIONAL and not identity.products:
        raise InvalidInput.at("products", _("A promotional asset names at least one product."))
    if not identity.products and identity.team is None:
        raise InvalidInput.at("team", _("Where no product is named, name the team it is for."))


def check_public_allowed(identity: Identity, day: date) -> None:
    """Refuse advertising to the public for a product that rule 4.6 bars (invariant 8).

    :raises InvalidInput: ``gp_not_allowed`` at ``audience``.
    """
    if identity.nature != Nature.PROMOTIONAL or identity.audience != Audience.PUBLIC:
        return
    bars = [bar for product in identity.products if (bar := public_bar(product, day))]
    if bars:
        raise InvalidInput({"audience": bars}, code="gp_not_allowed")
