"""Editions: the office draws them up and follows who read them; the field takes note."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import FIELD, OFFICE, OWNERS, PHARMACISTS, READERS_OF_ALL
from config.http.pages import ActPage, Page
from content.calendar import day_in_words, paris_day
from content.positive_list import policies
from content.positive_list.actions import (
    acknowledge_edition,
    attest_destruction,
    draft_edition,
)
from content.positive_list.documents import guarded
from content.positive_list.edition_print import pdf_of
from content.positive_list.editions import (
    Contents,
    contents_of,
    draft,
    due_since,
    is_outdated,
    last_signed,
    obsolete_for,
    row_of_line,
    stricter_today,
)
from content.positive_list.models import Edition, Recipient
from content.positive_list.queries import Row, scope_for

SEES_EDITIONS = OFFICE
# Rows of each list that the office's page shows at once.
SHOWN_AT_ONCE = 200


def edition_for(request: HttpRequest, number: int) -> Edition:
    editions = Edition.objects.visible_to(request.user).with_page()  # type: ignore[arg-type]
    edition: Edition = get_object_or_404(editions, number=number)
    return edition


def rows_of(contents: Contents) -> dict[str, list[Row]]:
    """Return each table's lines as rows that the pages know how to say."""
    return {name: [row_of_line(line) for line in lines] for name, lines in vars(contents).items()}


class Editions(Page):
    """The list of editions; says when the next is due."""

    title = gettext_lazy("Editions of the lists")
    roles = SEES_EDITIONS
    template_name = "positive_list/editions.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            editions=Edition.objects.visible_to(self.by).with_page(),
            draft=draft(),
            may_draft=policies.can_draft(self.by),
            due=due_since(self.now),
        )


class EditionPage(Page):
    """One edition: what came, what went, both lists as signed, who acknowledged it."""

    roles = SEES_EDITIONS
    template_name = "positive_list/edition.html"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        edition, scope = edition_for(request, number), scope_for(self.by)
        contents = contents_of(edition, scope)
        tables = rows_of(contents)
        return self.page(
            title=str(edition),
            edition=edition,
            tables={name: rows[:SHOWN_AT_ONCE] for name, rows in tables.items()},
            counts={name: len(rows) for name, rows in tables.items()},
            at_once=SHOWN_AT_ONCE,
            reads_lists=scope is not None,
            stricter=stricter_today(contents.positive, scope, self.now),
            outdated=not edition.is_signed and is_outdated(edition, self.now),
            may_draft=policies.can_draft(self.by),
            sign=self._sign_address(edition),
            recipients=self._recipients(edition),
            printed=edition.is_signed and pdf_of(edition) is not None,
            prints=self.by.holds(*READERS_OF_ALL),
        )

    def _sign_address(self, edition: Edition) -> str:
        """Return the address of the pharmacist's act, which lives with it (release)."""
        if edition.is_signed or not self.by.holds(*PHARMACISTS):
            return ""
        try:
            return reverse("release:sign_edition", args=[edition.number])
        except NoReverseMatch:
            return ""

    def _recipients(self, edition: Edition) -> Iterable[Recipient] | None:
        """Return who was told of it, those who have not answered first; None: not for them."""
        if not self.by.holds(*policies.FOLLOW_READERS):
            return None
        return followed(edition)


def followed(edition: Edition) -> list[Recipient]:
    """Return who was told of an edition, those who have not acknowledged it first."""
    rows = edition.recipients.select_related("person")
    return sorted(rows, key=lambda one: (one.acknowledged_at is not None, str(one.person)))


