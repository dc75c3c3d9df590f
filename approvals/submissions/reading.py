"""Read the text of a stored file, so that a printed reference can be found in it."""

from approvals.submissions.pdf_text import text_of_pdf
from content import files as storage
from content.assets.enums import FileFormat
from content.assets.models import RevisionFile

LONGEST_HTML = 5_000_000


def text_of(file: RevisionFile) -> str:
    """Return what can be read in a PDF or a page; nothing in images, sound and packages."""
    if file.format == FileFormat.PDF:
        with storage.open_stored(file.sha256) as stored:
            return text_of_pdf(stored)
    if file.format == FileFormat.HTML:
        with storage.open_stored(file.sha256) as stored:
            return str(stored.read(LONGEST_HTML).decode("utf-8", "replace"))
    return ""
