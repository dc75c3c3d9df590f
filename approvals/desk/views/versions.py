"""One version: its state, validity, files and signatures, and what one may do with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from config.http.pages import Page
from content.assets.models import Version


class VersionPage(Page):
    template_name = "desk/version.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        seen: Any = Version.objects.visible_to(self.by).with_asset()
        version = get_object_or_404(seen, asset__code=code, number=number)
        return self.page(title=version.asset.title, version=version, asset=version.asset)
