"""The field's pages without network: what is installed, the list of the day, what is kept.

The browser keeps the empty shell of a page and, apart, one person's list; it never says yes.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from approvals.people.enums import FIELD, OFFICE
from config.http.pages import Page
from content.assets.models import Asset
from content.assets.templatetags.imprimatur import paris, plain_day
from content.calendar import paris_day
from content.positive_list.actions import add_favourite, remove_favourite
from content.positive_list.asked import moment
from content.positive_list.enums import View
from content.positive_list.queries import LISTS, Row, scope_for
from content.positive_list.status import visible_versions
from content.positive_list.views import names_of_types

# As many rows of each list as a phone keeps; who may read more is told that some are missing.
KEPT_ROWS = 1000
# What the shell needs; each has its digest in its name, so that a new one is another file.
SHELL_FILES = (
    *("css/imprimatur.css", "positive_list/field.css", "positive_list/offline.js"),
    *("js/imprimatur.js", "brand/mark.svg", "brand/mark-dark.svg", "brand/favicon.svg"),
)
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Answer with the program that opens the shell where there is no network."""
    files = [static(name) for name in SHELL_FILES]
    context = {"shell": reverse("positive_list:offline"), "files": files}
    response = render(
        request, "positive_list/sw.js", context, content_type="text/javascript; charset=utf-8"
    )
    # One program, installed for the lists and for the pages of pieces, and nothing else.
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Answer with what a phone needs to install the field's pages."""
    return JsonResponse(
        {
            "id": reverse("positive_list:field"),
            "name": "Imprimatur",
            "short_name": "Imprimatur",
            "description": _("May I use it today?"),
            "start_url": reverse("positive_list:field"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#f5f6f8",
            "theme_color": "#1f4e79",
            "icons": [
                {
                    "src": static(f"brand/icon-{purpose}-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


class OfflineShell(Page):
    """A page that knows nobody: a browser keeps it, and fills it with the list it kept."""

    title = gettext_lazy("Without network")
    roles = (*FIELD, *OFFICE)
    template_name = "positive_list/offline.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        response = self.page()
        response["Cache-Control"] = "private, no-store"
        return response


class ListOfTheDay(Page):
    """What a person may use today, as data that their browser keeps with its hour."""

    roles = (*FIELD, *OFFICE)

    def get(self, request: HttpRequest) -> HttpResponse:
        day, as_of = moment({}, now=self.now)
        scope = scope_for(self.by)
        types = names_of_types()
        rows: list[dict[str, Any]] = []
        missing = False
        for view in (View.POSITIVE, View.DOCUMENTS):
            page = LISTS[view](scope, day=day, as_of=as_of, limit=KEPT_ROWS)
            rows += [kept_row(row, types) for row in page.rows]
            missing |= page.after is not None
        kept = {
            "person": str(self.by.pk),
            "username": self.by.username,
            "name": str(self.by),
            "day": paris_day(self.now).isoformat(),
            "as_known": paris(self.now),
            "missing": missing,
            "rows": rows,
        }
        return JsonResponse(kept, headers={"Cache-Control": "private, no-store"})


def kept_row(row: Row, types: dict[str, str]) -> dict[str, Any]:
    """Return what a phone keeps of one version: no document, and no verdict but its days."""
    return {
        "code": row.code,
        "number": row.number,
        "title": row.title,
        "product": row.products[0]["name"] if row.products else "",
        "what": types.get(row.asset_type, row.asset_type),
        "reference": row.reference,
        "last": row.last_usable_day.isoformat(),
        "last_words": plain_day(row.last_usable_day),
    }


class Favourites(Page):
    """Keep a material among one's favourites, or take it out: a POST, then back where one was."""

    roles = (*FIELD, *OFFICE)

    def post(self, request: HttpRequest) -> HttpResponse:
        added, removed = request.POST.get("add", ""), request.POST.get("remove", "")
        seen = visible_versions(self.by, scope_for(self.by))
        asset = Asset.objects.filter(code=added or removed, pk__in=seen.values("asset_id")).first()
        if asset is None:
            raise Http404
        if added:
            add_favourite(asset.pk, by=self.by, now=self.now)
        else:
            remove_favourite(asset.pk, by=self.by, now=self.now)
        return redirect(self._back(request))

    def _back(self, request: HttpRequest) -> str:
        wanted = request.POST.get("next", "")
        safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
            wanted, allowed_hosts=None
        )
        return wanted if safe else reverse("positive_list:field")
