"""Read the text of a PDF in a child process with bounded memory and time.

Run as a script it is the child: it imports pypdfium2 and nothing of the project, so that a file
made to crash the reader takes nothing else with it (ARCHITECTURE.md, traps).
"""

import subprocess
import sys
from typing import Any

MEMORY_LIMIT = 1024 * 1024 * 1024
CPU_SECONDS = 20
TIMEOUT = 30
LONGEST_TEXT = 5_000_000


def text_of_pdf(file: Any) -> str:
    """Return what a PDF says, or ``""`` where nothing can be read within the limits."""
    file.seek(0)
    try:
        child = subprocess.run(
            [sys.executable, "-I", __file__],
            input=file.read(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return ""
    return child.stdout.decode("utf-8", "replace") if child.returncode == 0 else ""


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def main() -> int:
    _limit()
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
