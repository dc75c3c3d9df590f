"""The field's pages, phone first, and the lists of the office.

Nothing here writes, but for the day of a person's visit (``note_visit``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.audit import InvalidInput
from approvals.people.enums import EVERYONE, FIELD, OFFICE, OWNERS, READERS_OF_ALL
from config.http.pages import Page
from content.access.policies import products_of
from content.assets.enums import Audience, FileFormat
from content.assets.files import SANDBOX, download
from content.assets.models import AssetType, Revision, RevisionFile, Version
from content.calendar import paris_day
from content.positive_list.actions import note_visit
from content.positive_list.asked import Asked, asked, moment, read_day
from content.positive_list.editions import waiting_for
from content.positive_list.enums import Choice, View
from content.positive_list.models import Favourite, FieldVisit
from content.positive_list.queries import Filters, Row, counted, scope_for
from content.positive_list.status import VERSION_NEEDED, Status, status
from content.positive_list.watermark import CannotMark, marked

FIELD_PAGE = 30
OFFICE_PAGE = 100
# From when on a page on a phone says that it is not up to date.
FRESH = timedelta(minutes=15)
LEAVES_WITHIN = timedelta(days=30)
# What a phone opens by itself; anything else is saved.
SHOWN = (FileFormat.PDF, FileFormat.PNG, FileFormat.JPEG, FileFormat.HTML)


def names_of_types() -> dict[str, str]:
    return {kind.code: str(kind) for kind in AssetType.objects.all()}


def by_product(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Group a page's rows by the first product of each, in the order of the names."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        name = row.products[0]["name"] if row.products else ""
        groups.setdefault(name, []).append(row)
    return sorted(groups.items())


def files_of(version_id: int) -> QuerySet[RevisionFile]:
    """Return the files of a version's last revision, in their order."""
    last = Revision.objects.filter(version=version_id).order_by("-number").values("pk")[:1]
    return RevisionFile.objects.filter(revision__in=last).order_by("position")


class ListView(Page):
    """A list on a day, with its filters in the address."""

    size = FIELD_PAGE

    def question(self, request: HttpRequest, view: View) -> tuple[Asked, dict[str, list[Any]]]:
        """Read what is asked; a wrong value is said at its field and left out."""
        try:
            return asked(view, request.GET, now=self.now), {}
        except InvalidInput as refused:
            kept = {
                name: value for name, value in request.GET.items() if name not in refused.errors
            }
            return asked(view, kept, now=self.now), refused.errors

    def listed(
        self, request: HttpRequest, view: View, *, own: Filters | None = None
    ) -> dict[str, Any]:
        """Return a page of a list; ``own`` are a person's own filters, beside those asked."""
        question, errors = self.question(request, view)
        if own is not None:
            question = replace(question, filters=with_own(question.filters, own))
        scope = scope_for(self.by)
        try:
            page = question.page(scope, cursor=request.GET.get("cursor", ""), limit=self.size)
        except InvalidInput:
            page = question.page(scope, limit=self.size)
        query = request.GET.copy()
        query.pop("cursor", None)
        following = ""
        if page.after is not None:
            following_query = query.copy()
            following_query["cursor"] = question.cursor(page.after)
            following = following_query.urlencode()
        return {
            "list": view,
            "question": question,
            "today": paris_day(self.now),
            "errors": errors,
            "rows": page.rows,
            "types": names_of_types(),
            "query": query.urlencode(),
            "following": following,
        }


class FieldPage(Page):
    """A page of the field: no browser keeps it, and it says when it is no longer up to date."""

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        shared = {"fresh_for": int(FRESH.total_seconds()), "kept": self.kept()}
        response = super().page(status=status, **shared, **context)
        response["Cache-Control"] = "private, no-store"
        return response

    def kept(self) -> set[str]:
        """Return the codes of the person's favourites."""
        return set(Favourite.objects.kept_by(self.by).values_list("asset__code", flat=True))


class FieldList(FieldPage, ListView):
    """What the field may use today, what it may no longer, and the valid documents."""

    title = gettext_lazy("May I use it today?")
    roles = (*FIELD, *OFFICE)
    template_name = "positive_list/field.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = request.GET.get("q", "").strip()
        if _is_code(typed):
            return redirect("positive_list:check_code", code=typed.upper())
        name = request.GET.get("list", "")
        view = View(name) if name in View.values else View.POSITIVE
        visit = self.visit()
        choices = choices_of(visit)
        show = request.GET.get("show", "") if view == View.POSITIVE else ""
        own = choices.get(show)
        context = self.listed(request, view, own=own)
        context |= {"groups": by_product(context["rows"]), "lists": View, "show": show}
        context["soon"] = visit.day + LEAVES_WITHIN
        if request.headers.get("HX-Request") and request.GET.get("cursor"):
            self.template_name = "positive_list/cards.html"
        else:
            context["products"] = products_of(self.by).order_by("name", "pk")
            context["edition"] = waiting_for(self.by)
            context["visit"] = visit
            if view == View.POSITIVE:
                context["choices"] = self.choices(choices)
        response = self.page(**context)
        response["Vary"] = "HX-Request, Cookie"
        return response

    def visit(self) -> FieldVisit:
        """Return the person's visits, today's noted."""
        known = FieldVisit.objects.filter(person=self.by).first()
        if known is not None and known.day >= paris_day(self.now):
            return known
        return note_visit(by=self.by, now=self.now)

    def choices(self, choices: Mapping[str, Filters]) -> list[tuple[Choice, int]]:
        """Return what the list may be narrowed to, with how many each keeps."""
        day, as_of = moment({}, now=self.now)
        counts = counted(scope_for(self.by), choices, day=day, as_of=as_of)
        return [(choice, counts.get(choice.value, 0)) for choice in Choice]


