"""Look for the printed reference in the files of a revision, before any lock (ADR 0014, 0031)."""

from dataclasses import dataclass

from approvals.submissions.enums import Printed
from approvals.submissions.models import PlannedDeposit
from content.assets.document_text import read_text
from content.assets.enums import FileFormat
from content.assets.models import Revision, RevisionFile, Version

READ = (FileFormat.PDF, FileFormat.HTML)


@dataclass(frozen=True)
class Reading:
    """What was found, and the digest and reference it was looked for in."""

    digest: str
    reference: str
    printed: Printed

    def holds_for(self, revision: Revision, reference: str) -> bool:
        """Whether it tells of this very revision and reference."""
        return (self.digest, self.reference) == (revision.digest, reference)


def read_ahead(version_id: int) -> Reading | None:
    """Read a version's files, which takes long, before the act that needs it opens.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    version = Version.objects.filter(pk=version_id).first()
    revision = version.current_revision if version is not None else None
    plan = PlannedDeposit.objects.current().filter(version=version_id).first()
    if revision is None or not revision.digest or plan is None:
        return None
    reference = plan.reference.value
    return Reading(revision.digest, reference, printed_in(revision, reference))


def printed_in(revision: Revision, reference: str) -> Printed:
    """Say whether a reference is found in the text of a revision's files."""
    texts = [text_of(file) for file in revision.files.all()]
    wanted = squeezed(reference)
    if any(wanted in squeezed(text) for text in texts):
        return Printed.FOUND
    return Printed.ABSENT if any(squeezed(text) for text in texts) else Printed.UNREADABLE


def text_of(file: RevisionFile) -> str:
    """Return what can be read in a PDF or a page; nothing in images, sound and packages.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    found = read_text(file.sha256, file.format) if file.format in READ else None
    return found.text if found else ""


def squeezed(text: str) -> str:
    """Return a text without its blanks: a layout may break a reference over two lines."""
    return "".join(text.split()).casefold()
