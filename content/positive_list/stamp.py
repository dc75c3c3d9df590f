"""Write a line of words over every page of a PDF: standard input to standard output.

Run as a script it is the child (``content.child``); it imports one library and nothing of ours.
"""

import io
import sys
from typing import Any

SIZE = 9
EDGE = 14


def stamped(source: Any, words: str) -> bytes:
    """Return a copy of a PDF with the words at the foot, and pale across, of every page."""
    import pikepdf

    written = io.BytesIO()
    with pikepdf.open(source) as document:
        overlays: dict[tuple[float, float], Any] = {}
        for page in document.pages:
            size = _shown_size(page)
            if size not in overlays:
                overlays[size] = _overlay(*size, words)
            page.add_overlay(overlays[size].pages[0], pikepdf.Rectangle(page.trimbox))
        document.save(written)
    return written.getvalue()


def _shown_size(page: Any) -> tuple[float, float]:
    """Return the width and the height of a page as it is shown."""
    left, bottom, right, top = (float(side) for side in page.trimbox)
    width, height = abs(right - left), abs(top - bottom)
    turned = int(page.obj.get("/Rotate", 0) or 0) % 180 == 90
    return (height, width) if turned else (width, height)


def _overlay(width: float, height: float, words: str) -> Any:
    """Return a PDF of one page that holds the words; no reader of screens reads them as text."""
    import pikepdf

    name = pikepdf.Name
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(width, height))
    page.obj.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F=pikepdf.Dictionary(
                Type=name.Font,
                Subtype=name.Type1,
                BaseFont=name.Helvetica,
                Encoding=name.WinAnsiEncoding,
            )
        ),
        ExtGState=pikepdf.Dictionary(
            Pale=pikepdf.Dictionary(ca=0.14), Plain=pikepdf.Dictionary(ca=0.85)
        ),
    )
    page.obj.Contents = made.make_stream(_drawn(width, height, words))
    return made


def _drawn(width: float, height: float, words: str) -> bytes:
    text = words.encode("cp1252", "replace").hex().encode()
    # Helvetica is about half as wide as high: the words are made to fit the page.
    foot = min(SIZE, (width - 2 * EDGE) / (0.55 * len(words)))
    across = min(48.0, 0.8 * (width**2 + height**2) ** 0.5 / (0.55 * len(words)))
    slope = (width**2 + height**2) ** 0.5
    cosine, sine = width / slope, height / slope
    half = across * 0.55 * len(words) / 2
    x, y = width / 2 - half * cosine, height / 2 - half * sine
    turn = b"%.4f %.4f %.4f %.4f %.2f %.2f Tm" % (cosine, sine, -sine, cosine, x, y)
    return b"\n".join(
        [
            b"/Artifact BMC q 0.2 0.2 0.2 rg",
            b"/Pale gs BT /F %.2f Tf " % across + turn + b" <" + text + b"> Tj ET",
            b"/Plain gs BT /F %.2f Tf %d %d Td <" % (foot, EDGE, EDGE) + text + b"> Tj ET",
            b"Q EMC",
        ]
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(stamped(io.BytesIO(sys.stdin.buffer.read()), sys.argv[1]))
