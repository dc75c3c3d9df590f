"""A page written in HTML as a PDF/A-3u with its JSON twin attached, in a child process.

Run as a script it is the child (``content.child``): it reads one JSON object from its standard
input (``html``, ``twin``, ``at``, ``identifier``) and writes the PDF. It fetches nothing, holds no
secret, and its memory and time are bounded. The same input gives the same bytes.
"""

import io
import json
import sys
from datetime import datetime
from typing import Any

CPU_SECONDS = 60
NO_PANGO = b"no pango"


class PangoMissing(Exception):
    """The libraries that set the text of a PDF are not on this machine."""


class PrintingFailed(Exception):
    """The document could not be set within its limits of memory and time."""


def printed(html: str, *, twin: str, at: str, identifier: str) -> bytes:
    """Return the PDF of an HTML document.

    :param at: the instant (ISO 8601, UTC) that the attachment is dated with.
    :param identifier: the PDF's identifier, so that no random one is made.
    :raises PangoMissing: where it is not installed.
    :raises PrintingFailed: if the child was stopped or failed.
    """
    from content.child import answer_of

    told = {"html": html, "twin": twin, "at": at, "identifier": identifier}
    asked = io.BytesIO(json.dumps(told).encode())
    made = answer_of(__file__, file=asked, cpu_seconds=CPU_SECONDS)
    if made == NO_PANGO:
        raise PangoMissing
    if not made:
        raise PrintingFailed
    return made


def main() -> int:
    told: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        sys.stdout.buffer.write(NO_PANGO)
        return 0
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    dated = datetime.fromisoformat(told["at"])
    twin = weasyprint.Attachment(
        string=told["twin"],
        name="record.json",
        description="The same record, for programs",
        created=dated,
        modified=dated,
        relationship="Alternative",
        url_fetcher=fetcher,
    )
    document = weasyprint.HTML(string=told["html"], url_fetcher=fetcher)
    made = document.write_pdf(
        pdf_variant="pdf/a-3u",
        pdf_tags=True,
        pdf_identifier=told["identifier"].encode(),
        attachments=[twin],
    )
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
