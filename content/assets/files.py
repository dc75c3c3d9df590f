"""Serve what was uploaded without trusting it (SECURITY.md, "Uploaded HTML")."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from content.assets.enums import FileFormat
from content.assets.models import RevisionFile
from content.assets.page_images import page_image
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


def page_picture(request: HttpRequest, file: RevisionFile, page: int) -> HttpResponseBase:
    """Answer with the picture of one page of a PDF; 304 to whom has it.

    :raises Http404: where there is no such page, or it cannot be drawn within the limits.
    :raises StoredFileFault: if the stored bytes are not those that were reviewed.
    """
    if file.format != FileFormat.PDF:
        raise Http404
    return picture_of(request, file.sha256, page)


def picture_of(request: HttpRequest, sha256: str, page: int) -> HttpResponseBase:
    """Answer with the picture of one page of a stored PDF, as ``page_picture`` does."""
    picture = page_image(sha256, page)
    if picture is None:
        raise Http404
    etag = f'"{sha256}-{page}"'
    whole = HttpResponse(picture, content_type="image/png", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=whole) or whole
