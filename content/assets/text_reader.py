"""The words of a document and where they stand: the child that reads them (``content.child``).

Asked ``pdf``, ``html`` or ``zip`` it prints ``{"parts": [{"name", "text"}], "links": [address],
"whole": bool}``, a part being a page of a PDF, a page of a package, or a whole HTML document. Asked
``boxes`` with ``[[page from 1, first character, characters], …]`` it prints as many rectangles
``[x, y, width, height]``, fractions of the page as it is drawn from its top left corner, or null.
"""

import ctypes
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

CPU_SECONDS = 20
# Characters; what is longer is read that far, and ``whole`` says so.
LONGEST_TEXT = 2_000_000
LONGEST_PAGE = 20_000_000
MOST_LINKS = 2_000
# How pdfium marks a hyphen at the end of a line; each becomes a soft hyphen.
BROKEN_WORD = {0x2, 0xAD, 0xFFFE}
SCALE = 10_000
SILENT = {"script", "style", "head", "template", "noscript"}
BLOCKS = {
    *("p", "div", "tr", "td", "th", "table", "li", "ul", "ol", "br", "section", "article"),
    *("header", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "body", "blockquote"),
}


def _characters(page: Any) -> str:
    """Return a page's characters, one per index that pdfium counts by."""
    from pypdfium2 import raw

    text = page.get_textpage()
    written = []
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in BROKEN_WORD:
            written.append("\u00ad")
        elif code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            written.append(" ")
        else:
            written.append(chr(code))
    return "".join(written)


def _pdf(content: bytes) -> dict[str, Any]:
    import pypdfium2

    parts, left = [], LONGEST_TEXT
    document = pypdfium2.PdfDocument(content)
    whole = True
    for page in document:
        if left <= 0:
            whole = False
            break
        text = _characters(page)
        whole = whole and len(text) <= left
        parts.append({"name": "", "text": text[:left]})
        left -= len(text)
    return {"parts": parts, "links": _pdf_links(content), "whole": whole}


def _pdf_links(content: bytes) -> list[str]:
    import pikepdf

    links: list[str] = []
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for page in pdf.pages:
                for note in page.obj.get("/Annots", []):
                    action = note.get("/A") if isinstance(note, pikepdf.Dictionary) else None
                    if isinstance(action, pikepdf.Dictionary) and "/URI" in action:
                        links.append(str(action["/URI"]))
                    if len(links) >= MOST_LINKS:
                        return links
    except (pikepdf.PdfError, TypeError, ValueError):
        # A damaged annotation takes no text away.
        return links
    return links


def _boxes(content: bytes, spans: list[list[int]]) -> list[list[float] | None]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    return [_box(document[page - 1], first, count) for page, first, count in spans]


def _box(page: Any, first: int, count: int) -> list[float] | None:
    """Return the rectangle round some characters, as the page is drawn (turned, cropped)."""
    from pypdfium2 import PdfiumError, raw

    text = page.get_textpage()
    across: list[int] = []
    down: list[int] = []
    for index in range(first, first + count):
        if chr(raw.FPDFText_GetUnicode(text, index)).isspace():
            continue
        try:
            left, bottom, right, top = text.get_charbox(index, loose=True)
        except PdfiumError:
            continue
        for corner in ((left, bottom), (right, top)):
            x, y = ctypes.c_int(), ctypes.c_int()
            if raw.FPDF_PageToDevice(page, 0, 0, SCALE, SCALE, 0, *corner, x, y):
                across.append(min(max(x.value, 0), SCALE))
                down.append(min(max(y.value, 0), SCALE))
    if not across or min(across) == max(across) or min(down) == max(down):
        return None
    x0, y0 = min(across), min(down)
    return [x0 / SCALE, y0 / SCALE, (max(across) - x0) / SCALE, (max(down) - y0) / SCALE]


def _html_part(content: bytes, name: str, links: list[str]) -> dict[str, str]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, ValueError):
        return {"name": name, "text": ""}
    links += [str(value) for value in tree.xpath("//@href")][: MOST_LINKS - len(links)]
    return {"name": name, "text": "".join(_words(tree))}


def _words(tree: Any) -> Iterator[str]:
    """Yield what a reader sees of an HTML tree, a line break round each block."""
    waiting: list[Any] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        if item.tail and item is not tree:
            waiting.append(item.tail)
        if not isinstance(item.tag, str) or item.tag in SILENT:
            continue
        edge = "\n" if item.tag in BLOCKS else ""
        alternative = item.get("alt") or ""
        waiting += [edge, *reversed(list(item)), item.text or "", f"{alternative} ", edge]


def _html(content: bytes) -> dict[str, Any]:
    links: list[str] = []
    part = _html_part(content, "", links)
    whole = len(part["text"]) <= LONGEST_TEXT
    part["text"] = part["text"][:LONGEST_TEXT]
    return {"parts": [part], "links": links, "whole": whole}


def _zip(content: bytes) -> dict[str, Any]:
    import zipfile

    parts, links, left, whole = [], list[str](), LONGEST_TEXT, True
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        pages = sorted(
            (entry for entry in package.infolist() if _is_page(entry.filename)),
            key=lambda entry: entry.filename,
        )
        for entry in pages:
            if left <= 0:
                whole = False
                break
            with package.open(entry) as page:
                part = _html_part(page.read(LONGEST_PAGE), entry.filename, links)
                whole = whole and not page.read(1) and len(part["text"]) <= left
            part["text"] = part["text"][:left]
            parts.append(part)
            left -= len(part["text"])
    return {"parts": parts, "links": links, "whole": whole}


def _is_page(name: str) -> bool:
    return name.lower().endswith((".html", ".htm", ".xhtml"))


READERS = {"pdf": _pdf, "html": _html, "zip": _zip}


def main() -> int:
    question, content = sys.argv[1], sys.stdin.buffer.read()
    try:
        if question == "boxes":
            answer: Any = _boxes(content, json.loads(sys.argv[2]))
        else:
            answer = READERS[question](content)
    except (Exception, MemoryError, RecursionError) as fault:
        print(type(fault).__name__, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
