"""Assets: list, create, read, edit, transfer."""

from datetime import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint
from content.assets.actions import create_asset, edit_asset, transfer_asset
from content.assets.api.shapes import (
    AssetBody,
    AssetChanges,
    AssetDetailShape,
    AssetLine,
    TransferBody,
)
from content.assets.enums import Audience, Nature
from content.assets.models import Asset, AssetType
from content.assets.policies import can_create_version, can_edit_asset, can_transfer
from content.catalogue.models import Product


def visible_asset(user: User, code: str) -> Asset:
    """Return an asset that the person may see in preparation.

    :raises Http404: if there is none.
    """
    assets: Any = Asset.objects.visible_to(user).with_page()
    asset: Asset = get_object_or_404(assets, code=code)
    return asset


def described(code: str, user: User, now: datetime) -> dict[str, Any]:
    """Return an asset's page as the API tells it to a person."""
    asset: Any = visible_asset(user, code)
    asset.newest_first = list(asset.versions.order_by("-number"))
    offers = {
        "edit": can_edit_asset(asset, user, now),
        "transfer": can_transfer(asset, user, now),
        "versions": can_create_version(asset, user, now),
    }
    asset.allowed_actions = [verb for verb, offered in offers.items() if offered]
    return dict(AssetDetailShape(asset).data)


class Assets(ActEndpoint, ListEndpoint):
    """The assets one may see in preparation; a new one."""

    serializer_class = AssetBody
    read_serializer_class = AssetLine
    responses: ClassVar[dict[int, Any]] = {201: AssetDetailShape}
    parameters = ("q", "nature", "audience", "asset_type", "product")

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        assets = Asset.objects.visible_to(self.request.user).with_page()
        if text := asked.get("q", "").strip():
            assets = assets.matching(text)
        for field, known in (("nature", Nature.values), ("audience", Audience.values)):
            if value := asked.get(field):
                assets = assets.filter(**{field: _one_of(field, value, known)})
        if value := asked.get("asset_type"):
            codes = list(AssetType.objects.values_list("code", flat=True))
            assets = assets.filter(asset_type__code=_one_of("asset_type", value, codes))
        if cis := asked.get("product"):
            if not Product.objects.filter(cis=cis).exists():
                raise InvalidInput.at("product", _("No product has this CIS code: check it."))
            assets = assets.filter(asset_products__product__cis=cis)
        return assets.distinct()

    def perform(self, obj: None, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        asset = create_asset(by=by, now=now, **data)
        return 201, described(asset.code, by, now)


def _one_of(field: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise InvalidInput.at(
            field,
            _("“%(value)s” is not one of: %(choices)s.")
            % {"value": value, "choices": ", ".join(known)},
        )
    return value


class AssetDetail(ActEndpoint, ReadEndpoint):
    """One asset with its versions; its owner edits it."""

    serializer_class = AssetChanges
    read_serializer_class = AssetDetailShape
    responses: ClassVar[dict[int, Any]] = {200: AssetDetailShape}
    act_methods = ("PATCH",)

    def get(self, request: Request, code: str) -> Response:
        return Response(described(code, request.user, timezone.now()))

    def get_object(self, request: Request, **kwargs: Any) -> Asset:
        return visible_asset(request.user, kwargs["code"])

    def perform(self, obj: Asset, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        changes = dict(data)
        reason = changes.pop("reason", "")
        edit_asset(obj.pk, changes=changes, reason=reason, by=by, now=now)
        return 200, described(obj.code, by, now)


class Transfer(ActEndpoint):
    """Give an asset to a colleague, named by username."""

    serializer_class = TransferBody

    def get_object(self, request: Request, **kwargs: Any) -> Asset:
        return visible_asset(request.user, kwargs["code"])

    def perform(self, obj: Asset, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        to = User.objects.active().named(data["to"], field="to")
        asset = transfer_asset(obj.pk, to=to, reason=data["reason"], by=by, now=now)
        return 200, {"code": asset.code, "owner": to.username}
