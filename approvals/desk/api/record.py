"""The record of a version as PDF and JSON: asked for by the first GET, made in a job."""

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.desk.actions import ask_record
from approvals.desk.api.versions import visible_version
from approvals.desk.record.making import pdf_of, twin_of, why_not_made
from config.http.api import ReadEndpoint
from content.assets.api.versions import WhateverIsAsked

RETRY_AFTER = 3


class RecordEndpoint(ReadEndpoint):
    """Ask for the record; while nothing else is recorded about the version, it stays the same."""

    content_negotiation_class = WhateverIsAsked

    def sha256_for(self, request: Request, pk: int) -> str:
        version = visible_version(request.user, pk)
        language = translation.get_language() or "fr"
        return ask_record(version.pk, language=language, by=request.user, now=timezone.now())


class RecordPdf(RecordEndpoint):
    """The record as PDF/A-3u: 202 and ``Retry-After`` until it is made, then the file."""

    read_media_type = "application/pdf"

    def get(self, request: Request, pk: int) -> HttpResponse | Response:
        sha256 = self.sha256_for(request, pk)
        made = pdf_of(sha256)
        if made is not None:
            return download(made, pk, "pdf", "application/pdf")
        if why_not := why_not_made(sha256):
            said = _("The PDF could not be made (%(why)s). The JSON record holds the same.")
            return Response({"detail": said % {"why": why_not}}, status=503)
        said = _("The record is in preparation: ask again in a few seconds.")
        return Response({"detail": said}, status=202, headers={"Retry-After": str(RETRY_AFTER)})


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
