"""What an uploaded file is, from its bytes and never from its name (SECURITY.md, attacks 6).

Every refusal is ``InvalidInput`` at ``files`` with one sentence that names the file, and comes
before anything is written. Bounded: no file is loaded whole, packages are counted before they are
read, PDFs are parsed in a child process with a limit of memory and time.
"""

import codecs
import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from approvals.audit import InvalidInput, is_under_way
from content.assets.enums import FileFormat
from content.assets.models import AssetType
from content.assets.packages import check_package
from content.assets.pdf_probe import probe
from content.files import chunks_of

MAX_FILES = 100
MAX_NAME = 200
MAX_PIXELS = 100_000_000
EXTENSIONS = {
    "pdf": FileFormat.PDF,
    "html": FileFormat.HTML,
    "htm": FileFormat.HTML,
    "zip": FileFormat.ZIP,
    "png": FileFormat.PNG,
    "jpg": FileFormat.JPEG,
    "jpeg": FileFormat.JPEG,
    "mp4": FileFormat.MP4,
    "mp3": FileFormat.MP3,
}
# Bidirectional and invisible controls, with which a name lies about its extension.
LYING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
MARKUP = re.compile(r"<(!doctype\s+html|html|head|body|table|tr|td|div|p|span|h[1-6]|meta)\b", re.I)
LEADING_COMMENTS = re.compile(r"\A\s*(?:<!--.*?-->\s*)*", re.S)


@dataclass(frozen=True)
class Inspected:
    """A file that may be stored: its name, its true format, its bytes, for which type of asset."""

    name: str
    format: FileFormat
    file: Any
    asset_type_id: int | None


def refuse(message: Any, code: str = "invalid") -> InvalidInput:
    return InvalidInput.at("files", message, code)


def inspect_files(files: Sequence[Any], asset_type: AssetType) -> list[Inspected]:
    """Check every file of an upload; return each with its true format, in order.

    Takes seconds for a large PDF: never inside an act, which holds locks.

    :raises InvalidInput: field ``files``.
    :raises RuntimeError: inside an act.
    """
    if is_under_way():
        raise RuntimeError("Files are inspected before the act that keeps them.")
    if not files:
        raise refuse(_("Choose at least one file."))
    if len(files) > MAX_FILES:
        raise refuse(_("Upload %(limit)d files at most at once.") % {"limit": MAX_FILES})
    inspected = [inspect(file, asset_type) for file in files]
    names = [found.name.casefold() for found in inspected]
    for found in inspected:
        if names.count(found.name.casefold()) > 1:
            raise refuse(
                _("Two files are named “%(name)s”: rename one of them.") % {"name": found.name}
            )
    return inspected


def inspect(file: Any, asset_type: AssetType) -> Inspected:
    """Check one file: name, size, true format, and what that format must not hold.

    :raises InvalidInput: field ``files``.
    """
    name = check_name(str(file.name or ""))
    check_size(name, file)
    expected = _expected_format(name, asset_type)
    check_content(name, file, expected)
    CHECKS[expected](name, file)
    file.seek(0)
    return Inspected(name, expected, file, asset_type.pk)


def check_name(name: str) -> str:
    """Return a file's name, refused where it lies or could be a path.

    :raises InvalidInput: field ``files``.
    """
    shown = "".join(char if char.isprintable() else "�" for char in name)[:80]
    if any(unicodedata.category(char) in LYING for char in name):
        raise refuse(
            _("The name “%(name)s” holds invisible characters: rename the file.") % {"name": shown}
        )
    if "/" in name or "\\" in name or name.strip(". ") == "":
        raise refuse(
            _("The name “%(name)s” is not a file name: rename the file.") % {"name": shown}
        )
    if len(name) > MAX_NAME:
        raise refuse(
            _("The name “%(name)s” is too long: %(limit)d characters at most.")
            % {"name": shown, "limit": MAX_NAME}
        )
    return name