class EditionReaders(Page):
    """Who has and who has not acknowledged an edition, as CSV."""

    roles = policies.FOLLOW_READERS

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        edition = edition_for(request, number)
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(["username", "name", "teams", "told", "acknowledged", "destroyed"])
        for one in followed(edition):
            teams = one.person.memberships.order_by("team__name").values_list("team__name")
            cells = [one.person.username, str(one.person), "; ".join(name for (name,) in teams)]
            instants = (one.told_at, one.acknowledged_at, one.destroyed_at)
            cells += [at.isoformat() if at else "" for at in instants]
            writer.writerow([guarded(cell) for cell in cells])
        response = HttpResponse(written.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")
        name = f"edition-{edition.number}-readers.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class EditionPdf(Page):
    """The whole edition on paper: of every team, so only for who sees every team's lists."""

    roles = READERS_OF_ALL

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return pdf_answer(edition_for(request, number), self.by)


def pdf_answer(edition: Edition, by: Any) -> HttpResponse:
    """Return the PDF of a signed edition, or 404 while it is not made.

    :raises PermissionDenied: to whoever reads some teams' lists only.
    """
    if not by.holds(*READERS_OF_ALL):
        raise PermissionDenied
    made = pdf_of(edition) if edition.is_signed else None
    if made is None:
        raise Http404
    response = HttpResponse(made, "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="edition-{edition.number}.pdf"'
    return response


class DraftEdition(ActPage):
    """Draw up the next edition, or the draft again."""

    title = gettext_lazy("Draw up the edition")
    button = gettext_lazy("Draw it up")
    done = gettext_lazy("The edition is drawn up: the responsible pharmacist signs it.")
    roles = SEES_EDITIONS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> None:
        if not self.by.holds(*OWNERS, *READERS_OF_ALL):
            raise Http404

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        policies.check_can_draft(by)

    def consequences(self, obj: Any) -> list[str]:
        values = {"day": day_in_words(paris_day(self.now))}
        said = [_("Both lists of %(day)s are copied as they stand now.") % values]
        if draft() is not None:
            return [*said, _("The draft that waits is replaced by this one.")]
        return [*said, _("Nobody is told before the responsible pharmacist signs.")]

    def back(self, obj: Any) -> str:
        return reverse("positive_list:editions")

    def perform(self, obj: Any, cleaned_data: Any, by: Any, now: datetime) -> str:
        return draft_edition(by=by, now=now).get_absolute_url()


class FieldEdition(Page):
    """An edition on a phone: what came, what went, and the two things to say."""

    roles = (*FIELD, *OFFICE)
    template_name = "positive_list/field_edition.html"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        edition, scope = edition_for(request, number), scope_for(self.by)
        if not edition.is_signed:
            raise Http404
        contents = contents_of(edition, scope)
        recipient = Recipient.objects.filter(edition=edition, person=self.by).first()
        last = last_signed()
        tables: dict[str, Any] = {**rows_of(contents)}
        return self.page(
            title=str(edition),
            edition=edition,
            newer=last if last and last.pk != edition.pk else None,
            stricter=stricter_today(contents.positive, scope, self.now),
            recipient=recipient,
            may_acknowledge=policies.can_acknowledge(edition, self.by),
            may_attest=policies.can_attest(edition, self.by),
            **tables,
        )


class FieldAct(ActPage):
    """One thing that a person of the field says about an edition."""

    roles = (*FIELD, *OFFICE)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Edition:
        return edition_for(request, kwargs["number"])

    def back(self, obj: Edition) -> str:
        return reverse("positive_list:field_edition", args=[obj.number])


class Acknowledge(FieldAct):
    title = gettext_lazy("Take note of the edition")
    button = gettext_lazy("I took note of it")
    done = gettext_lazy("Noted: thank you.")

    def check(self, obj: Edition, by: Any, now: datetime) -> None:
        policies.check_can_acknowledge(obj, by)

    def consequences(self, obj: Edition) -> list[str]:
        contents = contents_of(obj, scope_for(self.by))
        values = {"came": len(contents.came), "went": len(contents.went)}
        return [
            _("For your teams, came: %(came)s; went: %(went)s.") % values,
            _("The day and the hour are kept with your name."),
        ]

    def perform(self, obj: Edition, cleaned_data: Any, by: Any, now: datetime) -> str:
        acknowledge_edition(obj.number, by=by, now=now)
        return self.back(obj)


class AttestDestruction(FieldAct):
    title = gettext_lazy("Obsolete paper")
    button = gettext_lazy("I destroyed the obsolete paper copies")
    done = gettext_lazy("Your attestation is kept.")
    consequences_title = gettext_lazy("To destroy, if you hold paper copies of it")

    def check(self, obj: Edition, by: Any, now: datetime) -> None:
        policies.check_can_attest(obj, by)

    def consequences(self, obj: Edition) -> list[str]:
        pieces = obsolete_for(obj, self.by, scope_for(self.by))
        if not pieces:
            return [_("No piece of your teams left the lists: you attest that you hold none.")]
        return [f"{one['code']} v{one['number']} — {one['title']}" for one in pieces]

    def perform(self, obj: Edition, cleaned_data: Any, by: Any, now: datetime) -> str:
        attest_destruction(obj.number, by=by, now=now)
        return self.back(obj)
