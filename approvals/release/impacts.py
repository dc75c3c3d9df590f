"""What an impact list concerns, what still waits in it, and what was decided and is not done."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.people.models import User
from approvals.release.enums import (
    ONLY_ONCE_CLEARED,
    OWED_BY_OWNER,
    STILL_EDITED,
    TO_DECIDE,
    ImpactOutcome,
)
from approvals.release.models import ImpactDecision, ImpactList
from content.assets.enums import WITHDRAWABLE, Cause, State
from content.assets.models import Dependency, Interruption, Version
from content.assets.validity.facts import regulated_metadata
from content.catalogue.models import Product, SourceDocument


@dataclass(frozen=True)
class Concerned:
    """One version of an impact list, with the decision on it where there is one."""

    version: Version
    decision: ImpactDecision | None
    # Still in its owner's hands: the newer source can be cited, nothing is to be decided.
    still_edited: bool
    withdrawal_owed: bool

    @property
    def waits(self) -> bool:
        return self.decision is None and not self.still_edited


def concerned_by(impact: ImpactList) -> QuerySet[Version]:
    """Return the versions that repeat what changed, in use or on their way, by id."""
    if impact.document is None:
        found = Q(impact_items__impact=impact)
    else:
        earlier = SourceDocument.objects.earlier_than(impact.document)
        citing = Dependency.objects.filter(document__in=earlier)
        found = Q(pk__in=citing.values("dependent"))
    versions = Version.objects.filter(found, state__in=(*STILL_EDITED, *TO_DECIDE))
    return versions.with_asset().order_by("pk")


def to_decide(impact: ImpactList) -> QuerySet[Version]:
    """Return the versions that wait for the pharmacist's decision, by id."""
    decided = impact.decisions.values("version")
    return concerned_by(impact).filter(state__in=TO_DECIDE).exclude(pk__in=decided)


def lines_of(impact: ImpactList, user: User) -> list[Concerned]:
    """Return a list's versions as a person may see them: waiting, decided, still edited."""
    rows = impact.decisions.select_related("version", "decided_by", "signature")
    decisions = {row.version_id: row for row in rows}
    # What was decided stays on the list, whatever became of it since.
    ids = {*concerned_by(impact).values_list("pk", flat=True), *decisions}
    versions = Version.objects.visible_to(user).filter(pk__in=ids).with_asset().order_by("pk")
    owed = set(withdrawals_owed().filter(impact=impact).values_list("version_id", flat=True))
    lines = [
        Concerned(
            version,
            decisions.get(version.pk),
            version.state in STILL_EDITED,
            version.pk in owed,
        )
        for version in versions
    ]
    return sorted(lines, key=lambda line: (not line.waits, line.still_edited, line.version.pk))


def outcomes_for(version: Version) -> list[ImpactOutcome]:
    """Return what can be decided for a version where it stands (DOMAIN.md §3)."""
    cleared = version.state in WITHDRAWABLE
    return [one for one in ImpactOutcome if cleared or one not in ONLY_ONCE_CLEARED]


def repeating(product: Product) -> list[int]:
    """Return the versions whose frozen metadata name a product, in use or on their way, by id."""
    named = Version.objects.ever_naming([product.pk]).filter(state__in=TO_DECIDE)
    frozen = regulated_metadata(list(named.values_list("pk", flat=True)))
    return sorted(pk for pk, data in frozen.items() if product.cis in data.get("products", []))


def owed_by(owner: User) -> QuerySet[ImpactDecision]:
    """Return what an owner has to prepare and has not begun: version n+1, the oldest first."""
    return _owed().filter(version__asset__owner=owner)


def _owed() -> QuerySet[ImpactDecision]:
    later = Version.objects.filter(
        asset=OuterRef("version__asset"), number__gt=OuterRef("version__number")
    ).exclude(state=State.CANCELLED)
    decisions = ImpactDecision.objects.filter(
        ~Exists(later), outcome__in=OWED_BY_OWNER, version__state__in=TO_DECIDE
    )
    return decisions.select_related("impact__product", "version__asset").order_by("decided_at")


def withdrawals_owed() -> QuerySet[ImpactDecision]:
    """Return the withdrawals that were decided and not signed yet, the oldest first."""
    signed = Interruption.objects.not_lifted().filter(
        version=OuterRef("version"),
        cause__in=(Cause.WITHDRAWN, Cause.AUTHORITY_WITHDRAWN),
    )
    decisions = ImpactDecision.objects.filter(
        ~Exists(signed), outcome=ImpactOutcome.WITHDRAW, version__state__in=WITHDRAWABLE
    )
    return decisions.select_related("impact__product", "version__asset").order_by("decided_at")


def falling_due(day: date, horizon: date) -> QuerySet[ImpactList]:
    """Return the lists that are due between two days and in which something waits."""
    lists = ImpactList.objects.waiting().filter(deadline__gte=day, deadline__lte=horizon)
    return lists.with_page().order_by("deadline", "pk")


def overdue(day: date) -> QuerySet[ImpactList]:
    """Return the lists whose deadline is past and in which something still waits."""
    lists = ImpactList.objects.waiting().filter(deadline__lt=day)
    return lists.with_page().order_by("deadline", "pk")
