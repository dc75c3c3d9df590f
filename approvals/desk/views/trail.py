"""The evidence: the trail searched, read and handed over, and whether it holds."""

import csv
import json
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from approvals.audit import InvalidInput
from approvals.audit.models import AuditCheckpoint, AuditEvent
from approvals.desk.act_words import WORDS
from approvals.desk.actions import record_trail_export
from approvals.desk.dashboard import evidence
from approvals.desk.listing import harmless
from approvals.desk.policies import TRAIL_READERS
from approvals.desk.trail import FILTERS, Told, events_asked, in_words
from config.http.pages import Page

PAGE_SIZE = 50
EXPORTED_TOGETHER = 500
CHECKPOINTS = 5
SORTS = {"new": "-seq", "old": "seq"}
HEADS = (
    *("seq", "at", "act", "act_words", "username", "name", "role", "reason"),
    *("details", "changes", "prev_hash", "hash"),
)


def filters_of(address: QueryDict) -> dict[str, str]:
    """Return what an address asks of the trail, without what is empty."""
    given = {name: address.get(name, "").strip().replace("\x00", "")[:200] for name in FILTERS}
    return {name: value for name, value in given.items() if value}


class TrailPage(Page):
    """Every act of the house, searched and in words; above it, whether the chain holds."""

    title = _("Audit trail")
    roles = TRAIL_READERS
    template_name = "desk/trail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = filters_of(request.GET)
        sort = request.GET.get("sort", "")
        events, errors = self._found(asked)
        order = SORTS.get(sort, SORTS["new"])
        page = Paginator(events.order_by(order), PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page(
            status=400 if errors else 200,
            asked=asked,
            sort=sort if sort in SORTS else "new",
            errors=errors,
            page_obj=page,
            events=in_words(page.object_list),
            kinds=sorted(((kind, str(said)) for kind, said in WORDS.items()), key=itemgetter(1)),
            status_lines=evidence.card(self.now).lines,
            checkpoints=AuditCheckpoint.objects.order_by("-seq")[:CHECKPOINTS],
        )

    def _found(self, asked: dict[str, str]) -> tuple[Any, list[str]]:
        try:
            return events_asked(asked), []
        except InvalidInput as error:
            return AuditEvent.objects.none(), [
                str(one) for one in error.errors.values() for one in one
            ]


class TrailExport(Page):
    """Hand over what the trail's page shows, as CSV or JSON; that it was done is in the trail."""

    roles = TRAIL_READERS

    def post(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        asked = filters_of(request.POST)
        file_format = "json" if request.POST.get("format") == "json" else "csv"
        try:
            events = events_asked(asked)
        except InvalidInput as error:
            return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
        last = AuditEvent.objects.order_by("seq").values_list("seq", flat=True).last() or 0
        events = events.filter(seq__lte=last)
        record_trail_export(
            filters=asked, file_format=file_format, count=events.count(), by=self.by, now=self.now
        )
        write, kind = WRITERS[file_format]
        response = StreamingHttpResponse(
            write(_told(events), translation.get_language() or "fr"), content_type=kind
        )
        response["Content-Disposition"] = f'attachment; filename="audit.{file_format}"'
        return response


def _told(events: Any) -> Iterator[Told]:
    """Yield events in words, oldest first, some hundreds at a time."""
    since = 0
    while rows := list(events.filter(seq__gt=since).order_by("seq")[:EXPORTED_TOGETHER]):
        yield from in_words(rows)
        since = rows[-1].seq


def _row(told: Told) -> dict[str, Any]:
    event: Any = told.event
    return {
        "seq": event.seq,
        "at": event.recorded_at.isoformat(),
        "act": event.kind,
        "act_words": told.act,
        "username": event.actor.username,
        "name": str(event.actor),
        "role": event.told["role"],
        "reason": told.reason,
        "details": event.told["details"],
        "changes": event.told["changes"],
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }


class _Line:
    """What ``csv.writer`` writes into: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(told: Iterable[Told], language: str) -> Iterator[str]:
    """Yield the lines of a file that a spreadsheet opens, formulas made harmless."""
    writer: Any = csv.writer(_Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(HEADS)
    with translation.override(language):
        for one in told:
            yield writer.writerow([harmless(_cell(value)) for value in _row(one).values()])


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_json(told: Iterable[Told], language: str) -> Iterator[str]:
    """Yield one JSON list, an event a line, each with the exact text that was hashed."""
    before = "[\n"
    with translation.override(language):
        for one in told:
            row = _row(one) | {"payload": one.event.payload}
            yield before + json.dumps(row, ensure_ascii=False)
            before = ",\n"
    yield ("[" if before == "[\n" else "\n") + "]\n"


WRITERS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
}
