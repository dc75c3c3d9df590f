"""Read what ends, and what is ready to follow, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from approvals.people.models import User
from approvals.submissions.backward import ONE_DAY
from approvals.submissions.durations import (
    CORRECTION_DAYS,
    PREPARATION_DAYS,
    Routes,
    days_of,
    release_days,
)
from approvals.submissions.enums import DossierState
from approvals.submissions.evaluation import evaluation_end_outside
from approvals.submissions.forecast.items import FORESEEN, Item
from approvals.submissions.models import DepositWindow, Dossier, PlannedDeposit
from approvals.submissions.progress import progress_of
from content.assets.enums import EDITABLE, IN_USE, ChangeKind, LimitCode, State
from content.assets.models import Asset, Period, Version
from content.calendar import paris_day, working_days_between
from content.catalogue.models import VisaRule

# What may follow a version: not what ended, nor what is in use already.
FOLLOWING = (
    *EDITABLE,
    State.IN_REVIEW,
    State.APPROVED,
    State.IN_BATCH,
    State.DEPOSITED,
    State.CLEARED,
)


@dataclass(frozen=True)
class Portfolio:
    """What ends of all that is read, and the windows of today or later."""

    items: list[Item]
    windows: list[DepositWindow]
    today: date

    @classmethod
    def seen_by(cls, user: User, today: date) -> "Portfolio":
        """Read what a person may see."""
        return cls.of(Version.objects.visible_to(user), today)

    @classmethod
    def ending_by(cls, day: date, today: date) -> "Portfolio":
        """Read every piece that ends, or of which a version ends, by a day."""
        held = Q(state__in=(*IN_USE, State.CLEARED))
        near = Q(expires_on__lte=day) | Q(asset__products__authorisation_ends_on__lte=day)
        ends = Q(periods__replaced_at__isnull=True, periods__ends_on__lte=day)
        assets = Version.objects.filter(held & (near | ends)).values("asset")
        return cls.of(Version.objects.filter(asset__in=assets), today)

    @classmethod
    def of(cls, versions: Any, today: date) -> "Portfolio":
        """Read what ends of some versions, what ends first before the others."""
        reader = _Reader(versions, today)
        items = sorted(reader.items(), key=lambda one: (one.ends_on, one.version.pk))
        return cls(items, list(DepositWindow.objects.ahead(today)), today)

    @property
    def endings(self) -> list[Item]:
        """What ends with nothing usable after it: one item a piece at most."""
        return [item for item in self.items if item.taken_over_on is None]


class _Reader:
    def __init__(self, versions: Any, today: date) -> None:
        self.today = today
        states = (*IN_USE, *FOLLOWING)
        rows = (
            Version.objects.filter(pk__in=versions.filter(state__in=states).values("pk"))
            .with_asset()
            .prefetch_related("asset__products")
            .order_by("asset_id", "number")
        )
        self.by_asset: dict[int, list[Version]] = defaultdict(list)
        for version in rows:
            self.by_asset[version.asset_id].append(version)
        ids = [version.pk for several in self.by_asset.values() for version in several]
        self.periods: dict[int, list[Period]] = defaultdict(list)
        for period in Period.objects.current().filter(version__in=ids, ends_on__gt=today):
            self.periods[period.version_id].append(period)
        plans = PlannedDeposit.objects.current().filter(version__in=ids)
        self.plans = {plan.version_id: plan for plan in plans.select_related("window")}
        deposited = Dossier.objects.filter(version__in=ids, state=DossierState.DEPOSITED)
        self.dossiers = {
            dossier.version_id: dossier for dossier in deposited.select_related("batch__window")
        }
        self.routes = Routes()
        reviewed = [
            version
            for several in self.by_asset.values()
            for version in several
            if version.state == State.IN_REVIEW
        ]
        self.progress = progress_of(reviewed, self.routes)
        self.categories = {
            (rule.jurisdiction_id, rule.nature, rule.audience): str(rule.category)
            for rule in VisaRule.objects.all()
        }

    def items(self) -> Iterable[Item]:
        for versions in self.by_asset.values():
            yield from self._of_asset(versions)

    def _of_asset(self, versions: list[Version]) -> Iterable[Item]:
        spans = [(period, version) for version in versions for period in self.periods[version.pk]]
        for period, version in spans:
            if any(one.starts_on <= period.ends_on < one.ends_on for one, _ in spans):
                continue  # Another one goes on, without a gap.
            later = [one.starts_on for one, _ in spans if one.starts_on > period.ends_on]
            if period.limited_by in (*FORESEEN, LimitCode.SUPERSEDED):
                taken_over = min(later, default=None)
                yield self._item(
                    version, versions, period.ends_on, period.limited_by, taken_over_on=taken_over
                )
        if not spans:
            yield from self._unlisted(versions)

    def _unlisted(self, versions: list[Version]) -> Iterable[Item]:
        """What is suspended, or cleared and not released: its visa runs all the same."""
        held = [one for one in versions if one.state in IN_USE and one.expires_on]
        held = held or [one for one in versions if one.state == State.CLEARED and one.expires_on]
        for version in held[-1:]:
            until = _authorised_until(version.asset)
            ends_on = min(day for day in (version.expires_on, until) if day is not None)
            ended = until is not None and ends_on == until
            limit = LimitCode.AUTHORISATION_ENDED if ended else LimitCode.EXPIRED
            if ends_on > self.today:
                yield self._item(version, versions, ends_on, limit, listed=False)

    def _item(
        self,
        version: Version,
        versions: list[Version],
        ends_on: date,
        limited_by: str,
        *,
        listed: bool = True,
        taken_over_on: date | None = None,
    ) -> Item:
        following = [one for one in versions if one.number > version.number and _follows(one)]
        successor = following[-1] if following else None
        plan = self.plans.get(successor.pk) if successor else None
        stages = self.routes.stages(version.asset)
        category = self._category(version, successor)
        days = days_of(stages) + (0 if category else release_days(stages))
        return Item(
            version=version,
            ends_on=ends_on,
            limited_by=LimitCode.EXPIRED if limited_by == LimitCode.SUPERSEDED else limited_by,
            category=category,
            listed=listed,
            review_days=days,
            days_needed=self._days_needed(successor, days, category),
            successor=successor,
            window=plan.window if plan else None,
            settled_on=self._settled_on(successor, plan, category),
            taken_over_on=taken_over_on,
            authorised_until=_authorised_until(version.asset),
        )

    def _category(self, version: Version, successor: Version | None) -> str:
        """Return the visa that a renewal needs: what its successor says, else the rules."""
        if successor is not None:
            return successor.visa_category if successor.needs_visa else ""
        asset = version.asset
        if asset.asset_type.is_component:
            return ""
        return self.categories.get((asset.jurisdiction_id, asset.nature, asset.audience), "")

    def _days_needed(self, successor: Version | None, days: int, category: str) -> int:
        """Return the working days left before a closing (or a first day of use, without visa)."""
        preparation = PREPARATION_DAYS if category else 0
        if successor is None or successor.state in EDITABLE:
            return days + (preparation + CORRECTION_DAYS if category else 0)
        if successor.state == State.IN_REVIEW:
            passes_on = self.progress[successor.pk].passes_on(self.today)
            return preparation + working_days_between(self.today, passes_on)
        return 0

    def _settled_on(
        self, successor: Version | None, plan: PlannedDeposit | None, category: str
    ) -> date | None:
        """Return the day from which a successor may be used that waits for no window any more."""
        if successor is None:
            return None
        if successor.state == State.CLEARED or (successor.state == State.APPROVED and not category):
            return self.today
        dossier = self.dossiers.get(successor.pk)
        if dossier is not None and dossier.deposited_at is not None:
            received_on = paris_day(dossier.deposited_at)
            ends_on = dossier.evaluation_ends_on or evaluation_end_outside(received_on)
            return ends_on + ONE_DAY
        if plan is not None and plan.window is None:
            # R.5122-2-1: outside the windows, two months after the day planned.
            return evaluation_end_outside(max(plan.planned_on, self.today)) + ONE_DAY
        return None


def _follows(version: Version) -> bool:
    """Whether a version prepared a new visa; a minor modification keeps the old one's end."""
    return version.state in FOLLOWING and version.change_kind != ChangeKind.MINOR_MODIFICATION


def _authorised_until(asset: Asset) -> date | None:
    days = [product.authorisation_ends_on for product in asset.products.all()]
    return min((day for day in days if day is not None), default=None)
