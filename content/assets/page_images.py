"""Pictures of a PDF's pages, made once per file and kept where what is derived is kept.

Run as a script it is the child (``content.child``): ``count``, or a page's number, on a PDF.
"""

import sys
from typing import Any

CPU_SECONDS = 20
# 108 dots an inch: an A4 page of 893 by 1,264 pixels, sharp on a tablet.
SCALE = 1.5
MAX_PIXELS = 6_000_000


def page_count(sha256: str) -> int:
    """Return how many pages a stored PDF has, or 0 where it cannot be read within the limits.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    said = _kept(sha256, "count") or _made(sha256, "count", "count")
    return int(said) if said and said.isdigit() else 0


def page_image(sha256: str, page: int) -> bytes | None:
    """Return a page (from 1) of a stored PDF as a PNG, or None where there is no such picture.

    :raises StoredFileFault: if the stored bytes are absent or altered.
    """
    name = f"{page}.png"
    if (kept := _kept(sha256, name)) is not None:
        return kept
    return _made(sha256, name, str(page)) if 1 <= page <= page_count(sha256) else None


def _path(sha256: str, name: str) -> str:
    return f"pages/{sha256[:2]}/{sha256}/{name}"


def _kept(sha256: str, name: str) -> bytes | None:
    """Return what was made of a file before, or None."""
    from content.assets.derived import kept

    return kept(_path(sha256, name))


def _made(sha256: str, name: str, question: str) -> bytes | None:
    """Make something of a file, and keep it. A failure is not kept."""
    from content.assets.derived import keep
    from content.child import answer_of
    from content.files import open_stored

    with open_stored(sha256) as file:
        made = answer_of(__file__, question, file=file, cpu_seconds=CPU_SECONDS)
    return None if made is None else keep(_path(sha256, name), made)


def _picture(page: Any) -> bytes:
    import io

    width, height = page.get_size()
    scale = min(SCALE, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    written = io.BytesIO()
    image = page.render(scale=scale).to_pil()
    image.save(written, "PNG")
    return written.getvalue()


def main() -> int:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        if sys.argv[1] == "count":
            answer = str(len(document)).encode()
        else:
            answer = _picture(document[int(sys.argv[1]) - 1])
    except (pypdfium2.PdfiumError, MemoryError):
        return 1
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
