"""Open a PDF, and say what is wrong with it.

Run as a script it is the child (``content.child``).
"""

import re
import sys
from collections.abc import Iterator
from typing import Any

CPU_SECONDS = 8
# Names that make a PDF act, seen as tokens of an object's text.
SUSPECT = re.compile(rb"/(JS|JavaScript|XFA|EF|EmbeddedFiles?|RichMedia|Launch|Rendition)\b")
FAULTS = ("broken", "encrypted", "script", "embedded", "launch", "too_complex")


def probe(file: Any) -> str:
    """Return one of ``FAULTS``, or ``""`` for a PDF that opens and does nothing by itself."""
    from content.child import answer_of

    answer = answer_of(__file__, file=file, cpu_seconds=CPU_SECONDS)
    said = answer.decode("ascii", errors="replace").strip() if answer else ""
    if said not in {*FAULTS, "ok"}:
        return "too_complex"
    return "" if said == "ok" else said


def examine(source: Any) -> str:
    """Return what is wrong with an open PDF file, or ``"ok"``."""
    import pikepdf

    try:
        with pikepdf.open(source) as pdf:
            if pdf.is_encrypted:
                return "encrypted"
            if len(pdf.pages) == 0:
                return "broken"
            return next(_faults(pdf), "ok")
    except pikepdf.PasswordError:
        return "encrypted"
    except pikepdf.PdfError:
        return "broken"


def _faults(pdf: Any) -> Iterator[str]:
    import pikepdf

    for item in pdf.objects:
        own = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        if isinstance(own, pikepdf.Dictionary | pikepdf.Array) and SUSPECT.search(
            own.unparse(resolved=True)
        ):
            yield from _walk(own)


def _walk(top: Any) -> Iterator[str]:
    """Look at an object and what is written inside it, not at what it refers to."""
    import pikepdf

    waiting = [top]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Dictionary):
            yield from _fault_of(item)
            children = [value for _, value in item.items()]
        else:
            children = list(item)
        waiting.extend(
            child
            for child in children
            if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect
        )


def _fault_of(item: Any) -> Iterator[str]:
    action = str(item.get("/S", ""))
    if {"/JS", "/JavaScript", "/XFA"} & set(item.keys()) or action == "/JavaScript":
        yield "script"
    if action in {"/Launch", "/Rendition"}:
        yield "launch"
    kinds = {str(item.get("/Type", "")), str(item.get("/Subtype", ""))}
    if {"/EF", "/EmbeddedFiles"} & set(item.keys()) or {"/EmbeddedFile", "/RichMedia"} & kinds:
        yield "embedded"


def main() -> None:
    try:
        print(examine(sys.stdin.buffer))
    except (MemoryError, RecursionError):
        print("too_complex")


if __name__ == "__main__":
    main()
