"""Read the text of a stored file, so that a printed reference can be found in it."""

import threading

import pypdfium2

from content.assets import storage
from content.assets.enums import FileFormat
from content.assets.models import RevisionFile

# pdfium is not shared across threads (ARCHITECTURE.md, traps).
_pdfium = threading.Lock()
LONGEST_HTML = 5_000_000


def text_of(file: RevisionFile) -> str:
    """Return what can be read in a PDF or a page; nothing in images, sound and packages."""
    if file.format == FileFormat.PDF:
        return _pdf_text(file.sha256)
    if file.format == FileFormat.HTML:
        with storage.open_stored(file.sha256) as stored:
            return str(stored.read(LONGEST_HTML).decode("utf-8", "replace"))
    return ""


def _pdf_text(sha256: str) -> str:
    with storage.open_stored(sha256) as stored, _pdfium:
        try:
            document = pypdfium2.PdfDocument(stored.read())
        except pypdfium2.PdfiumError:
            return ""
        try:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
        finally:
            document.close()
