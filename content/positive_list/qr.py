"""Codes to print on a piece: each leads to the page that says whether it may be used."""

import io
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from approvals.people.enums import OWNERS, Role
from config.http.pages import Page
from content.assets.models import Version

# Millimetres would be the printer's: modules of ten pixels, and the white edge that readers need.
SCALE = 10
EDGE = 4
KINDS = {"svg": "image/svg+xml", "png": "image/png"}


def address_of(version: Version, root: str) -> str:
    """Return what the code of a version says: where it is checked."""
    return root + reverse("positive_list:check", args=[version.asset.code, version.number])


def drawn(address: str, kind: str) -> bytes:
    """Return a code as a file; a quarter of it may be worn away (level Q)."""
    written = io.BytesIO()
    image = segno.make(address, error="q", micro=False, boost_error=False)
    image.save(written, kind=kind, scale=SCALE, border=EDGE)
    return written.getvalue()


class PrintCode(Page):
    """The code of one version, to be put into its layout; drafts have theirs already."""

    roles = (*OWNERS, Role.REGULATORY_REVIEWER)

    def get(self, request: HttpRequest, code: str, number: int, drawing: str) -> HttpResponse:
        if drawing not in KINDS:
            raise Http404
        seen: Any = Version.objects.visible_to(self.by).select_related("asset")
        version = seen.filter(asset__code=code, number=number).first()
        if version is None:
            raise Http404
        root = settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
        name = f"{version.asset.code}-v{version.number}.{drawing}"
        return HttpResponse(
            drawn(address_of(version, root), drawing),
            content_type=KINDS[drawing],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