def check_size(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` if empty, or larger than the setting allows."""
    if not file.size:
        raise refuse(_("“%(name)s” is empty: upload it again.") % {"name": name})
    if file.size > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise refuse(
            _("“%(name)s” is too large: %(limit)d MB at most.")
            % {"name": name, "limit": settings.UPLOAD_MAX_MB},
            "too_large",
        )


def promised_format(name: str) -> FileFormat | None:
    """Return the format that a file's extension promises, if it is one of those known here."""
    return EXTENSIONS.get(PurePosixPath(name).suffix.lower().lstrip("."))


def check_content(name: str, file: Any, expected: FileFormat) -> None:
    """:raises InvalidInput: field ``files`` if the first bytes are not of the format expected."""
    found = sniff(file)
    file.seek(0)
    if found != expected:
        raise refuse(
            _("“%(name)s” is not a %(expected)s file: its content is %(found)s. Export it again.")
            % {
                "name": name,
                "expected": expected.label,
                "found": found.label if found else _("something else"),
            }
        )


def check_extension(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` if a known extension says what the file is not."""
    expected = promised_format(name)
    if expected is not None:
        check_content(name, file, expected)


def _expected_format(name: str, asset_type: AssetType) -> FileFormat:
    """Return the format that a file's extension promises, if the type of asset accepts it."""
    expected = promised_format(name)
    if expected is None or expected not in asset_type.formats:
        accepted = [FileFormat(code).label for code in asset_type.formats]
        raise refuse(
            _("“%(name)s” is not accepted here. %(type)s accepts: %(formats)s.")
            % {"name": name, "type": asset_type, "formats": ", ".join(accepted)}
        )
    return expected


def sniff(file: Any) -> FileFormat | None:
    """Return what a file's first bytes say it is."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith(b"%PDF-"):
        return FileFormat.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileFormat.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileFormat.JPEG
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileFormat.ZIP
    if head[4:8] == b"ftyp":
        return FileFormat.MP4
    if head.startswith(b"ID3") or _is_mpeg_audio(head):
        return FileFormat.MP3
    return FileFormat.HTML if _looks_like_html(head) else None


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether the file begins with an MPEG audio frame of layer III."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer, bitrate, rate = (head[1] >> 1) & 3, head[2] >> 4, (head[2] >> 2) & 3
    return layer == 1 and bitrate not in {0, 15} and rate != 3


def _looks_like_html(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    text = head.decode("utf-8-sig", errors="replace")
    text = text[LEADING_COMMENTS.match(text).end() :]  # type: ignore[union-attr]
    return text.startswith("<") and MARKUP.search(text) is not None


def check_pdf(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` for a PDF that does not open or holds too much."""
    sentences = {
        "broken": _("“%(name)s” does not open: the PDF is damaged. Export it again."),
        "encrypted": _("“%(name)s” is protected by a password: upload it without protection."),
        "script": _("“%(name)s” holds a script or a form that runs one: export it without."),
        "embedded": _("“%(name)s” holds another file inside: remove the attachment."),
        "launch": _("“%(name)s” would start a program: remove that action."),
        "too_complex": _("“%(name)s” is too complicated to be checked: simplify the PDF."),
    }
    fault = probe(file)
    if fault:
        raise refuse(sentences[fault] % {"name": name}, f"pdf_{fault}")


def check_image(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` for an image that does not open, or hides more."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=("PNG", "JPEG"))
            width, height = image.size
            image.verify()
    except Exception as broken:
        raise refuse(
            _("“%(name)s” does not open: the image is damaged.") % {"name": name}
        ) from broken
    if width * height > MAX_PIXELS:
        raise refuse(_("“%(name)s” has too many pixels: reduce it.") % {"name": name})
    if _bytes_after_image(file):
        raise refuse(
            _("“%(name)s” holds something else after the image: export it again.") % {"name": name}
        )


def _bytes_after_image(file: Any) -> bool:
    """Whether anything follows the image's own end: a second file hidden behind it."""
    file.seek(0)
    is_png = file.read(4) == b"\x89PNG"
    if is_png:
        file.seek(8)
        while len(header := file.read(8)) == 8:
            length, kind = int.from_bytes(header[:4]), header[4:]
            file.seek(length + 4, 1)
            if kind == b"IEND":
                return bool(file.read(1))
        return True
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 65536))
    tail: bytes = file.read()
    end = tail.rfind(b"\xff\xd9")
    return end < 0 or tail[end + 2 :].strip(b"\x00\r\n ") != b""


def check_html(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` for HTML that is not UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for chunk in chunks_of(file):
            if "\x00" in decoder.decode(chunk):
                raise UnicodeDecodeError("utf-8", b"", 0, 1, "NUL")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise refuse(
            _("“%(name)s” is not UTF-8 text: save it with that encoding.") % {"name": name}
        ) from wrong


def check_zip(name: str, file: Any) -> None:
    """:raises InvalidInput: field ``files`` for a package that could do harm."""
    fault = check_package(file)
    if fault:
        raise refuse(_("“%(name)s”: %(fault)s") % {"name": name, "fault": fault})


def check_media(name: str, file: Any) -> None:
    """Known by their first bytes alone: sound and film are played, never parsed here."""


CHECKS = {
    FileFormat.PDF: check_pdf,
    FileFormat.PNG: check_image,
    FileFormat.JPEG: check_image,
    FileFormat.HTML: check_html,
    FileFormat.ZIP: check_zip,
    FileFormat.MP4: check_media,
    FileFormat.MP3: check_media,
}
