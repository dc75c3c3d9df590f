"""Where a comment points: a rectangle of a page, a slide of a package, a line of a source.

A PDF's pages are counted by a child process the first time, hence before the act where its caller
opens a transaction; the action places what was not placed yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from content.assets.enums import FileFormat
from content.assets.models import Revision, RevisionFile, Version
from content.assets.page_images import page_count
from content.assets.previews import entries_of
from content.files import StoredFileFault, open_stored

SIDES = ("x", "y", "width", "height")
PAGED = (FileFormat.PDF, FileFormat.PNG, FileFormat.JPEG)
PLACES = ("page", "slide", "line")


@dataclass(frozen=True)
class Placed:
    """A place that was found in a revision, as columns of a comment."""

    revision: Revision | None
    columns: dict[str, Any] = field(default_factory=dict)


def placed(
    version: Version, anchor: "Mapping[str, Any] | Placed | None", *, revision: int | None = None
) -> Placed:
    """Return where an anchor points, in the revision of that number or else the current one.

    ``{"page", "x", "y", "width", "height"}`` (pages from 1, the rest fractions of the page from
    its top left corner), ``{"slide"}`` (the path of a package's entry) or ``{"line"}`` (from 1);
    each may name its ``file`` by position, or else is about the first file that has such a place.

    :raises InvalidInput: field ``revision``; field ``anchor``, ``outside_page``,
        ``no_such_file`` or ``no_such_place``.
    """
    if isinstance(anchor, Placed):
        return anchor
    about = _revision(version, revision)
    if not anchor:
        return Placed(about)
    kinds = [kind for kind in PLACES if anchor.get(kind) is not None]
    if len(kinds) != 1:
        raise _outside()
    return Placed(about, READERS[kinds[0]](about, anchor))


def _revision(version: Version, number: int | None) -> Revision | None:
    if number is None:
        current: Revision | None = version.current_revision
        return current
    found = version.revisions.filter(number=number).first()
    if found is None:
        raise InvalidInput.at(
            "revision", _("This version has no revision %(number)s.") % {"number": number}
        )
    return found


def _file(about: Revision | None, anchor: Mapping[str, Any], formats: Any) -> RevisionFile:
    files = RevisionFile.objects.filter(revision=about, format__in=formats).order_by("position")
    position = anchor.get("file")
    if position is not None:
        files = files.filter(position=position if isinstance(position, int) else -1)
    file = files.first()
    if file is None:
        raise InvalidInput.at(
            "anchor", _("No file of this revision has such a place."), "no_such_file"
        )
    return file


def _outside() -> InvalidInput:
    return InvalidInput.at(
        "anchor",
        _("The rectangle must lie on the page: fractions between 0 and 1, from its top left."),
        "outside_page",
    )


def _rectangle(about: Revision | None, anchor: Mapping[str, Any]) -> dict[str, Any]:
    try:
        page = int(anchor["page"])
        sides = {side: Decimal(str(anchor[side])).quantize(Decimal("0.000001")) for side in SIDES}
        starts = sides["x"] >= 0 and sides["y"] >= 0 and page >= 1
        filled = sides["width"] > 0 and sides["height"] > 0
        ends = sides["x"] + sides["width"] <= 1 and sides["y"] + sides["height"] <= 1
    except (KeyError, TypeError, ValueError, OverflowError, InvalidOperation) as error:
        raise _outside() from error
    if not (starts and filled and ends):
        raise _outside()
    file = _file(about, anchor, PAGED)
    if page > _pages(file):
        raise InvalidInput.at(
            "anchor",
            _("“%(name)s” has no page %(page)s.") % {"name": file.name, "page": page},
            "outside_page",
        )
    return {"file": file.position, "page": page, **sides}


def _pages(file: RevisionFile) -> int:
    return page_count(file.sha256) if file.format == FileFormat.PDF else 1


def _slide(about: Revision | None, anchor: Mapping[str, Any]) -> dict[str, Any]:
    file = _file(about, anchor, (FileFormat.ZIP,))
    slide = anchor["slide"]
    if slide not in entries_of(file):
        raise _absent(_("“%(name)s” holds no such slide.") % {"name": file.name})
    return {"file": file.position, "slide": slide}


def _line(about: Revision | None, anchor: Mapping[str, Any]) -> dict[str, Any]:
    file = _file(about, anchor, (FileFormat.HTML,))
    line = anchor["line"]
    if not isinstance(line, int) or not 1 <= line <= _lines(file):
        raise _absent(_("“%(name)s” has no such line.") % {"name": file.name})
    return {"file": file.position, "line": line}


def _lines(file: RevisionFile) -> int:
    try:
        with open_stored(file.sha256) as source:
            return sum(1 for _line in source)
    except StoredFileFault:
        return 0


def _absent(sentence: str) -> InvalidInput:
    return InvalidInput.at("anchor", sentence, "no_such_place")


READERS = {"page": _rectangle, "slide": _slide, "line": _line}
