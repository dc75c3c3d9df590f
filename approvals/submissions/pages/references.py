"""The references given, and their gaps: what is answered when the authority asks for one."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from approvals.review.figures.tables import Table, as_csv
from approvals.submissions.pages.batches import SEES_BATCHES
from approvals.submissions.references import (
    AskedReferences,
    bearers_of,
    gap_before,
    gaps_in,
    heads,
    lines_of,
    references_of,
)
from config.http.pages import Page
from content.assets.enums import ReferenceStatus
from content.catalogue.enums import VisaCategory

PAGE_SIZE = 100
EXPORT_LIMIT = 20_000
PILLS = {
    ReferenceStatus.RESERVED: ("✎", "amber"),
    ReferenceStatus.USED: ("✓", "teal"),
    ReferenceStatus.BURNT: ("✕", "grey"),
}


class ReferencesPage(Page):
    """References per product, category and month; its filters are its address."""

    title = _("References")
    roles = SEES_BATCHES
    template_name = "submissions/references.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = AskedReferences.by(request.GET)
        found = references_of(self.by, asked)
        if request.GET.get("format") == "csv":
            return csv_of(found)
        shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        bearers = bearers_of(shown.object_list)
        return self.page(
            asked=asked,
            page_obj=shown,
            rows=[self.row(reference, bearers) for reference in shown.object_list],
            gaps=sum(len(gap_before(reference)) for reference in gaps_in(found)),
            burnt=found.filter(status=ReferenceStatus.BURNT).count(),
            categories=VisaCategory.values,
            months=range(1, 13),
        )

    @staticmethod
    def row(reference: Any, bearers: dict[int, Any]) -> dict[str, Any]:
        status = ReferenceStatus(reference.status)
        shape, colour = PILLS[status]
        start = reference.value.rpartition("/")[0]
        return {
            "reference": reference,
            "pill": (shape, status.label, colour),
            "version": bearers.get(reference.pk),
            "gap": [f"{start}/{number:03d}" for number in gap_before(reference)],
        }


def csv_of(found: Any) -> HttpResponse:
    """Return the references as a file to keep, the numbers never given in their place."""
    table = Table("references", str(_("References")), heads(), lines_of(found[:EXPORT_LIMIT]))
    answer = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="references.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer
