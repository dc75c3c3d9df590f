"""Create an asset, edit it, give it to a colleague."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.enums import OWNERS, Role
from approvals.people.models import User
from content.assets.actions.identity import Identity, read_identity
from content.assets.actions.numbering import next_code
from content.assets.actions.validity import follow_team
from content.assets.enums import InvolvementKind
from content.assets.models import Asset, AssetProduct, Involvement, Version
from content.assets.policies import (
    check_can_create_asset,
    check_can_edit_asset,
    check_can_transfer,
    check_nature_is_theirs,
    may_own,
    was_ever_submitted,
)
from content.assets.signals import person_joins
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import VisaRule

EDITABLE_FIELDS = frozenset(
    {
        *("title", "asset_type", "nature", "audience", "products", "lead_product", "team"),
        *("jurisdiction", "language", "department", "collects_personal_data", "third_party"),
        "safety_information",
    }
)


@act("create_asset", roles=OWNERS)
def create_asset(
    *,
    title: str,
    asset_type: str,
    nature: str,
    audience: str,
    products: Sequence[str] = (),
    lead_product: str | None = None,
    team: int | None = None,
    jurisdiction: str = "FR",
    language: str = "fr",
    department: str = "",
    collects_personal_data: bool = False,
    third_party: str = "",
    safety_information: bool = False,
    by: User,
    now: datetime,
) -> Asset:
    """Create an asset with its code for ever; ``by`` owns it.

    ``asset_type`` and ``jurisdiction`` are codes, ``products`` and ``lead_product`` CIS codes.

    :raises InvalidInput: at the field; ``gp_not_allowed`` at ``audience`` (rule 4.6).
    :raises PolicyDenied: ``role_missing``, ``nature_not_yours``, ``not_your_team``.
    """
    check_nature_is_theirs(by, nature)
    identity = read_identity(
        title=title,
        asset_type=asset_type,
        nature=nature,
        audience=audience,
        products=products,
        lead_product=lead_product,
        team=team,
        jurisdiction=jurisdiction,
        language=language,
        department=department,
        collects_personal_data=collects_personal_data,
        third_party=third_party,
        safety_information=safety_information,
        day=paris_day(now),
    )
    return _write_asset(identity, by=by, now=now)


def _write_asset(identity: Identity, *, by: User, now: datetime) -> Asset:
    _check_theirs(identity, by)
    asset = Asset(
        code=next_code(identity.jurisdiction.code, now=now),
        owner=by,
        created_at=now,
        **identity.columns,
    )
    asset.save(force_insert=True)
    for product in identity.products:
        AssetProduct(asset=asset, product=product).save(force_insert=True)
    return asset


def _check_theirs(identity: Identity, by: User) -> None:
    check_can_create_asset(
        by,
        nature=identity.nature,
        product_ids=[product.pk for product in identity.products],
        team_id=identity.team.pk if identity.team else None,
    )


def locked_asset(asset_id: int) -> Asset:
    """Lock an asset, before its versions: nobody opens a version or edits it meanwhile."""
    asset: Asset = Asset.objects.select_for_update(of=("self",), no_key=True).get(pk=asset_id)
    return asset


@act("edit_asset", roles=OWNERS)
def edit_asset(
    asset_id: int, *, changes: dict[str, Any], by: User, now: datetime, reason: str = ""
) -> Asset:
    """Change what identifies an asset; ``changes`` maps the fields of ``create_asset``.

    :raises PolicyDenied: ``not_owner``; as ``create_asset`` for the new nature and team.
    :raises StateConflict: ``metadata_frozen``, ``window_planned``.
    :raises InvalidInput: as ``create_asset``; ``reason`` once anything was ever submitted.
    """
    lock_list_head()
    asset = locked_asset(asset_id)
    _check_known(changes)
    before = identity_of(asset)
    changes = {
        name: value for name, value in changes.items() if not _same(name, before[name], value)
    }
    check_can_edit_asset(asset, by, now, fields=changes)
    if not changes:
        return asset
    if was_ever_submitted(asset) and not reason.strip():
        raise InvalidInput.at("reason", _("This asset was submitted once: say why you change it."))
    identity = read_identity(**(_settle_lead(before, changes)), day=paris_day(now))
    if {"nature", "products", "team"} & set(changes):
        _check_theirs(identity, asset.owner)
    _write(asset, identity)
    _follow_in_open_version(asset, by=by)
    follow_team(asset, now=now)
    return asset


def _same(field: str, before: Any, after: Any) -> bool:
    """Whether a value given is the one that stands; the order of products means nothing."""
    if field == "products":
        return set(before) == set(after)
    return bool(before == after)


def _check_known(changes: dict[str, Any]) -> None:
    unknown = sorted(set(changes) - EDITABLE_FIELDS)
    if unknown:
        raise InvalidInput.at(unknown[0], _("This cannot be changed on an asset."))


def identity_of(asset: Asset) -> dict[str, Any]:
    """Return an asset's identity as ``create_asset`` takes it."""
    codes = AssetProduct.objects.filter(asset=asset).order_by("pk")
    return {
        "title": asset.title,
        "asset_type": asset.asset_type.code,
        "nature": asset.nature,
        "audience": asset.audience,
        "products": list(codes.values_list("product__cis", flat=True)),
        "lead_product": asset.lead_product.cis if asset.lead_product else None,
        "team": asset.team_id,
        "jurisdiction": asset.jurisdiction.code,
        "language": asset.language,
        "department": asset.department,
        "collects_personal_data": asset.collects_personal_data,
        "third_party": asset.third_party,
        "safety_information": asset.safety_information,
    }


def _settle_lead(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Drop a lead product that the new products no longer hold, unless one was named."""
    after = {**before, **changes}
    if "lead_product" not in changes and after["lead_product"] not in after["products"]:
        after["lead_product"] = None
    return after


def _write(asset: Asset, identity: Identity) -> None:
    for name, value in identity.columns.items():
        setattr(asset, name, value)
    asset.save()
    wanted = {product.pk: product for product in identity.products}
    for row in AssetProduct.objects.filter(asset=asset).order_by("pk"):
        if wanted.pop(row.product_id, None) is None:
            row.delete()
    for product in wanted.values():
        AssetProduct(asset=asset, product=product).save(force_insert=True)


def _follow_in_open_version(asset: Asset, *, by: User) -> None:
    """Let the open version follow: who edited it, and the visa that its asset now needs."""
    for version in Version.objects.locked().filter(asset=asset).open().select_related("reference"):
        record_involvement(version, by, InvolvementKind.EDITED)
        category = visa_category(asset)
        _check_lead_is_printed(version, asset)
        if version.visa_category == category:
            continue
        if version.reference is not None:
            raise StateConflict(
                "window_planned",
                _(
                    "Version %(number)s holds the reference %(reference)s: its nature, audience"
                    " or country can no longer change the visa it needs. Cancel it first."
                )
                % {"number": version.number, "reference": version.reference.value},
            )
        version.visa_category = category
        version.needs_visa = bool(category)
        version.save()


def _check_lead_is_printed(version: Version, asset: Asset) -> None:
    """Refuse another lead product once a reference names the old one (DOMAIN.md §8).

    :raises StateConflict: ``window_planned``.
    """
    lead = asset.lead_product
    if version.reference is not None and (lead is None or version.reference.cis != lead.cis):
        raise StateConflict(
            "window_planned",
            _(
                "Version %(number)s holds the reference %(reference)s, which names its lead"
                " product: the lead product can no longer change. Cancel the version first."
            )
            % {"number": version.number, "reference": version.reference.value},
        )


def visa_category(asset: Asset) -> str:
    """Return the category of visa that the jurisdiction asks for, or ``""``.

    Components are covered by the dossier of what pins them (DOMAIN.md §5).
    """
    if asset.asset_type.is_component:
        return ""
    rule = VisaRule.objects.filter(
        jurisdiction=asset.jurisdiction, nature=asset.nature, audience=asset.audience
    ).first()
    return str(rule.category) if rule else ""


def record_involvement(version: Version, person: User, kind: InvolvementKind) -> None:
    """Remember for ever that a person owned, edited or uploaded to a version (invariant 3).

    :raises PolicyDenied: ``four_eyes`` if they decided on it.
    """
    if not Involvement.objects.filter(version=version, user=person).exists():
        person_joins.send(Version, version=version, person=person)
    if not Involvement.objects.filter(version=version, user=person, kind=kind).exists():
        Involvement(version=version, user=person, kind=kind).save(force_insert=True)


@act("transfer_asset", roles=[*OWNERS, Role.ADMINISTRATOR])
def transfer_asset(asset_id: int, *, to: User, reason: str, by: User, now: datetime) -> Asset:
    """Give an asset to another owner; whoever owned it stays barred from deciding on it.

    :raises PolicyDenied: ``not_owner``.
    :raises InvalidInput: field ``to`` if that person cannot own it, ``reason`` if blank.
    """
    lock_list_head()
    asset = locked_asset(asset_id)
    check_can_transfer(asset, by, now)
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why the asset changes hands."))
    if to.pk == asset.owner_id:
        raise InvalidInput.at("to", _("%(person)s already owns this asset.") % {"person": to})
    if not to.is_active or not may_own(asset, to):
        raise InvalidInput.at(
            "to",
            _("%(person)s cannot own this asset: choose somebody who prepares assets in its team.")
            % {"person": to},
        )
    asset.owner = to
    asset.save()
    for version in Version.objects.locked().filter(asset=asset):
        record_involvement(version, to, InvolvementKind.OWNED)
    return asset
