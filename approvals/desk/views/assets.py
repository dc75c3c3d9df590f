"""The assets a person may see, and one of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from config.http.pages import Page
from content.assets.models import Asset

PAGE_SIZE = 50


class AssetList(Page):
    """Assets in preparation and in use, within what the person may see."""

    title = _("Assets")
    template_name = "desk/assets.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Asset.objects.visible_to(self.by).with_page()
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page(page_obj=page, assets=page.object_list)


class AssetPage(Page):
    """One asset: its path, versions, dependencies and story."""

    template_name = "desk/asset.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        seen: Any = Asset.objects.visible_to(self.by).with_page()
        asset = get_object_or_404(seen, code=code)
        versions = asset.versions.order_by("-number")
        return self.page(title=asset.title, asset=asset, versions=versions)
