"""The office's navigation: nobody sees an entry that leads nowhere for them (SCREENS.md)."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from approvals.desk.policies import TRAIL_READERS
from approvals.people.enums import OFFICE, OWNERS, PHARMACISTS, READERS_OF_ALL, REVIEWERS, Role

PREPARES = (*OWNERS, *READERS_OF_ALL)


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: a page for some roles, or a model's list in the admin."""

    title: Any
    icon: str
    page: str = ""
    roles: tuple[str, ...] = ()
    model: str = ""

    def link_for(self, request: HttpRequest) -> str | None:
        """Return the address, or None where it leads nowhere for this person."""
        try:
            if self.model:
                return self._list_for(request)
            person: Any = request.user
            return reverse(self.page) if person.holds(*self.roles) else None
        except (NoReverseMatch, LookupError):
            return None

    def _list_for(self, request: HttpRequest) -> str | None:
        model = apps.get_model(self.model)
        page = admin.site._registry.get(model)
        if page is None or not page.has_view_permission(request):
            return None
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(_("Home"), "home", "admin:index", tuple(Role)),
            Entry(_("My tasks"), "task_alt", "review:tasks", (*REVIEWERS, *PHARMACISTS)),
            Entry(_("To release"), "verified", "release:queue", PHARMACISTS),
            Entry(_("Assets"), "description", "desk:assets", PREPARES),
            Entry(_("Planning"), "calendar_month", "submissions:windows", PREPARES),
            Entry(_("Forecast"), "event_upcoming", "submissions:forecast", PREPARES),
            Entry(
                _("ANSM deposits"),
                "outbox",
                "submissions:batches",
                (*OWNERS, Role.REGULATORY_REVIEWER, *PHARMACISTS, Role.INSPECTOR),
            ),
            Entry(
                _("Authority's clocks"),
                "hourglass_top",
                "submissions:clocks",
                (Role.REGULATORY_REVIEWER, *PHARMACISTS),
            ),
            Entry(_("Changes to decide on"), "rule", "release:impacts", PREPARES),
            Entry(_("Figures"), "monitoring", "review:figures", OFFICE),
        ),
    ),
    (
        _("Lists"),
        (
            Entry(_("Positive list"), "fact_check", "positive_list:positive", PREPARES),
            Entry(_("Negative list"), "block", "positive_list:negative", PREPARES),
            Entry(_("Valid documents"), "menu_book", "positive_list:valid_documents", PREPARES),
            Entry(_("Editions"), "auto_stories", "positive_list:editions", OFFICE),
        ),
    ),
    (
        _("Evidence"),
        (
            Entry(_("Audit trail"), "history", "desk:trail", TRAIL_READERS),
            Entry(_("Signatures"), "draw", model="signatures.Signature"),
            Entry(_("Messages"), "mail", model="outbox.Message"),
        ),
    ),
    (
        _("Reference data"),
        (
            Entry(_("Products"), "medication", model="catalogue.Product"),
            Entry(
                _("Facts to confirm"),
                "help",
                "desk:alerts",
                (Role.REGULATORY_REVIEWER, Role.INSPECTOR, Role.ADMINISTRATOR),
            ),
            Entry(
                _("Imports"),
                "cloud_download",
                "desk:imports",
                (Role.REGULATORY_REVIEWER, Role.INSPECTOR, Role.ADMINISTRATOR),
            ),
            Entry(_("Product freezes"), "ac_unit", model="catalogue.ProductFreeze"),
            Entry(_("Asset types"), "category", model="assets.AssetType"),
            Entry(_("Deposit windows"), "event", model="submissions.DepositWindow"),
            Entry(
                _("The authority’s form"),
                "list_alt",
                "submissions:form",
                (Role.ADMINISTRATOR, Role.REGULATORY_REVIEWER, Role.INSPECTOR),
            ),
            Entry(
                _("Review routes"), "route", "review:routes", (Role.ADMINISTRATOR, Role.INSPECTOR)
            ),
            Entry(
                _("Leads of roles"),
                "supervisor_account",
                "review:leads",
                (Role.ADMINISTRATOR, Role.INSPECTOR),
            ),
            Entry(_("Reminders"), "alarm", "review:reminders", (Role.ADMINISTRATOR,)),
            Entry(
                _("Notices of an end"),
                "notifications_active",
                "submissions:notices",
                (Role.ADMINISTRATOR,),
            ),
            Entry(
                _("Webhooks"), "webhook", "outbox:webhooks", (Role.ADMINISTRATOR, Role.INSPECTOR)
            ),
            Entry(_("Pre-checks"), "checklist", model="review.PrecheckKind"),
            Entry(_("Minor modifications"), "edit_note", model="review.MinorModificationCategory"),
            Entry(_("Jurisdictions"), "public", model="catalogue.Jurisdiction"),
            Entry(_("Conditions"), "gavel", model="catalogue.PrescriptionCondition"),
            Entry(_("Teams"), "groups", model="access.Team"),
            Entry(_("Delegations"), "swap_horiz", model="access.Delegation"),
            Entry(_("People"), "person", model="people.User"),
        ),
    ),
)


def entries(request: HttpRequest) -> list[dict[str, Any]]:
    """Return unfold's navigation for the person behind a request."""
    shown = []
    for title, group in GROUPS:
        items: list[dict[str, Any]] = [
            {"title": entry.title, "icon": entry.icon, "link": link}
            for entry in group
            if (link := entry.link_for(request)) is not None
        ]
        _mark_the_nearest(items, request.path)
        if items:
            shown.append({"title": title, "items": items, "separator": bool(title)})
    return shown


def _mark_the_nearest(items: list[dict[str, Any]], path: str) -> None:
    """Where two entries lead towards a page, mark the nearer one only."""
    towards = [item for item in items if path.startswith(item["link"])]
    nearest = max((item["link"] for item in towards), key=len, default="")
    for item in towards:
        if item["link"] != nearest:
            item["active"] = False


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what the person's own menu leads to."""
    return [
        {"title": _("My profile"), "link": reverse("desk:profile")},
        {"title": _("Change my password"), "link": reverse("desk:password")},
    ]


def stylesheet(request: HttpRequest) -> str:
    """Return the address of the house's stylesheet, for unfold's own pages."""
    return static("css/imprimatur.css")


def mark(request: HttpRequest) -> str:
    """Return the address of the house's mark on a light ground."""
    return static("brand/mark.svg")


def mark_on_dark(request: HttpRequest) -> str:
    """Return the address of the house's mark on a dark ground."""
    return static("brand/mark-dark.svg")


def favicon(request: HttpRequest) -> str:
    """Return the address of the house's small mark."""
    return static("brand/favicon.svg")
