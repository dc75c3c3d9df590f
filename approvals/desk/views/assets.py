"""The assets a person may see, and one of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from approvals.desk.buttons import buttons_for
from approvals.desk.listing import EXPORT_LIMIT, Asked, as_csv, found, with_latest
from approvals.desk.navigation import PREPARES
from approvals.desk.path import holders_of, path_of
from approvals.desk.queries import needed_by, needs
from approvals.desk.story import states_of, story_of
from approvals.people.enums import OWNERS
from config.http.pages import Page
from content.assets.enums import Audience, Nature, State
from content.assets.models import Asset, Version

PAGE_SIZE = 50


class AssetList(Page):
    """Assets in preparation and in use, within what the person may see; its state is its URL."""

    title = _("Assets")
    roles = PREPARES
    template_name = "desk/assets.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = Asked.by(request.GET)
        assets = found(asked, self.by)
        if request.GET.get("format") == "csv":
            return as_csv(with_latest(assets[:EXPORT_LIMIT]))
        page = Paginator(assets, PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page(
            page_obj=page,
            assets=with_latest(page.object_list),
            asked=asked,
            choices={"state": State, "nature": Nature, "audience": Audience},
            create=create_address(self.by),
        )


def create_address(by: Any) -> str:
    """Return where this person creates an asset, or nothing where they do not."""
    try:
        return reverse("assets:create") if by.holds(*OWNERS) else ""
    except NoReverseMatch:
        return ""


class AssetPage(Page):
    """One asset: its path, versions, dependencies and story."""

    roles = PREPARES
    template_name = "desk/asset.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        seen: Any = Asset.objects.visible_to(self.by).with_page()
        asset = get_object_or_404(seen, code=code)
        versions = list(Version.objects.filter(asset=asset).with_asset().order_by("-number"))
        context: dict[str, Any] = {"asset": asset, "versions": versions}
        if versions:
            latest = versions[0]
            context |= {
                "version": latest,
                "steps": path_of(latest, states_of(latest)),
                "holder": holders_of([latest])[latest.pk],
                "buttons": buttons_for(latest, self.by, self.now),
                "needs": needs(latest),
                "needed_by": needed_by(latest, self.by),
                "story": story_of(asset, versions),
            }
        return self.page(title=asset.title, **context)
