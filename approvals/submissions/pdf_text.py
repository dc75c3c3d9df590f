"""Read the text of a PDF.

Run as a script it is the child (``content.child``).
"""

import sys
from typing import Any

CPU_SECONDS = 20
LONGEST_TEXT = 5_000_000


def text_of_pdf(file: Any) -> str:
    """Return what a PDF says, or ``""`` where nothing can be read within the limits."""
    from content.child import answer_of

    said = answer_of(__file__, file=file, cpu_seconds=CPU_SECONDS)
    return said.decode("utf-8", "replace") if said else ""


def main() -> int:
    import pypdfium2

    left = LONGEST_TEXT
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        for page in document:
            text = page.get_textpage().get_text_bounded()[:left]
            sys.stdout.buffer.write((text + "\n").encode("utf-8", "replace"))
            left -= len(text)
            if left <= 0:
                break
    except (pypdfium2.PdfiumError, MemoryError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
