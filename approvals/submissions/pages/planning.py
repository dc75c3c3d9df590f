"""The planning: windows ahead, what is in time, the load, both directions of the calculation."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.review.figures import as_csv
from approvals.submissions.backward import Backward, from_window, to_be_usable_by
from approvals.submissions.calendars import missing_calendars
from approvals.submissions.durations import Routes
from approvals.submissions.load import load_ahead
from approvals.submissions.load_chart import chart_of, table_of
from approvals.submissions.models import DepositWindow
from approvals.submissions.outlook import PILLS, Outlook, windows_ahead
from approvals.submissions.planning import (
    MINE,
    Asked,
    choices_of,
    counts_of,
    outside_windows,
    without_window,
)
from approvals.submissions.planning_tables import planned_table
from approvals.submissions.policies import can_record_window
from approvals.submissions.policies.calendars import PLANNERS
from approvals.submissions.route_days import RouteCalendar
from config.http.pages import Page
from content.assets.models import Asset
from content.calendar import paris_day
from content.catalogue.enums import VisaCategory

# How many assets the field offers while one types; any other code can be typed in full.
OFFERED_ASSETS = 200


@dataclass
class Wished:
    """What the form "to be usable by…" was asked, its faults by field, and its answer."""

    asset: str = ""
    wanted: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    found: Backward | None = None
    about: Asset | None = None
    windows: list[Backward] = field(default_factory=list)


class PlanningPage(Page):
    """Which windows come, what is planned in each, whether it will be in time, and why."""

    title = gettext_lazy("Planning")
    roles = PLANNERS
    template_name = "submissions/planning.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today, routes = paris_day(self.now), Routes()
        asked = Asked.read(request.GET.dict())
        ahead = windows_ahead(self.by, today, routes=routes)
        chosen = asked.select(ahead, self.by)
        if request.GET.get("format") == "csv":
            return csv_answer(as_csv(planned_table(chosen)))
        counts = counts_of(ahead)
        calendar = RouteCalendar(routes, today)
        load = load_ahead(self.by, today, ahead, routes=routes)
        return self.page(
            asked=asked,
            rows=[replace(row, routes=calendar.of(row.window)) for row in chosen],
            none_ahead=not ahead,
            counts=[(name, number, *PILLS[name]) for name, number in counts.items() if number],
            planned=sum(counts.values()),
            choices={
                **choices_of(ahead),
                "category": VisaCategory.choices,
                "outlook": Outlook.choices,
            },
            sorts=sorts(),
            mine=MINE,
            missing=missing_calendars(today),
            may_record=can_record_window(self.by),
            unplanned=without_window(self.by, today),
            outside=outside_windows(self.by),
            load=load,
            chart=chart_of(load),
            table=table_of(load),
            wished=self._wished(request, today, routes),
            assets=Asset.objects.visible_to(self.by).order_by("title")[:OFFERED_ASSETS],
            today=today,
        )

    def _wished(self, request: HttpRequest, today: date, routes: Routes) -> Wished:
        """Answer "to be usable on this day, when does it enter review?"."""
        asset, wanted = (request.GET.get(name, "").strip()[:20] for name in ("asset", "wanted"))
        wished = Wished(asset, wanted)
        if not asset and not wanted:
            return wished
        about = Asset.objects.visible_to(self.by).filter(code=asset).with_page().first()
        if about is None:
            wished.faults["asset"] = _("No asset that you may see has this code.")
        day = _day(wanted)
        if day is None or day < today:
            wished.faults["wanted"] = _("Give a day that is not past.")
        if about is not None and day is not None and not wished.faults:
            wished.about = about
            wished.found = to_be_usable_by(about, day, today, routes=routes)
            wished.windows = [
                from_window(about, window, today, routes=routes)
                for window in DepositWindow.objects.ahead(today).filter(
                    category=wished.found.category, jurisdiction=about.jurisdiction_id
                )
            ]
        return wished


def sorts() -> list[tuple[str, Any]]:
    return [
        ("outlook", _("the most urgent first")),
        ("latest", _("by latest day")),
        ("title", _("by title")),
        ("owner", _("by owner")),
    ]


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def csv_answer(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="planning.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def planning_address() -> str:
    return reverse("submissions:windows")
