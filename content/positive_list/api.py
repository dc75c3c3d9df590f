"""The lists and the status of one piece over the API, scoped to who asks."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from approvals.audit import InvalidInput
from config.http.api import PAGING, ReadEndpoint, UtcDateTimeField
from content.access.policies import Scope
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.enums import DocumentKind
from content.catalogue.models import Product, SourceDocument
from content.positive_list.asked import (
    MAX_PAGE_SIZE,
    PAGE_SIZE,
    PARAMETERS,
    Asked,
    asked,
    moment,
    read_day,
)
from content.positive_list.documents import FORMATS
from content.positive_list.enums import ChangeKind, View
from content.positive_list.feed import Change, began, cursor_of, page_after, walk_of
from content.positive_list.queries import Page, Row, scope_for
from content.positive_list.status import Status, status


class ReplacementShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    number = serializers.IntegerField()


class RowShape(serializers.Serializer[Any]):
    """One line of a list, for the schema: a page writes ``line_of`` itself, four times faster."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    asset_type = serializers.CharField()
    audience = serializers.CharField()
    nature = serializers.CharField()
    products = serializers.ListField(child=serializers.CharField())
    product_names = serializers.ListField(child=serializers.CharField())
    reference = serializers.CharField()
    usable_from = serializers.DateField()
    last_usable_day = serializers.DateField()


class NegativeRowShape(RowShape):
    """One line of the negative list: why, since when, what instead."""

    reason = serializers.CharField()
    reason_text = serializers.CharField()
    since = serializers.DateField()
    replaced_by = ReplacementShape(allow_null=True)


def line_of(row: Row) -> dict[str, Any]:
    """Return a row as ``RowShape`` says."""
    return {
        "id": row.version,
        "code": row.code,
        "number": row.number,
        "title": row.title,
        "asset_type": row.asset_type,
        "audience": row.audience,
        "nature": row.nature,
        "products": [product["cis"] for product in row.products],
        "product_names": [product["name"] for product in row.products],
        "reference": row.reference,
        "usable_from": row.usable_from,
        "last_usable_day": row.last_usable_day,
    }


def negative_line_of(row: Row) -> dict[str, Any]:
    """Return a row as ``NegativeRowShape`` says."""
    instead = row.replaced_by
    return {
        **line_of(row),
        "reason": row.reason,
        "reason_text": row.reason_text,
        "since": row.since,
        "replaced_by": {"code": instead.code, "number": instead.number} if instead else None,
    }


class ListShape(serializers.Serializer[Any]):
    """A page of a list; ``as_of`` is the instant as known at which the day is answered."""

    next = serializers.URLField(allow_null=True)
    on = serializers.DateField()
    as_of = UtcDateTimeField()
    results = RowShape(many=True)


class NegativeListShape(ListShape):
    results = NegativeRowShape(many=True)


class ReasonShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())


class StatusShape(serializers.Serializer[Any]):
    """Whether one piece may be used on the day asked about, today by default."""

    code = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    on = serializers.DateField(source="day")
    as_of = UtcDateTimeField()
    usable_today = serializers.BooleanField(source="usable")
    last_usable_day = serializers.DateField(allow_null=True)
    why_not = ReasonShape(many=True)
    use_instead = ReplacementShape(allow_null=True)


class DocumentShape(serializers.Serializer[Any]):
    kind = serializers.CharField()
    dated = serializers.DateField()
    title = serializers.CharField()
    file = serializers.CharField(source="file_name")
    sha256 = serializers.CharField()


