"""Compare two files that nobody trusts. Run as a script: it is the child (``content.child``).

Its argument is the kind (``pdf``, ``image``, ``html``, ``zip``); its standard input one line with
the length of the first file, then both files' bytes. It prints ``{"places": [place, …]}``, a place
being a page, an entry of a package or the whole file::

    {"before": 1 | null, "after": 1 | null, "name": "", "status": "same|changed|added|removed",
     "regions": [[x, y, width, height], …], "words": [["=" | "-" | "+", text], …]}

Regions are fractions of the page from its top left corner.
"""

import functools
import io
import json
import re
import sys
from difflib import SequenceMatcher
from typing import Any

MAX_PAGES = 300
# Two renderings of the same words differ by no more than this, of 255.
TOLERANCE = 24
CELL = 8
MAX_REGIONS = 40
WIDEST_GAP = 2
MAX_IMAGE_SIDE = 2_000
# Beyond that many words a page is compared line by line, so that no file takes for ever.
MAX_WORDS = 3_000
MAX_TEXT = 400_000
KEPT_AROUND = 12
CHUNK = 1024 * 1024
TOKENS = re.compile(r"<[^>]{0,2000}>|[^\s<]+|<|\n")
READABLE = (".html", ".htm", ".css", ".js", ".json", ".txt", ".xml", ".svg")

Region = list[float]
Words = list[list[str]]


def place(before: Any, after: Any, **said: Any) -> dict[str, Any]:
    """Return a place with what was not said of it left empty."""
    shown: dict[str, Any] = {"name": "", "regions": [], "words": [], **said}
    if "status" not in shown:
        changed = shown["regions"] or shown["words"]
        shown["status"] = "changed" if changed else "same"
        if before is None or after is None:
            shown["status"] = "added" if before is None else "removed"
    return {"before": before, "after": after, **shown}


def words_that_differ(before: str, after: str) -> Words:
    """Return a text's runs of words, kept (=), removed (-) and added (+); [] where none differ."""
    before, after = before[:MAX_TEXT], after[:MAX_TEXT]
    if before.split() == after.split():
        return []
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = before.splitlines(), after.splitlines()
    runs: Words = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(["=", _shortened(old[i:j])])
            continue
        if i < j:
            runs.append(["-", " ".join(old[i:j])])
        if k < m:
            runs.append(["+", " ".join(new[k:m])])
    return [run for run in runs if run[1].strip()]


def _shortened(words: list[str]) -> str:
    if len(words) <= 2 * KEPT_AROUND:
        return " ".join(words)
    return " ".join([*words[:KEPT_AROUND], "…", *words[-KEPT_AROUND:]])


