"""Show an uploaded e-mail or slide without trusting it (SECURITY.md, "Uploaded HTML").

Its bytes are served under a sealed, short-lived address that names who may see which file, to a
frame of no origin: what runs in it reads neither cookies nor pages, and reaches nothing.
"""

import mimetypes
import zipfile
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from approvals.people.models import User
from content.assets.enums import FileFormat
from content.assets.files import MEDIA_TYPES, SANDBOX
from content.assets.models import RevisionFile, Version
from content.files import open_stored, path_of, revisions_storage

SALT = "content.assets.previews"
SHOWN_FOR = timedelta(minutes=15)
FRAMED = (FileFormat.HTML, FileFormat.ZIP)
MAX_ENTRY = 50 * 1024 * 1024
# What a slide is made of; anything else is not served.
SERVED = {
    *("text/html", "text/css", "text/javascript", "application/javascript", "application/json"),
    *("image/png", "image/jpeg", "image/gif", "image/svg+xml", "image/webp"),
    *("font/woff", "font/woff2", "font/ttf", "font/otf"),
    *("video/mp4", "audio/mpeg", "application/pdf", "text/plain"),
}
MARKUP = (".html", ".htm")
SLIDE = (
    "sandbox allow-scripts; default-src 'none'; connect-src 'none'; form-action 'none';"
    " script-src {base}; style-src {base} 'unsafe-inline'; img-src {base} data:;"
    " media-src {base}; font-src {base}; frame-ancestors 'self'"
)


def in_frame(file: RevisionFile, user: User) -> tuple[str, list[str]]:
    """Return where a person sees a file in a frame for the next quarter of an hour, and its slides.

    A package is read through once for both; an e-mail has no slides.
    """
    names = entries_of(file) if file.format == FileFormat.ZIP else []
    token = signing.dumps([file.pk, user.pk], salt=SALT)
    entry = entrance(names) or "index.html"
    return reverse("assets:sealed", args=[token, entry]), slides_among(names)


def entries_of(file: RevisionFile) -> list[str]:
    """Return the names of a package's files, [] where it cannot be read."""
    try:
        with open_stored(file.sha256) as stored, zipfile.ZipFile(stored) as package:
            return [entry.filename for entry in package.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile:
        return []


def entrance(entries: list[str]) -> str:
    """Return the entry that a slide opens with, or "": its index, else its first page or picture.

    FORMATS.md: ``index.html``, older ``<name>.html``; image slides ``image.png``; ``pdf.pdf``.
    """
    names = sorted(entries, key=lambda name: (name.count("/"), name))
    pages = [name for name in names if name.lower().endswith(MARKUP)]
    index = [name for name in pages if PurePosixPath(name).name.lower() == "index.html"]
    others = [name for name in names if _type_of(name).startswith(("image/", "application/pdf"))]
    return next(iter([*index, *pages, *others]), "")


def slides_among(entries: list[str]) -> list[str]:
    """Return the entries of a package that are shown as slides: its pages, else its pictures."""
    pages = [name for name in entries if name.lower().endswith(MARKUP)]
    return pages or [name for name in entries if _type_of(name).startswith("image/")]


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or ""


def opened(token: str) -> RevisionFile:
    """Return the file that a sealed address names.

    :raises Http404: where it is not ours, too old, or its person no longer sees the version.
    """
    try:
        file_id, user_id = signing.loads(token, salt=SALT, max_age=SHOWN_FOR)
    except signing.BadSignature as unsealed:
        raise Http404 from unsealed
    user = User.objects.active().filter(pk=user_id).first()
    file = RevisionFile.objects.filter(pk=file_id).select_related("revision").first()
    if user is None or file is None:
        raise Http404
    if not Version.objects.visible_to(user).filter(pk=file.revision.version_id).exists():
        raise Http404
    return file


def framed(request: HttpRequest, file: RevisionFile, name: str) -> HttpResponse:
    """Answer with an e-mail, or with one entry of a slide's package.

    :raises Http404: where the package holds no such entry, or one that no slide is made of.
    """
    if file.format == FileFormat.HTML:
        with open_stored(file.sha256) as stored:
            answer = HttpResponse(stored.read(), content_type=MEDIA_TYPES[FileFormat.HTML])
        answer["Content-Security-Policy"] = f"{SANDBOX}; frame-ancestors 'self'"
    elif file.format == FileFormat.ZIP:
        answer = _entry(file, name)
        base = request.build_absolute_uri(request.path[: -len(name)] if name else request.path)
        answer["Content-Security-Policy"] = SLIDE.format(base=base)
    else:
        raise Http404
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, max-age=900"
    return answer


def _entry(file: RevisionFile, name: str) -> HttpResponse:
    kind = _type_of(name)
    if kind not in SERVED:
        raise Http404
    try:
        # Not read through and compared at each of a slide's hundred pieces: zip keeps checksums.
        stored: Any = revisions_storage().open(path_of(file.sha256))
        with stored, zipfile.ZipFile(stored) as package:
            if package.getinfo(name).file_size > MAX_ENTRY:
                raise Http404
            content = package.read(name)
    except (KeyError, zipfile.BadZipFile, FileNotFoundError) as absent:
        raise Http404 from absent
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    # A frame without an origin may ask for a module or a font of its own package.
    headers = {"Access-Control-Allow-Origin": "null"}
    return HttpResponse(content, content_type=kind + charset, headers=headers)