class DocumentsShape(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = DocumentShape(many=True)


class FormatsByName(BaseContentNegotiation):
    """JSON, whatever the client accepts: ``?format=`` is read by the list itself."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class ListPage(ReadEndpoint):
    """A list on a day: ``?on=``, ``as_of=`` (an instant, or ``now``), filters, ``format=``."""

    view = View.POSITIVE
    line = staticmethod(line_of)
    read_serializer_class: Any = ListShape
    parameters = (*PARAMETERS, "format")
    content_negotiation_class = FormatsByName

    def paging_parameters(self) -> tuple[str, ...]:
        return PAGING

    def get(self, request: Request) -> HttpResponse:
        now = timezone.now()
        form = _format(request)
        question = asked(self.view, request.query_params, now=now)
        cursor = request.query_params.get("cursor", "")
        limit = _limit(request)
        scope = scope_for(request.user)
        mark = partial(question.etag, scope, today=paris_day(now), extra=(form, cursor, limit))
        # A page brings its list version with it; what is compared or written at length asks first.
        known = mark() if "If-None-Match" in request.headers or form != "json" else ""
        if _fresh(request, known):
            answer: HttpResponse = HttpResponse(status=304)
        elif form == "json":
            page = question.page(scope, cursor=cursor, limit=limit)
            answer = self._page(request, question, page)
            known = known or mark(list_version=page.list_version)
        else:
            answer = self._file(question, scope, form)
        answer["ETag"] = known
        answer["Cache-Control"] = "private, no-cache"
        answer["Vary"] = "Accept-Language, Authorization, Cookie"
        return answer

    def _page(self, request: Request, question: Asked, page: Page) -> Response:
        following = None
        if page.after is not None:
            address = request.build_absolute_uri()
            following = replace_query_param(address, "cursor", question.cursor(page.after))
        return Response(
            {
                "next": following,
                "on": question.day,
                "as_of": UtcDateTimeField().to_representation(question.as_of),
                "results": [self.line(row) for row in page.rows],
            }
        )

    def _file(self, question: Asked, scope: Scope | None, form: str) -> HttpResponse:
        media_type, written = FORMATS[form]
        rows = question.page(scope, limit=None).rows
        answer = HttpResponse(written(rows, question.view), content_type=media_type)
        name = f"{question.view}-{question.day.isoformat()}.{form}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class PositiveList(ListPage):
    """Promotional versions that may be used on a day."""


class NegativeList(ListPage):
    """Promotional versions that were once usable and are not on a day: why, what instead."""

    view = View.NEGATIVE
    line = staticmethod(negative_line_of)
    read_serializer_class = NegativeListShape


class ValidDocuments(ListPage):
    """Non-promotional versions that may be used on a day."""

    view = View.DOCUMENTS


def _format(request: Request) -> str:
    form = request.query_params.get("format", "json")
    if form != "json" and form not in FORMATS:
        raise InvalidInput.at("format", _("A list comes as json, csv or xlsx."))
    return form


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(PAGE_SIZE))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise InvalidInput.at(
            "limit",
            _("A limit is a whole number from 1 to %(limit)d.") % {"limit": MAX_PAGE_SIZE},
        )
    return int(text)


def _fresh(request: Request, etag: str) -> bool:
    return etag in parse_etags(request.headers.get("If-None-Match", ""))


class PeriodShape(serializers.Serializer[Any]):
    usable_from = serializers.DateField()
    last_usable_day = serializers.DateField()


class ChangedRowShape(RowShape):
    """A list's line, with every period that stands and did not end yet."""

    periods = PeriodShape(many=True)


class ListChangeShape(serializers.Serializer[Any]):
    """One piece: ``upsert`` to keep with its row, ``tombstone`` to take out, and why."""

    list_version = serializers.IntegerField()
    code = serializers.CharField(source="row.code")
    number = serializers.IntegerField(source="row.number")
    kind = serializers.CharField()
    row = serializers.SerializerMethodField()
    reason = serializers.CharField(source="row.reason")
    replaced_by = ReplacementShape(source="row.replaced_by", allow_null=True)

    @extend_schema_field(ChangedRowShape(allow_null=True))
    def get_row(self, change: Change) -> dict[str, Any] | None:
        if change.kind == ChangeKind.TOMBSTONE:
            return None
        days = ("usable_from", "last_usable_day")
        spans = [dict(zip(days, span, strict=True)) for span in change.periods]
        return {**line_of(change.row), "periods": PeriodShape(spans, many=True).data}


class ChangesShape(serializers.Serializer[Any]):
    """A page of changes; ``list_version`` is what to ask ``since`` after the last page."""

    next = serializers.URLField(allow_null=True)
    list_version = serializers.IntegerField()
    results = ListChangeShape(many=True)


class Changes(ReadEndpoint):
    """What changed on one's lists since a list version; everything anew without ``since``."""

    read_serializer_class = ChangesShape
    parameters = ("since",)

    def paging_parameters(self) -> tuple[str, ...]:
        return PAGING

    def get(self, request: Request) -> Response:
        now, limit = timezone.now(), _limit(request)
        since = _since(request.query_params.get("since", "0"))
        cursor = request.query_params.get("cursor", "")
        walk = walk_of(cursor, since=since) if cursor else began(request.user, since=since)
        page = page_after(request.user, walk, now=now, limit=limit)
        following = None
        if page.after is not None:
            address = request.build_absolute_uri()
            following = replace_query_param(address, "cursor", cursor_of(page.after))
        answer = {
            "next": following,
            "list_version": page.list_version,
            "results": ListChangeShape(page.changes, many=True).data,
        }
        return Response(answer, headers={"Cache-Control": "private, no-cache"})


def _since(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InvalidInput.at("since", _("Give the number of a list version, or leave it out."))
    return int(text)


class PieceStatus(ReadEndpoint):
    """Whether one printed piece may be used: by its number, its reference or its date."""

    read_serializer_class = StatusShape
    parameters = ("version", "reference", "prepared_on", "on", "as_of")

    def get(self, request: Request, code: str) -> Response:
        given = request.query_params
        day, as_of = moment(given, now=timezone.now())
        prepared_on = given.get("prepared_on", "")
        answer = _status(
            request,
            code,
            number=_number(given.get("version", "")),
            reference=given.get("reference") or None,
            prepared_on=read_day("prepared_on", prepared_on) if prepared_on else None,
            day=day,
            as_of=as_of,
        )
        return Response(StatusShape(answer).data)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidInput.at("version", _("Give the number of a version."))
    return int(text)


def _status(request: Request, code: str, **asked_for: Any) -> Status:
    try:
        return status(request.user, code, **asked_for)
    except Version.DoesNotExist as absent:
        raise Http404 from absent


class VisitDocuments(ReadEndpoint):
    """The documents owed at a visit (R.5122-11): the latest of each kind, each dated."""

    read_serializer_class = DocumentsShape

    def get(self, request: Request, cis: str) -> Response:
        product = get_object_or_404(Product, cis=cis)
        scope = scope_for(request.user)
        if scope is None or not (scope.sees_all or product.pk in scope.product_ids):
            raise Http404
        latest: dict[str, SourceDocument] = {}
        owed = SourceDocument.objects.filter(product=product)
        for document in owed.exclude(kind=DocumentKind.PUBLICATION).order_by("dated", "pk"):
            latest[document.kind] = document
        rows = [latest[kind] for kind in DocumentKind.values if kind in latest]
        return Response({"next": None, "results": DocumentShape(rows, many=True).data})
