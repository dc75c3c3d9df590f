"""Read the text of a stored file, so that a printed reference can be found in it."""

from content.assets.document_text import read_text
from content.assets.enums import FileFormat
from content.assets.models import RevisionFile

READ = (FileFormat.PDF, FileFormat.HTML)


def text_of(file: RevisionFile) -> str:
    """Return what can be read in a PDF or a page; nothing in images, sound and packages.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    found = read_text(file.sha256, file.format) if file.format in READ else None
    return found.text if found else ""
