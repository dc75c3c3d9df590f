"""The list of assets: what it is asked, what it shows, and its export."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from approvals.desk.path import holders_of
from approvals.people.models import User
from content.assets.enums import Audience, Nature, State
from content.assets.models import Asset, Version

# Spreadsheets take a cell that begins so for a formula (SECURITY.md, attack 11).
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
EXPORT_LIMIT = 5000
HEADS = (
    _("Code"),
    _("Title"),
    _("Type"),
    _("Nature"),
    _("Audience"),
    _("Products"),
    _("Version"),
    _("State"),
    _("Who has it"),
    _("Owner"),
)


@dataclass(frozen=True)
class Asked:
    """What a list's address asks for; unknown values are as if nothing was asked."""

    q: str = ""
    state: str = ""
    nature: str = ""
    audience: str = ""
    product: str = ""
    mine: str = ""

    @classmethod
    def by(cls, address: Mapping[str, str]) -> "Asked":
        """Read the address's parameters."""
        given = {field.name: address.get(field.name, "").strip()[:100] for field in fields(cls)}
        choices = {"state": State.values, "nature": Nature.values, "audience": Audience.values}
        for name, known in choices.items():
            if given[name] not in known:
                given[name] = ""
        return cls(**given)

    @property
    def narrows(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def found(asked: Asked, by: User) -> QuerySet[Asset]:
    """Return the assets that a person may see and that fit what was asked."""
    latest = Version.objects.filter(asset=OuterRef("pk")).order_by("-number")
    assets: Any = Asset.objects.visible_to(by).with_page()
    assets = assets.annotate(latest=Subquery(latest.values("pk")[:1]))
    if asked.q:
        assets = assets.matching(asked.q)
    if asked.state:
        assets = assets.annotate(latest_state=Subquery(latest.values("state")[:1]))
        assets = assets.filter(latest_state=asked.state)
    if asked.nature:
        assets = assets.filter(nature=asked.nature)
    if asked.audience:
        assets = assets.filter(audience=asked.audience)
    if asked.product:
        assets = assets.filter(products__cis=asked.product)
    if asked.mine:
        assets = assets.filter(owner=by)
    return assets.distinct().order_by("-created_at", "-pk")


def with_latest(assets: Iterable[Any]) -> list[Any]:
    """Put on each asset its latest version and who has it, in a constant number of queries."""
    rows = list(assets)
    versions = Version.objects.with_asset().in_bulk([asset.latest for asset in rows])
    holders = holders_of(versions.values())
    for asset in rows:
        asset.version = versions.get(asset.latest)
        asset.holder = holders.get(asset.latest)
    return rows


def as_csv(assets: Iterable[Any]) -> HttpResponse:
    """Return the rows as a file that a spreadsheet opens, formulas made harmless."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="assets.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([str(head) for head in HEADS])
    for asset in assets:
        version = asset.version
        cells = (
            asset.code,
            asset.title,
            asset.asset_type,
            asset.get_nature_display(),
            asset.get_audience_display(),
            ", ".join(product.name for product in asset.products.all()),
            version.number if version else "",
            version.get_state_display() if version else "",
            asset.holder or "",
            asset.owner,
        )
        writer.writerow([harmless(str(cell)) for cell in cells])
    return response


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_MARKS) else cell
