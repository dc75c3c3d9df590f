"""What a route as edited would change for what is in preparation, and which route a case takes."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from approvals.review.models import Route
from approvals.review.routing import Candidate, Case, RouteData, candidates, fitting, replacing
from content.assets.enums import EDITABLE
from content.assets.models import AssetType, Version

# How many assets a preview names; beyond it, it says how many there are.
NAMED = 100


class Passage(NamedTuple):
    """A version in preparation and the names of its routes: now, and then ("" for none)."""

    version: str
    title: str
    before: str
    after: str


@dataclass
class Effects:
    """What would take the route, what would change route, and what would have none."""

    takes: list[Passage] = field(default_factory=list)
    changes: list[Passage] = field(default_factory=list)
    without: list[Passage] = field(default_factory=list)


def effects_of(wanted: RouteData, route: Route | None) -> Effects:
    """Return the effects of a route as it is wanted on what its owners still prepare.

    What is in review goes on along the stages that its cycle copied. Titles are told, never files.
    """
    before = candidates()
    after = replacing(before, wanted, route)
    pk = route.pk if route else 0
    found = Effects()
    memory: dict[Case, tuple[Candidate | None, Candidate | None]] = {}
    for row in _prepared():
        case = Case(
            row["asset__jurisdiction__code"],
            row["asset__nature"],
            row["asset__audience"],
            row["asset__asset_type__code"],
            row["asset__asset_type__is_component"],
        )
        if case not in memory:
            memory[case] = (chosen(case, before), chosen(case, after))
        _sort(found, row, *memory[case], pk=pk)
    return found


def _prepared() -> Any:
    versions = Version.objects.filter(state__in=EDITABLE).order_by("asset__code", "number")
    return versions.values(
        "number",
        "asset__code",
        "asset__title",
        "asset__jurisdiction__code",
        "asset__nature",
        "asset__audience",
        "asset__asset_type__code",
        "asset__asset_type__is_component",
    )


def _sort(
    found: Effects, row: Any, before: Candidate | None, after: Candidate | None, *, pk: int
) -> None:
    passage = Passage(
        f"{row['asset__code']} v{row['number']}",
        row["asset__title"],
        before.data.name if before else "",
        after.data.name if after else "",
    )
    if after is not None and after.pk == pk:
        found.takes.append(passage)
    if after is None:
        found.without.append(passage)
    elif before is None or before.pk != after.pk:
        found.changes.append(passage)


def chosen(case: Case, among: list[Candidate]) -> Candidate | None:
    """Return the route that a case takes, or None."""
    return next(iter(fitting(case, among)), None)


@dataclass
class Choice:
    """The route that a case takes, why it wins, and the ones it wins over."""

    route: Candidate | None
    why: str
    others: list[Candidate]


def choice_for(case: Case) -> Choice:
    """Say which active route a case takes, and why."""
    found = fitting(case, candidates())
    if not found:
        return Choice(
            None, _("No active route fits this case: nothing of it can be submitted."), []
        )
    first, *others = found
    return Choice(first, _why(first.data, others), others)


def _why(data: RouteData, others: list[Candidate]) -> str:
    named = [
        word
        for given, word in (
            (data.asset_type, _("the type")),
            (data.audience, _("the audience")),
            (data.nature, _("the nature")),
        )
        if given
    ]
    if not named:
        said = _("It names neither type nor audience nor nature: it fits all of its jurisdiction.")
    else:
        said = _("It names %(what)s of this case.") % {"what": ", ".join(named)}
    if others:
        return said + " " + _("It is more specific than the others that fit.")
    return said + " " + _("No other active route fits.")


def case_of_codes(jurisdiction: str, nature: str, audience: str, asset_type: str) -> Case:
    """Return the case of an asset of these codes; an unknown type is no component."""
    component = AssetType.objects.filter(code=asset_type, is_component=True).exists()
    return Case(jurisdiction, nature, audience, asset_type, component)
