"""Compare two revisions file by file; each pair of files is compared once and kept."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from content import child as children
from content.assets.comparison import child
from content.assets.derived import keep, kept
from content.assets.digests import canonical_metadata
from content.assets.enums import FileFormat
from content.assets.models import Revision, RevisionFile
from content.files import open_stored

CPU_SECONDS = 40
COMPARED = (FileFormat.PDF, FileFormat.PNG, FileFormat.JPEG, FileFormat.HTML, FileFormat.ZIP)
# Of the regulated data, what every corrected revision changes anyway.
CHANGES_ALWAYS = {"prepared_on"}
# Kept results are those of this way of comparing.
WAY = "2"


@dataclass(frozen=True)
class FileDifference:
    """What became of one file; ``places`` is None where the bytes differ but cannot be compared.

    A place is described in ``content.assets.comparison.child``.
    """

    before: RevisionFile | None
    after: RevisionFile | None
    places: list[dict[str, Any]] | None

    @property
    def name(self) -> str:
        file: Any = self.after or self.before
        return str(file.name)

    @property
    def status(self) -> str:
        """``same``, ``changed``, ``added`` or ``removed``."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "same" if self.before.sha256 == self.after.sha256 else "changed"

    @property
    def compared(self) -> bool:
        return self.places is not None

    @property
    def changed_places(self) -> list[dict[str, Any]]:
        return [place for place in self.places or [] if place["status"] != "same"]


def earlier_than(revision: Revision) -> Revision | None:
    """Return what a revision is compared with: what reviewers last saw of its asset before it.

    That is the latest earlier revision that was submitted. Where none was, the latest earlier one
    of the same version or, for a first one, of the version before; a first version's, nothing.
    """
    version = revision.version
    of_it = Q(version=version, number__lt=revision.number)
    earlier = Revision.objects.filter(
        of_it | Q(version__asset=version.asset_id, version__number__lt=version.number)
    )
    in_order = earlier.select_related("version__asset").order_by("version__number", "number")
    # A file that was uploaded and replaced before anybody reviewed it would hide what changed.
    return in_order.exclude(digest="").last() or in_order.last()


def compare(before: Revision | None, after: Revision) -> list[FileDifference]:
    """Return the difference of each file, in the order of the later revision, removed ones last.

    Where there is nothing before, every file was added.

    :raises StoredFileFault: if stored bytes are absent or altered.
    """
    old = list(before.files.order_by("position")) if before else []
    new = list(after.files.order_by("position"))
    paired = [_partner(file, old, new) for file in new]
    gone = [file for file in old if file not in paired]
    differences = [_difference(a, b) for a, b in zip(paired, new, strict=True)]
    return [*differences, *(FileDifference(file, None, []) for file in gone)]


def _partner(
    file: RevisionFile, old: list[RevisionFile], new: list[RevisionFile]
) -> RevisionFile | None:
    """Return what a file was before: the one of its name, else the one at its place whose name
    is gone, if both are of one format."""
    alike = [other for other in old if other.format == file.format]
    for other in alike:
        if other.name == file.name:
            return other
    kept = {other.name for other in new}
    same_place = (x for x in alike if x.position == file.position and x.name not in kept)
    return next(same_place, None)


def _difference(before: RevisionFile | None, after: RevisionFile) -> FileDifference:
    if before is None or before.sha256 == after.sha256:
        return FileDifference(before, after, [])
    return FileDifference(before, after, _places(before, after))


def _places(before: RevisionFile, after: RevisionFile) -> list[dict[str, Any]] | None:
    if after.format not in COMPARED:
        return None
    said = kept(_path(before, after)) or _made(before, after)
    return json.loads(said)["places"] if said else None


def _path(before: RevisionFile, after: RevisionFile) -> str:
    return f"differences/{WAY}/{after.sha256[:2]}/{before.sha256}-{after.sha256}.json"


def _made(before: RevisionFile, after: RevisionFile) -> bytes | None:
    """Compare two files in the child; a failure is not kept."""
    with (
        open_stored(before.sha256) as old,
        open_stored(after.sha256) as new,
        tempfile.TemporaryFile() as both,
    ):
        both.write(b"%d\n" % before.size)
        shutil.copyfileobj(old, both)
        shutil.copyfileobj(new, both)
        made = children.answer_of(child.__file__, after.format, file=both, cpu_seconds=CPU_SECONDS)
    return None if made is None else keep(_path(before, after), made)


def fields_that_differ(before: Revision, after: Revision) -> dict[str, list[Any]]:
    """Return the regulated fields that differ, by name, each with its value before and after."""
    old, new = _data(before), _data(after)
    names = sorted((old.keys() | new.keys()) - CHANGES_ALWAYS)
    return {
        name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)
    }


def _data(revision: Revision) -> dict[str, Any]:
    text = revision.metadata_text or canonical_metadata(revision.version, revision)
    data: dict[str, Any] = json.loads(text)
    return data