def choices_of(visit: FieldVisit) -> dict[str, Filters]:
    """Return what each choice asks of the list of a person's visit; new: since the last one."""
    choices = {
        Choice.FAVOURITES.value: Filters(favourites_of=visit.person_id),
        Choice.LEAVING.value: Filters(ends_by=visit.day + LEAVES_WITHIN),
    }
    # On a first visit everything would be new, hence nothing is said to be.
    choices[Choice.NEW.value] = Filters(begun_since=visit.before or visit.day + timedelta(days=1))
    return choices


def with_own(filters: Filters, own: Filters) -> Filters:
    return replace(
        filters,
        favourites_of=own.favourites_of,
        begun_since=own.begun_since,
        ends_by=own.ends_by,
    )


def _is_code(text: str) -> bool:
    """Whether somebody typed the code of an asset: ``FR-2026-000123``."""
    parts = text.split("-")
    return len(parts) == 3 and parts[0].isalpha() and all(part.isdecimal() for part in parts[1:])


class Piece(FieldPage):
    """One printed piece: the verdict fills the screen."""

    roles = EVERYONE
    template_name = "positive_list/verdict.html"

    def answer_for(self, code: str, **named: Any) -> Status:
        day, as_of = moment({}, now=self.now)
        try:
            return status(self.by, code, **named, day=day, as_of=as_of)
        except Version.DoesNotExist as absent:
            raise Http404 from absent

    def verdict(self, answer: Status, **context: Any) -> HttpResponse:
        files: list[RevisionFile] = []
        if answer.usable and answer.version_id is not None:
            files = list(files_of(answer.version_id))
        needed = any(reason.code == VERSION_NEEDED for reason in answer.why_not)
        return self.page(
            title=answer.code,
            answer=answer,
            files=files,
            version_needed=needed,
            favourable=self.by.holds(*FIELD, *OFFICE),
            type_name=names_of_types().get(answer.asset_type, ""),
            **context,
        )


class CheckVersion(Piece):
    """The page that the printed QR code leads to."""

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        return self.verdict(self.answer_for(code, number=number))


class CheckCode(Piece):
    """By code alone: green only if one version was ever released, else what is printed is asked."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        given = {name: request.GET.get(name, "").strip() for name in ("reference", "prepared_on")}
        # Whether the code is theirs at all is settled first: a 404 says nothing more.
        plain = self.answer_for(code)
        errors: Mapping[str, list[Any]] = {}
        if any(given.values()):
            try:
                return self.verdict(self._named(code, given), given=given)
            except InvalidInput as refused:
                errors = refused.errors
            except Http404:
                errors = {
                    "reference": [_("No released version carries this: read the print again.")]
                }
        return self.verdict(plain, given=given, errors=errors)

    def _named(self, code: str, given: Mapping[str, str]) -> Status:
        prepared_on = given["prepared_on"]
        return self.answer_for(
            code,
            reference=given["reference"] or None,
            prepared_on=read_day("prepared_on", prepared_on) if prepared_on else None,
        )


class PieceFile(Piece):
    """The document itself: only while it may be used; marked with who opened it, if so set."""

    def get(self, request: HttpRequest, code: str, number: int, position: int) -> HttpResponseBase:
        answer = self.answer_for(code, number=number)
        if not answer.usable or answer.version_id is None:
            raise Http404
        kept = files_of(answer.version_id).filter(position=position).first()
        if kept is None:
            raise Http404
        response: Any = download(kept)
        if settings.FIELD_WATERMARK and kept.format == FileFormat.PDF:
            try:
                response = self.marked(response)
            except CannotMark:
                return self.verdict(answer, unmarked=True, status=409)
        if kept.format in SHOWN:
            response["Content-Disposition"] = response["Content-Disposition"].replace(
                "attachment", "inline", 1
            )
        # The browser's own viewer of PDFs does not open in a sandbox; nothing of one runs there.
        response["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
            if kept.format == FileFormat.PDF
            else SANDBOX
        )
        response["Cache-Control"] = "private, no-store"
        return response

    def marked(self, whole: Any) -> HttpResponse:
        """Return the answer with a copy that carries the person and the day.

        :raises CannotMark: the unmarked file is not given instead.
        """
        # The file, not the answer: closing that would end the request.
        with whole.file_to_stream as stored:
            copy = marked(stored, person=self.by, day=paris_day(self.now))
        names = ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
        return HttpResponse(copy, headers={name: whole[name] for name in names})


class OfficeList(ListView):
    """A list of the office, for any day."""

    roles = (*OWNERS, *READERS_OF_ALL)
    template_name = "positive_list/office.html"
    size = OFFICE_PAGE
    list_view = View.POSITIVE
    title = gettext_lazy("Positive list")

    def get(self, request: HttpRequest) -> HttpResponse:
        context = self.listed(request, self.list_view)
        api = reverse(f"api_positive_list:{self.list_view.name.lower()}_list")
        return self.page(audiences=Audience.choices, export=api, **context)


class NegativeOfficeList(OfficeList):
    list_view = View.NEGATIVE
    title = gettext_lazy("Negative list")


class DocumentsOfficeList(OfficeList):
    list_view = View.DOCUMENTS
    title = gettext_lazy("Valid documents")
