"""The batches: where each stands, what its dossiers are, how long is left."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.people.models import User
from approvals.review.figures import Table, as_csv
from approvals.submissions.completeness import missing_in
from approvals.submissions.enums import BatchState, DossierState
from approvals.submissions.models import Batch, Dossier
from approvals.submissions.pages.batches import DOSSIER_PILLS, SEES_BATCHES, pill_of
from approvals.submissions.policies import can_batch
from config.http.pages import Page
from content.calendar import day_in_words, paris_day, working_days_between
from content.catalogue.enums import VisaCategory

PAGE_SIZE = 50
EXPORT_LIMIT = 5000
# What is neither closed nor cancelled.
UNDER_WAY = "under_way"
OPEN_STATES = (BatchState.PREPARING, BatchState.FROZEN)


@dataclass(frozen=True)
class BatchRow:
    """One batch with its dossiers by state; ``incomplete``: those that still owe something."""

    batch: Batch
    counts: dict[str, int]
    incomplete: int
    today: date

    @property
    def pill(self) -> tuple[str, Any, str]:
        return pill_of(self.batch)

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def dossier_pills(self) -> list[tuple[str, Any, str, int]]:
        """Shape, word, colour and number of each state, in the order of the lifecycle."""
        return [
            (shape, DossierState(state).label, colour, self.counts[state])
            for state, (shape, colour) in DOSSIER_PILLS.items()
            if self.counts.get(state)
        ]

    @property
    def is_late(self) -> bool:
        """Whether its window closed before everything was deposited."""
        return self.batch.state in OPEN_STATES and not self.batch.window_is_open(self.today)

    @property
    def left(self) -> str:
        """Say how long is left: to the closing, then to the end of the evaluation."""
        window = self.batch.window
        if window is None:
            return _("outside the windows")
        if self.batch.state in OPEN_STATES:
            return self._to_closing(window.closes_on)
        if self.batch.state == BatchState.DEPOSITED:
            return self._to_evaluation(window.evaluation_ends_on)
        return ""

    def _to_closing(self, closes_on: date) -> str:
        if self.is_late:
            return _("the window closed")
        if closes_on == self.today:
            return _("closes today, 23:59 Paris time")
        left = working_days_between(self.today, closes_on)
        return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}

    def _to_evaluation(self, ends_on: date) -> str:
        if ends_on < self.today:
            return _("evaluation ended on %(day)s") % {"day": day_in_words(ends_on)}
        return _("evaluation until %(day)s") % {"day": day_in_words(ends_on)}


def batches_seen(by: User, state: str, category: str) -> QuerySet[Batch]:
    """Return the batches that a person may see and that fit the filters, the newest first."""
    seen: Any = Batch.objects.filter(pk__in=Batch.objects.visible_to(by).values("pk"))
    if state == UNDER_WAY:
        seen = seen.under_way()
    elif state:
        seen = seen.filter(state=state)
    if category:
        seen = seen.filter(category=category)
    found: QuerySet[Batch] = seen.select_related("window").order_by("-pk")
    return found


def rows_for(batches: Sequence[Batch], by: User, today: date) -> list[BatchRow]:
    """Return batches with their dossiers counted, in a constant number of queries."""
    dossiers = Dossier.objects.visible_to(by).filter(batch__in=[batch.pk for batch in batches])
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in dossiers.values("batch_id", "state").annotate(n=Count("pk")).order_by():
        counts[row["batch_id"]][row["state"]] = row["n"]
    incomplete = _incomplete(batches, dossiers)
    return [BatchRow(batch, counts[batch.pk], incomplete[batch.pk], today) for batch in batches]


def _incomplete(batches: Collection[Batch], dossiers: Any) -> dict[int, int]:
    """Count what still owes something, in the batches that are being prepared."""
    preparing = [batch.pk for batch in batches if batch.state == BatchState.PREPARING]
    found: dict[int, int] = defaultdict(int)
    for dossier in dossiers.filter(batch__in=preparing).preparing().with_page():
        found[dossier.batch_id] += bool(missing_in(dossier))
    return found


def table_of(rows: Sequence[BatchRow]) -> Table:
    """Return the list for a spreadsheet: one column for each state of a dossier."""
    heads = [
        *(_("Batch"), _("Category"), _("Opens"), _("Closes"), _("State"), _("Days left")),
        *(_("Dossiers"), _("Incomplete")),
        *(str(DossierState(state).label) for state in DOSSIER_PILLS),
    ]
    cells = []
    for row in rows:
        window = row.batch.window
        days = (window.opens_on, window.closes_on) if window else ("", "")
        numbers = (row.count, row.incomplete, *(row.counts.get(one, 0) for one in DOSSIER_PILLS))
        words = (row.batch.pk, row.batch.category, *days, row.pill[1], row.left)
        cells.append([str(cell) for cell in (*words, *numbers)])
    return Table("batches", _("Batches"), heads, cells, texts=6)


class BatchesPage(Page):
    title = gettext_lazy("ANSM deposits")
    roles = SEES_BATCHES
    template_name = "submissions/batches.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        state, category = request.GET.get("state", ""), request.GET.get("category", "")
        state = state if state in (UNDER_WAY, *BatchState.values) else ""
        category = category if category in VisaCategory.values else ""
        batches = batches_seen(self.by, state, category)
        today = paris_day(self.now)
        if request.GET.get("format") == "csv":
            return self.file(rows_for(list(batches[:EXPORT_LIMIT]), self.by, today))
        shown = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page(
            page_obj=shown,
            rows=rows_for(list(shown), self.by, today),
            may_create=can_batch(self.by),
            state=state,
            category=category,
            narrows=bool(state or category),
            states=[(UNDER_WAY, _("Under way")), *BatchState.choices],
            categories=VisaCategory.choices,
        )

    @staticmethod
    def file(rows: Sequence[BatchRow]) -> HttpResponse:
        """Return the list as a file."""
        answer = HttpResponse(as_csv(table_of(rows)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="batches.csv"'
        answer["Cache-Control"] = "private, no-cache"
        return answer
