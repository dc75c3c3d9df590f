"""Serve a source document without trusting it (SECURITY.md)."""

from django.http import FileResponse

from content.catalogue.models import SourceDocument
from content.files import open_stored


def download(document: SourceDocument) -> FileResponse:
    """Answer with a document's bytes as an attachment that no browser runs.

    :raises StoredFileFault: if the stored bytes are not those that were kept.
    """
    response = FileResponse(
        open_stored(document.sha256),
        as_attachment=True,
        filename=document.file_name,
        content_type="application/pdf",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
