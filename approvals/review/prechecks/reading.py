"""What a revision's files say, each read once, in children that may crash or never end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any

from approvals.audit import InvalidInput
from approvals.review.prechecks.matching import Searched
from content import files as storage
from content.assets.document_text import WITH_TEXT, DocumentText, boxes_in, read_text
from content.assets.enums import FileFormat
from content.assets.inspection import check_image, check_zip
from content.assets.models import Revision, RevisionFile
from content.assets.pdf_probe import probe

TOOL = "imprimatur-prechecks"
# Another number whenever a rule finds something else than before.
RULES = "1"
READERS = ("pypdfium2", "pikepdf", "lxml")
# Faults after which nothing is read: the others are those of ``pdf_probe``.
ALTERED = "altered"
SHUT = frozenset({"broken", "encrypted", "too_complex", ALTERED})


def tool_version() -> str:
    """Return the rules' number and the versions of the libraries that read the files."""
    return f"{RULES} ({', '.join(f'{name} {version(name)}' for name in READERS)})"


@dataclass(frozen=True)
class Place:
    """Where something stands: a file, its page (from 1) where it has pages, and some characters."""

    file: "FileReading"
    page: int | None
    part: str
    first: int
    count: int

    @property
    def printed(self) -> str:
        """What is printed there, on one line."""
        text = self.file.pages[(self.page or 1) - 1].text
        return " ".join(text[self.first : self.first + self.count].split())

    def told(self, box: Sequence[float] | None) -> dict[str, Any]:
        """Return the place as it is kept; ``box`` are fractions of the page, or nothing."""
        sides = dict(zip(("x", "y", "width", "height"), box, strict=True)) if box else {}
        return {
            "file": self.file.position,
            "name": self.file.name,
            "page": self.page,
            "part": self.part,
            "text": self.printed[:200],
            **sides,
        }


@dataclass(frozen=True)
class FileReading:
    """One file: what is wrong with it, and what it says where it can be read."""

    position: int
    name: str
    format: str
    sha256: str
    fault: str = ""
    text: DocumentText | None = None

    @cached_property
    def pages(self) -> list[Searched]:
        return [Searched(part.text) for part in self.text.parts] if self.text else []

    @property
    def is_read(self) -> bool:
        """Whether every word of it was read, and there are some."""
        return self.text is not None and self.text.whole and not self.text.is_blank

    def place(self, at: int, span: tuple[int, int]) -> Place:
        """Return the place of some characters of the page of an index."""
        assert self.text is not None
        page = None if self.format == FileFormat.HTML else at + 1
        return Place(self, page, self.text.parts[at].name, *span)

    def told(self) -> dict[str, Any]:
        return {
            "file": self.position,
            "name": self.name,
            "pages": len(self.pages) if self.format != FileFormat.HTML else None,
            "read": self.is_read,
        }


@dataclass(frozen=True)
class Reading:
    """The files of a revision, as they were read."""

    files: tuple[FileReading, ...]

    def find(self, pattern: "re.Pattern[str]", *, as_read: bool = False) -> Place | None:
        """Return where a pattern is first found in a normal text, or in the text as it was read."""
        for file in self.files:
            for at, page in enumerate(file.pages):
                span = page.find_as_read(pattern) if as_read else page.find(pattern)
                if span is not None:
                    return file.place(at, span)
        return None

    def dates(self) -> Iterator[tuple[Any, Place]]:
        """Yield each date that is printed, and where."""
        for file in self.files:
            for at, page in enumerate(file.pages):
                for dated in page.dates():
                    yield dated, file.place(at, (dated.first, dated.count))

    @property
    def unread(self) -> list[str]:
        """The names of the files that hold words, or things, which nobody read."""
        return [file.name for file in self.files if not file.is_read]

    @property
    def links(self) -> list[str]:
        return [link for file in self.files if file.text for link in file.text.links]


def read_revision(revision: Revision) -> Reading:
    """Read each file of a revision. Takes seconds: never inside an act."""
    return Reading(tuple(_read(file) for file in revision.files.order_by("position")))


def _read(file: RevisionFile) -> FileReading:
    fault, text = "", None
    try:
        fault = fault_of(file)
        if fault not in SHUT and file.format in WITH_TEXT:
            text = read_text(file.sha256, file.format)
    except storage.StoredFileFault:
        fault = ALTERED
    return FileReading(file.position, file.name, file.format, file.sha256, fault, text)


def fault_of(file: RevisionFile) -> str:
    """Return what is wrong with a stored file (a fault of ``pdf_probe``), or ``""``.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    with storage.open_stored(file.sha256) as stored:
        if file.format == FileFormat.PDF:
            return probe(stored)
        try:
            if file.format in {FileFormat.PNG, FileFormat.JPEG}:
                check_image(file.name, stored)
            elif file.format == FileFormat.ZIP:
                check_zip(file.name, stored)
        except InvalidInput:
            return "broken"
    return ""


def boxes_of(places: Sequence[Place]) -> dict[int, Sequence[float] | None]:
    """Return the rectangle of each place of a PDF, by the identity of the place."""
    boxes: dict[int, Sequence[float] | None] = {}
    by_file: dict[str, list[Place]] = {}
    for place in places:
        if place.file.format == FileFormat.PDF and place.page is not None:
            by_file.setdefault(place.file.sha256, []).append(place)
    for sha256, theirs in by_file.items():
        spans = [(place.page or 1, place.first, place.count) for place in theirs]
        found = boxes_in(sha256, spans)
        boxes |= {id(place): box for place, box in zip(theirs, found, strict=True)}
    return boxes