def regions_that_differ(before: Any, after: Any) -> list[Region]:
    """Return where two pictures differ, near places joined; the whole where the sizes differ."""
    from PIL import ImageChops

    if before.size != after.size:
        return [[0.0, 0.0, 1.0, 1.0]]
    # The channel that differs most counts: as grey, pale yellow on white would be nothing.
    channels = ImageChops.difference(before.convert("RGBA"), after.convert("RGBA")).split()
    widest = functools.reduce(ImageChops.lighter, channels)
    grid = widest.point(lambda level: 255 if level > TOLERANCE else 0).reduce(CELL)
    width, height = grid.size
    levels = grid.tobytes()
    cells = {(at % width, at // width) for at, level in enumerate(levels) if level}
    boxes = _joined(cells)
    if len(boxes) > MAX_REGIONS:
        boxes = [_around(cells)]
    return [
        [
            round(left / width, 4),
            round(top / height, 4),
            round((right + 1 - left) / width, 4),
            round((bottom + 1 - top) / height, 4),
        ]
        for left, top, right, bottom in boxes
    ]


def _around(cells: Any) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in cells], [y for _, y in cells]
    return min(xs), min(ys), max(xs), max(ys)


def _joined(cells: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the boxes around groups of cells that are near each other, from the top down."""
    left = set(cells)
    boxes = []
    steps = range(-WIDEST_GAP, WIDEST_GAP + 1)
    while left:
        group, edge = set(), [left.pop()]
        while edge:
            x, y = edge.pop()
            group.add((x, y))
            near = {(x + a, y + b) for a in steps for b in steps} & left
            left -= near
            edge.extend(near)
        boxes.append(_around(group))
    return sorted(boxes, key=lambda box: (box[1], box[0]))


def pairs(before: list[str], after: list[str]) -> list[tuple[int | None, int | None]]:
    """Return which page stands where another stood (from 1), so that an inserted one moves none."""
    found: list[tuple[int | None, int | None]] = []
    for _kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for step in range(max(j - i, m - k)):
            old = i + step + 1 if i + step < j else None
            new = k + step + 1 if k + step < m else None
            found.append((old, new))
    return found


def compare_pdfs(before: bytes, after: bytes) -> list[dict[str, Any]]:
    import pypdfium2

    old, new = (pypdfium2.PdfDocument(content) for content in (before, after))
    if max(len(old), len(new)) > MAX_PAGES:
        raise ValueError("too many pages")
    texts = [[page.get_textpage().get_text_bounded() for page in pdf] for pdf in (old, new)]
    return [_pages(old, new, texts, a, b) for a, b in pairs(*texts)]


def _pages(old: Any, new: Any, texts: Any, a: int | None, b: int | None) -> dict[str, Any]:
    if a is None or b is None:
        return place(a, b)
    pictures = [pdf[at - 1].render(scale=1).to_pil() for pdf, at in ((old, a), (new, b))]
    return place(
        a,
        b,
        regions=regions_that_differ(*pictures),
        words=words_that_differ(texts[0][a - 1], texts[1][b - 1]),
    )


def compare_images(before: bytes, after: bytes) -> list[dict[str, Any]]:
    from PIL import Image

    pictures = []
    for content in (before, after):
        picture = Image.open(io.BytesIO(content))
        picture.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
        pictures.append(picture)
    return [place(1, 1, regions=regions_that_differ(*pictures))]


def compare_sources(before: bytes, after: bytes) -> list[dict[str, Any]]:
    words = words_that_differ(*(text.decode("utf-8", "replace") for text in (before, after)))
    # Words beyond the limit, or that are not UTF-8, are not told apart: the bytes are.
    differs = before.split() != after.split()
    return [place(1, 1, words=words, status="changed" if differs else "same")]


def compare_packages(before: bytes, after: bytes) -> list[dict[str, Any]]:
    import zipfile

    with (
        zipfile.ZipFile(io.BytesIO(before)) as old,
        zipfile.ZipFile(io.BytesIO(after)) as new,
    ):
        entries = [
            {entry.filename: entry for entry in package.infolist() if not entry.is_dir()}
            for package in (old, new)
        ]
        return [
            _entry(old, new, name, *(found.get(name) for found in entries))
            for name in sorted(set(entries[0]) | set(entries[1]))
        ]


def _entry(old: Any, new: Any, name: str, a: Any, b: Any) -> dict[str, Any]:
    shown = (None if a is None else 1, None if b is None else 1)
    if a is None or b is None:
        return place(*shown, name=name)
    if (a.CRC, a.file_size) == (b.CRC, b.file_size) and _alike(old, new, name):
        return place(*shown, name=name, status="same")
    words: Words = []
    if name.lower().endswith(READABLE) and max(a.file_size, b.file_size) <= MAX_TEXT:
        texts = [package.read(name).decode("utf-8", "replace") for package in (old, new)]
        words = words_that_differ(*texts)
    return place(*shown, name=name, words=words, status="changed")


def _alike(old: Any, new: Any, name: str) -> bool:
    """Whether an entry's bytes are the same: who wants to can give others the same checksum."""
    with old.open(name) as before, new.open(name) as after:
        while chunk := before.read(CHUNK):
            if chunk != after.read(CHUNK):
                return False
        return not after.read(1)


KINDS = {
    "pdf": compare_pdfs,
    "png": compare_images,
    "jpeg": compare_images,
    "html": compare_sources,
    "zip": compare_packages,
}


def main() -> int:
    length = int(sys.stdin.buffer.readline())
    before = sys.stdin.buffer.read(length)
    after = sys.stdin.buffer.read()
    try:
        places = KINDS[sys.argv[1]](before, after)
    except (Exception, MemoryError):
        # Whatever a file does to its reader, the answer is that it cannot be compared.
        return 1
    sys.stdout.write(json.dumps({"places": places}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
