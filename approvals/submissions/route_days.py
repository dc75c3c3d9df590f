"""The latest day to enter review for a window, for each route that its category takes."""

from dataclasses import dataclass, field
from datetime import date

from approvals.review.enums import Condition
from approvals.review.routing import Case, RouteData, fitting
from approvals.submissions.backward import enter_review_by
from approvals.submissions.durations import Routes
from approvals.submissions.models import DepositWindow
from content.assets.models import AssetType
from content.calendar import working_days_between
from content.catalogue.models import VisaRule


@dataclass(frozen=True)
class RouteDay:
    """A route with its working days and its latest day; ``longest`` with every conditional task."""

    name: str
    asset_type: str
    days: int
    enter_by: date
    left: int
    longest: int
    longest_by: date

    @property
    def is_past(self) -> bool:
        return self.left < 0

    @property
    def varies(self) -> bool:
        return self.longest != self.days


@dataclass
class RouteCalendar:
    """The latest days of every window of a page, with what they need read once."""

    routes: Routes
    today: date
    cases: dict[tuple[int, str], list[tuple[str, str, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in VisaRule.objects.select_related("jurisdiction"):
            key = (rule.jurisdiction_id, rule.category)
            case = (rule.jurisdiction.code, rule.nature, rule.audience)
            self.cases.setdefault(key, []).append(case)
        kinds = AssetType.objects.filter(is_component=False)
        self.names = {kind.code: str(kind) for kind in kinds}

    def of(self, window: DepositWindow) -> list[RouteDay]:
        """Return the latest day of each route that something of the window's category takes."""
        taken: dict[int, RouteData] = {}
        for jurisdiction, nature, audience in self.cases.get(
            (window.jurisdiction_id, window.category), []
        ):
            for kind in ("", *self.names):
                case = Case(jurisdiction, nature, audience, kind, is_component=False)
                taken.update({one.pk: one.data for one in fitting(case, self.routes.among)[:1]})
        found = [
            _day_of(data, self.names.get(data.asset_type, ""), window, self.today)
            for data in taken.values()
        ]
        return sorted(found, key=lambda one: (one.asset_type != "", one.asset_type, one.name))


def _day_of(data: RouteData, asset_type: str, window: DepositWindow, today: date) -> RouteDay:
    days, longest = _days(data, always=True), _days(data, always=False)
    enter_by = enter_review_by(window.closes_on, days)
    left = working_days_between(today, enter_by)
    if today > enter_by:
        left = min(left, -1)
    return RouteDay(
        data.name,
        asset_type,
        days,
        enter_by,
        left,
        longest,
        enter_review_by(window.closes_on, longest),
    )


def _days(data: RouteData, *, always: bool) -> int:
    return sum(
        max(
            (task.due_days for task in stage if not always or task.condition == Condition.ALWAYS),
            default=0,
        )
        for stage in data.stages
    )
