"""The record of a version: asked for here, made in a job, then downloaded."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from approvals.desk.actions import ask_record
from approvals.desk.looks import last_export
from approvals.desk.navigation import PREPARES
from approvals.desk.record.making import pdf_of, twin_of, why_not_made
from approvals.desk.views.versions import version_by_id
from config.http.pages import Page
from content.assets.models import Version

# In seconds: how often a page that waits looks again.
LOOK_AGAIN = 3


class RecordPage(Page):
    """Have the record of a version written; says how far it is, and hands it over."""

    title = _("Record of the version")
    roles = PREPARES
    template_name = "desk/record.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = version_by_id(self.by, pk)
        context = self._standing(version)
        response = self.page(version=version, **context)
        if context.get("waiting"):
            response["Refresh"] = str(LOOK_AGAIN)
        return response

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = version_by_id(self.by, pk)
        language = translation.get_language() or "fr"
        ask_record(version.pk, language=language, by=self.by, now=self.now)
        return redirect("desk:record", version.pk)

    def _standing(self, version: Version) -> dict[str, Any]:
        last = last_export(version, self.by)
        if last is None or twin_of(last["record"]) is None:
            return {}
        sha256 = last["record"]
        if pdf_of(sha256) is not None:
            return {"sha256": sha256, "ready": True}
        why_not = why_not_made(sha256)
        return {"sha256": sha256, "why_not": why_not, "waiting": not why_not}
