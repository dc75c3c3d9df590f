"""The page of figures: what they say in words, charts with their tables, exports."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from approvals.review.figures import TABLES, VIEWERS, Asked, Table, as_csv, figures, tables_of
from approvals.review.figures.asked import choices_for, counts_everything
from approvals.review.figures.charts import charts_of
from approvals.review.figures.tables import bottleneck_said, number, percentage
from config.http.pages import Page
from content.calendar import paris_day


class FiguresPage(Page):
    """How long review takes and where it waits, within what the person may see; state is its URL.

    An administrator gets the sums over everything, without titles nor filters by product or team.
    """

    title = _("Figures")
    roles = VIEWERS
    template_name = "review/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        address = request.GET.dict()
        asked, faults = Asked.read(address, by=self.by, today=paris_day(self.now))
        found = figures(asked, by=self.by, now=self.now)
        if address.get("format") == "csv":
            made = TABLES.get(address.get("table", ""))
            if made is None:
                raise Http404
            return csv_answer(made(found))
        context: dict[str, Any] = {
            "asked": asked,
            "faults": faults.values(),
            "found": found,
            "choices": choices_for(self.by),
            "tables": tables_of(found),
            "charts": charts_of(found),
            "bottleneck": bottleneck_said(found),
            "median": number(found.times.median),
            "p90": number(found.times.p90),
            "in_time": percentage(found.times.in_time),
            "first_pass": percentage(found.rounds.first_pass),
            "rounds_median": number(found.rounds.median),
            "rounds_p90": number(found.rounds.p90),
            "sums_only": counts_everything(self.by),
        }
        return self.page(**context)


def csv_answer(table: Table) -> HttpResponse:
    """Return a table as a file to keep."""
    answer = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="figures-{table.name}.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer
