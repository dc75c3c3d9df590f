"""Serve what was uploaded without trusting it (SECURITY.md, "Uploaded HTML")."""

from django.http import FileResponse

from content.assets.enums import FileFormat
from content.assets.models import RevisionFile
from content.files import open_stored

MEDIA_TYPES: dict[str, str] = {
    FileFormat.PDF: "application/pdf",
    FileFormat.HTML: "text/html; charset=utf-8",
    FileFormat.ZIP: "application/zip",
    FileFormat.PNG: "image/png",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.MP4: "video/mp4",
    FileFormat.MP3: "audio/mpeg",
}
SANDBOX = "sandbox; default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'"


def download(file: RevisionFile) -> FileResponse:
    """Answer with a file's bytes as an attachment that no browser runs.

    :raises StoredFileFault: if the stored bytes are not those that were reviewed.
    """
    response = FileResponse(
        open_stored(file.sha256),
        as_attachment=True,
        filename=file.name,
        content_type=MEDIA_TYPES[file.format],
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response
