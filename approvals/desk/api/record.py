"""The record of a version as PDF and JSON: asked for by the first GET, made in a job."""

import time

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.request import Request

from approvals.audit import StateConflict
from approvals.desk.actions import ask_record
from approvals.desk.api.versions import visible_version
from approvals.desk.record.making import make_pdf, pdf_of, twin_of
from config.http.api import ReadEndpoint
from content.assets.api.versions import WhateverIsAsked
from content.outbox.actions import Undeliverable
from content.printing import PrintingFailed

# In seconds: how often it is looked whether the job made it.
LOOK_AGAIN = 0.25


class RecordEndpoint(ReadEndpoint):
    """Ask for the record; while nothing else is recorded about the version, it stays the same."""

    content_negotiation_class = WhateverIsAsked

    def sha256_for(self, request: Request, pk: int) -> str:
        version = visible_version(request.user, pk)
        language = translation.get_language() or "fr"
        return ask_record(version.pk, language=language, by=request.user, now=timezone.now())


class RecordPdf(RecordEndpoint):
    """The record as PDF/A-3u. Waits a little for the job; where none runs, it is made here.

    409 ``record_not_made`` where it cannot be set within the limits: the JSON holds the same.
    """

    read_media_type = "application/pdf"

    def get(self, request: Request, pk: int) -> HttpResponse:
        sha256 = self.sha256_for(request, pk)
        return download(made_pdf(sha256), pk, "pdf", "application/pdf")


def made_pdf(sha256: str) -> bytes:
    """Return the PDF of a record that was asked for.

    :raises StateConflict: ``record_not_made``.
    """
    until = time.monotonic() + settings.RECORD_WAIT_SECONDS
    while (made := pdf_of(sha256)) is None and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)
    if made is None:
        try:
            make_pdf(sha256)
        except (Undeliverable, PrintingFailed) as fault:
            said = _("The PDF could not be made (%(why)s). The JSON record holds the same.")
            raise StateConflict("record_not_made", said % {"why": fault}) from fault
        made = pdf_of(sha256)
    return made or b""


class RecordJson(RecordEndpoint):
    """The same record for programs; it is what the PDF carries as its attachment."""

    read_media_type = "application/json"

    def get(self, request: Request, pk: int) -> HttpResponse:
        twin = twin_of(self.sha256_for(request, pk)) or b""
        return download(twin, pk, "json", "application/json")


def download(made: bytes, pk: int, kind: str, media_type: str) -> HttpResponse:
    response = HttpResponse(made, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="record-{pk}.{kind}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
