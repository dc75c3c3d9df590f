"""The references given per product, category and month: reserved, used, burnt, and their gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from approvals.people.models import User
from approvals.submissions.models import PlannedDeposit
from content.access.policies import scope_of
from content.assets.models import Reference, Version
from content.calendar import paris_day
from content.catalogue.enums import VisaCategory

ORDER = ("cis", "category", "year", "month", "number")


@dataclass(frozen=True)
class AskedReferences:
    """Which references are asked for; a value that cannot be one is as if nothing was asked."""

    cis: str = ""
    category: str = ""
    year: int | None = None
    month: int | None = None

    @classmethod
    def by(cls, address: Mapping[str, str]) -> "AskedReferences":
        """Read the address's parameters."""
        cis, category = address.get("cis", "").strip(), address.get("category", "")
        return cls(
            cis=cis if _digits(cis) and len(cis) == 8 else "",
            category=category if category in VisaCategory.values else "",
            year=_number(address.get("year", ""), 2000, 2099),
            month=_number(address.get("month", ""), 1, 12),
        )

    def filters(self) -> dict[str, Any]:
        named = {"cis": self.cis, "category": self.category}
        named |= {"year": self.year or "", "month": self.month or ""}  # type: ignore[dict-item]
        return {name: value for name, value in named.items() if value}


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _number(text: str, least: int, most: int) -> int | None:
    if not _digits(text) or len(text) > 4:
        return None
    value = int(text)
    return value if least <= value <= most else None


def references_of(by: User, asked: AskedReferences) -> QuerySet[Reference]:
    """Return the references that a person may see, each with the number given before it.

    A number that somebody else's version took is no gap: the number before counts all of them.
    """
    before = (
        Reference.objects.filter(
            cis=OuterRef("cis"),
            category=OuterRef("category"),
            year=OuterRef("year"),
            month=OuterRef("month"),
            number__lt=OuterRef("number"),
        )
        .order_by("-number")
        .values("number")[:1]
    )
    found = Reference.objects.filter(**asked.filters()).annotate(
        number_before=Coalesce(Subquery(before, output_field=IntegerField()), 0)
    )
    if not scope_of(by).sees_all:
        seen = Version.objects.visible_to(by)
        planned = PlannedDeposit.objects.filter(reference=OuterRef("pk"), version__in=seen)
        carried = seen.filter(reference=OuterRef("pk"))
        found = found.filter(Q(Exists(planned)) | Q(Exists(carried)))
    return found.order_by(*ORDER)


def gaps_in(found: QuerySet[Reference]) -> QuerySet[Reference]:
    """Return the references before which a number was never given."""
    return found.filter(number__gt=F("number_before") + 1)


def gap_before(reference: Any) -> list[int]:
    """Return the numbers never given between a reference and the one before it."""
    return list(range(reference.number_before + 1, reference.number))


def bearers_of(references: Iterable[Reference]) -> dict[int, Version]:
    """Return the last version that was planned under each reference, or carries it."""
    ids = [reference.pk for reference in references]
    bearers: dict[int, Version] = {}
    plans = PlannedDeposit.objects.filter(reference__in=ids).select_related("version__asset")
    for plan in plans.order_by("planned_at", "pk"):
        bearers[plan.reference_id] = plan.version
    for version in Version.objects.filter(reference__in=ids).select_related("asset").order_by("pk"):
        assert version.reference_id is not None
        bearers.setdefault(version.reference_id, version)
    return bearers


def heads() -> list[str]:
    return [
        _("Reference"),
        _("CIS"),
        _("Category"),
        _("Month"),
        _("Status"),
        _("Version"),
        _("Why it was burnt"),
        _("Reserved on"),
    ]


def lines_of(references: Iterable[Any]) -> list[list[str]]:
    """Return each reference as words, a line for each number never given in its place."""
    listed = list(references)
    bearers = bearers_of(listed)
    lines = []
    for reference in listed:
        month = f"{reference.year}-{reference.month:02d}"
        start = reference.value.rpartition("/")[0]
        series = [reference.cis, reference.category, month]
        lines += [
            [f"{start}/{number:03d}", *series, _("never given"), "", "", ""]
            for number in gap_before(reference)
        ]
        lines.append(
            [
                reference.value,
                *series,
                str(reference.get_status_display()),
                str(bearers.get(reference.pk, "")),
                reference.burnt_reason,
                paris_day(reference.reserved_at).isoformat(),
            ]
        )
    return lines
