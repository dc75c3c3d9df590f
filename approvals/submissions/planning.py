"""What the planning page is asked for, and what it answers: windows, counts, what has none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from approvals.people.models import User
from approvals.submissions.models import PlannedDeposit
from approvals.submissions.outlook import WORST_FIRST, Outlook, PlannedRow, WindowRow, shown_plans
from content.assets.enums import PLANNABLE, ChangeKind
from content.assets.models import Version
from content.calendar import day_in_words
from content.catalogue.enums import VisaCategory

SORTS = ("outlook", "latest", "title", "owner")
MINE = "mine"


@dataclass(frozen=True)
class Asked:
    """What the address asks for; unknown values are as if nothing was asked."""

    category: str = ""
    product: str = ""
    owner: str = ""
    outlook: str = ""
    sort: str = "outlook"

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "Asked":
        given = {one.name: address.get(one.name, "").strip()[:100] for one in fields(cls)}
        known = {
            "category": VisaCategory.values,
            "outlook": Outlook.values,
            "sort": SORTS,
        }
        for name, values in known.items():
            if given[name] not in values:
                given[name] = getattr(cls, name)
        return cls(**given)

    @property
    def narrows(self) -> bool:
        return bool(self.category or self.product or self.owner or self.outlook)

    @property
    def by_version(self) -> bool:
        """Whether it narrows the versions, so that a window without any says nothing."""
        return bool(self.product or self.owner or self.outlook)

    def fits(self, row: PlannedRow, by: User) -> bool:
        asset = row.plan.version.asset
        owner = str(by.pk) if self.owner == MINE else self.owner
        return (
            (not self.product or self.product in {one.cis for one in asset.products.all()})
            and (not owner or owner == str(asset.owner_id))
            and (not self.outlook or self.outlook == row.outlook)
        )

    def select(self, rows: Iterable[WindowRow], by: User) -> list[WindowRow]:
        """Return the windows and lines that fit, sorted."""
        chosen = []
        for row in rows:
            if self.category and row.window.category != self.category:
                continue
            planned = [one for one in row.planned if self.fits(one, by)]
            if planned or not self.by_version:
                chosen.append(replace(row, planned=sorted(planned, key=self._key)))
        return chosen

    def _key(self, row: PlannedRow) -> tuple[Any, ...]:
        asset = row.plan.version.asset
        latest = row.act_by or row.judgement.passes_on or date.max
        first: dict[str, Any] = {
            "outlook": WORST_FIRST.index(row.outlook),
            "latest": latest,
            "title": asset.title.casefold(),
            "owner": str(asset.owner).casefold(),
        }
        return (first[self.sort], latest, asset.title.casefold(), row.plan.pk)


def counts_of(rows: Iterable[WindowRow]) -> dict[Outlook, int]:
    """Return how many planned versions are too late, at risk and on track."""
    found = [one.outlook for row in rows for one in row.planned]
    return {outlook: found.count(outlook) for outlook in WORST_FIRST}


def choices_of(rows: Iterable[WindowRow]) -> dict[str, list[tuple[str, str]]]:
    """Return the products and owners of what is planned, to filter by."""
    assets = [one.plan.version.asset for row in rows for one in row.planned]
    products = {one.cis: str(one) for asset in assets for one in asset.products.all()}
    owners = {str(asset.owner_id): str(asset.owner) for asset in assets}
    return {
        "product": sorted(products.items(), key=lambda pair: pair[1].casefold()),
        "owner": sorted(owners.items(), key=lambda pair: pair[1].casefold()),
    }


@dataclass(frozen=True)
class Unplanned:
    """A version that needs a window and has none, and which one it missed."""

    version: Version
    missed: PlannedDeposit | None
    may_plan: bool

    def __str__(self) -> str:
        if self.missed is None or self.missed.window is None:
            return _("No window was planned yet.")
        return _(
            "It missed the window that closed on %(day)s; its reference was %(reference)s."
        ) % {
            "day": day_in_words(self.missed.window.closes_on),
            "reference": self.missed.reference.value,
        }


def without_window(by: User, day: date) -> list[Unplanned]:
    """Return the versions in preparation that need a visa and are planned for nothing ahead."""
    ahead = PlannedDeposit.objects.current().filter(version=OuterRef("pk"))
    ahead = ahead.exclude(window__closes_on__lt=day)
    versions = (
        Version.objects.visible_to(by)
        .filter(state__in=PLANNABLE, needs_visa=True)
        .exclude(change_kind=ChangeKind.MINOR_MODIFICATION)
        .filter(~Exists(ahead))
        .with_asset()
        .order_by("asset__title", "pk")
    )
    found = list(versions)
    plans = PlannedDeposit.objects.filter(version__in=found, window__closes_on__lt=day)
    last: dict[int, PlannedDeposit] = {}
    for plan in plans.select_related("window", "reference").order_by("planned_at", "pk"):
        last[plan.version_id] = plan
    return [
        Unplanned(version, last.get(version.pk), version.asset.owner_id == by.pk)
        for version in found
    ]


def outside_windows(by: User) -> list[PlannedDeposit]:
    """Return what is planned outside the windows, under R.5122-2-1."""
    return list(shown_plans(by).filter(window__isnull=True))
