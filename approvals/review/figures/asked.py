"""What the figures are asked for, as their address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from approvals.people.enums import OFFICE, READERS_OF_ALL, Role
from approvals.people.models import User
from approvals.review.enums import ROUTE_ROLES
from content.access.models import Team
from content.access.policies import scope_of
from content.assets.enums import Nature
from content.assets.models import AssetType
from content.calendar import add_months
from content.catalogue.models import Product

# Each within what they see; an administrator counts everything, sums only: no title, and no filter
# by product or team, which could single one asset out.
VIEWERS = OFFICE
FIRST_DAY = date(2000, 1, 1)
TREND_MONTHS = 12
PARAMETERS = ("since", "until", "nature", "asset_type", "product", "team", "role")


@dataclass(frozen=True)
class Asked:
    """A period of Paris days, both included, and filters; an empty filter fits all."""

    since: date
    until: date
    nature: str = ""
    asset_type: str = ""
    product: str = ""
    team: str = ""
    role: str = ""

    @classmethod
    def read(
        cls, address: Mapping[str, str], *, by: User, today: date
    ) -> tuple["Asked", dict[str, str]]:
        """Read the address's parameters; what cannot be is left out, and said by its name.

        Without a period: the last twelve months, this one included. After today is today.
        """
        given = {name: address.get(name, "").strip()[:100] for name in PARAMETERS}
        faults: dict[str, str] = {}
        known = choices_for(by)
        for name in PARAMETERS[2:]:
            if given[name] and given[name] not in dict(known.get(name, ())):
                faults[name] = _("This value is not known, or not yours to ask for.")
                given[name] = ""
        until = min(_day(given, "until", faults) or today, today)
        since = _day(given, "since", faults) or first_month(until)
        if since > until:
            faults["since"] = _("The period ends before it begins.")
            since = first_month(until)
        return cls(since, until, **{name: given[name] for name in PARAMETERS[2:]}), faults

    @property
    def month(self) -> date:
        """The first day of the month in which the period ends."""
        return self.until.replace(day=1)

    @property
    def narrows(self) -> bool:
        return any(getattr(self, name) for name in PARAMETERS[2:])


def first_month(until: date) -> date:
    """Return the first day of the twelve months that end with a day's month."""
    return add_months(until.replace(day=1), 1 - TREND_MONTHS)


def counts_everything(by: User) -> bool:
    """Whether a person counts every cycle without seeing any: an administrator, sums only."""
    return by.holds(Role.ADMINISTRATOR) and not by.holds(*READERS_OF_ALL)


def choices_for(by: User) -> dict[str, list[tuple[str, Any]]]:
    """Return each filter's values and words: products and teams only within what one sees."""
    scope = scope_of(by)
    products, teams = Product.objects.order_by("name", "cis"), Team.objects.order_by("name")
    if not scope.sees_all:
        products = products.filter(pk__in=scope.product_ids)
        teams = teams.filter(pk__in=scope.team_ids)
    shown: dict[str, list[tuple[str, Any]]] = {
        "nature": list(Nature.choices),
        "asset_type": [(kind.code, str(kind)) for kind in AssetType.objects.all()],
        "role": [(str(role), Role(role).label) for role in ROUTE_ROLES],
    }
    if not counts_everything(by):
        shown["product"] = [(product.cis, str(product)) for product in products]
        shown["team"] = [(str(team.pk), str(team)) for team in teams]
    return shown


def _day(given: dict[str, str], name: str, faults: dict[str, str]) -> date | None:
    if not given[name]:
        return None
    try:
        day = parse_date(given[name])
    except ValueError:
        day = None
    if day is None or day < FIRST_DAY:
        faults[name] = _("A day is written 2026-04-24, and not before the year 2000.")
        return None
    return day
