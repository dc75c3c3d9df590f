"""What lapses if a window is missed, and by when each renewal enters review."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import OWNERS, READERS_OF_ALL
from approvals.review.figures import Table, as_csv
from approvals.submissions.forecast import (
    Lapse,
    Portfolio,
    Renewal,
    horizon_of,
    lapses_if_missed,
    renewals_within,
)
from approvals.submissions.forecast.tables import (
    end_said,
    lapses_table,
    outlook_said,
    renewals_table,
)
from approvals.submissions.models import DepositWindow
from approvals.submissions.outlook import PILLS, Outlook
from config.http.pages import Page
from content.calendar import paris_day

SEES_FORECAST = (*OWNERS, *READERS_OF_ALL)
MONTHS = (3, 6, 12, 24)
USUAL_MONTHS = 12


class ForecastPage(Page):
    """What leaves the list if a window is missed; what must be renewed. Its state is its URL."""

    title = _("Forecast")
    roles = SEES_FORECAST
    template_name = "submissions/forecast.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = paris_day(self.now)
        portfolio = Portfolio.seen_by(self.by, today)
        window = chosen(portfolio.windows, request.GET.get("window", ""))
        months = months_of(request.GET.get("within", ""))
        lapses = []
        if window is not None:
            lapses = lapses_if_missed(portfolio.items, window, portfolio.windows, today)
        renewals = renewals_within(portfolio, months)
        if request.GET.get("format") == "csv":
            return self.file(request.GET.get("table", ""), lapses, renewals)
        later = [
            one
            for one in portfolio.windows
            if window and one.category == window.category and one.closes_on > window.closes_on
        ]
        return self.page(
            windows=portfolio.windows,
            window=window,
            after=later[0] if later else None,
            horizon=horizon_of(window) if window and not later else None,
            lapses=lapses,
            renewals=[self.row(one) for one in renewals],
            months=months,
            choices=MONTHS,
        )

    def file(self, table: str, lapses: list[Lapse], renewals: list[Renewal]) -> HttpResponse:
        """Return one of the two tables as a file."""
        if table == "lapses":
            return csv_answer(lapses_table(lapses))
        if table == "renewals":
            return csv_answer(renewals_table(renewals))
        raise Http404

    def row(self, renewal: Renewal) -> dict[str, Any]:
        """Return a renewal with its pill, and where its owner creates it."""
        word: Any = outlook_said(renewal)
        shape, colour = ("○", "grey") if renewal.helpless else ("▲", "amber")
        if renewal.outlook is not None:
            word, (shape, colour) = renewal.outlook.label, PILLS[renewal.outlook]
        return {
            "renewal": renewal,
            "ends": end_said(renewal.item),
            "pill": (shape, word, colour),
            "create": self.create(renewal),
            "late": renewal.outlook == Outlook.TOO_LATE,
        }

    def create(self, renewal: Renewal) -> str:
        """Return where this person creates a renewal, or nothing where they do not."""
        item = renewal.item
        asset = item.version.asset
        if item.successor or not item.is_renewable or asset.owner_id != self.by.pk:
            return ""
        return reverse("assets:new_version", args=[asset.code])


def chosen(windows: list[DepositWindow], number: str) -> DepositWindow | None:
    """Return the window that an address names, else the next one, else None."""
    by_number = {str(window.pk): window for window in windows}
    return by_number.get(number) or (windows[0] if windows else None)


def months_of(text: str) -> int:
    return int(text) if text in {str(months) for months in MONTHS} else USUAL_MONTHS


def csv_answer(table: Table) -> HttpResponse:
    """Return a table of the forecast as a file to keep."""
    answer = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="forecast-{table.name}.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer
