"""The words of a stored file: its pages, its links, and where on a page some words stand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from content import files as storage
from content.assets import text_reader
from content.assets.enums import FileFormat
from content.child import answer_of

# Formats in which words can be read at all; images, sound and film hold none.
WITH_TEXT = (FileFormat.PDF, FileFormat.HTML, FileFormat.ZIP)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """A page of a PDF, a page of a package (by its name in it), or a whole HTML document."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class DocumentText:
    """What a file says; ``whole`` is false where it was too long to be read to its end."""

    parts: tuple[Part, ...]
    links: tuple[str, ...] = ()
    whole: bool = True

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)

    @property
    def is_blank(self) -> bool:
        return not any(part.text.strip() for part in self.parts)


def read_text(sha256: str, file_format: str) -> DocumentText | None:
    """Return what a stored file says, or None where nothing can be read within the limits.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    if file_format not in WITH_TEXT:
        return None
    with storage.open_stored(sha256) as file:
        said = answer_of(
            text_reader.__file__,
            str(file_format),
            file=file,
            cpu_seconds=text_reader.CPU_SECONDS,
        )
    if said is None:
        return None
    answer = json.loads(said)
    parts = tuple(Part(part["text"], part["name"]) for part in answer["parts"])
    return DocumentText(parts, tuple(answer["links"]), answer["whole"])


def boxes_in(sha256: str, spans: Sequence[tuple[int, int, int]]) -> list[Box | None]:
    """Return the rectangle of each (page from 1, first character, characters) of a stored PDF.

    Fractions of the page from its top left corner: x, y, width, height. None where there is none.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    if not spans:
        return []
    with storage.open_stored(sha256) as file:
        said = answer_of(
            text_reader.__file__,
            "boxes",
            json.dumps(list(spans)),
            file=file,
            cpu_seconds=text_reader.CPU_SECONDS,
        )
    if said is None:
        return [None] * len(spans)
    return [tuple(box) if box else None for box in json.loads(said)]
