"""Pages written in HTML as PDF/A-3u, in a child process; each may carry its twin for programs.

Run as a script it is the child (``content.child``): it reads one JSON list from its standard input
(each ``html``, ``identifier``, perhaps ``twin`` and ``at``) and writes the PDFs one after the
other, their sizes first. It fetches nothing, holds no secret, and its memory and time are bounded.
The same input gives the same bytes.
"""

import io
import json
import sys
from collections.abc import Sequence
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
    return printed_together([{"html": html, "twin": twin, "at": at, "identifier": identifier}])[0]


def printed_together(pages: Sequence[dict[str, str]]) -> list[bytes]:
    """Return the PDFs of a few documents that one child sets, in their order.

    :param pages: what ``printed`` is given, by name; ``twin`` and ``at`` may be left out.
    :raises PangoMissing: where it is not installed.
    :raises PrintingFailed: if the child was stopped or failed.
    """
    from content.child import answer_of

    asked = io.BytesIO(json.dumps(list(pages)).encode())
    made = answer_of(__file__, file=asked, cpu_seconds=CPU_SECONDS)
    if made == NO_PANGO:
        raise PangoMissing
    sizes, _end, rest = (made or b"").partition(b"\n")
    if not sizes:
        raise PrintingFailed
    answer = io.BytesIO(rest)
    return [answer.read(size) for size in json.loads(sizes)]


def main() -> int:
    told: list[dict[str, Any]] = json.load(sys.stdin.buffer)
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        sys.stdout.buffer.write(NO_PANGO)
        return 0
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    made = [_set(weasyprint, fetcher, page) for page in told]
    sys.stdout.buffer.write(json.dumps([len(one) for one in made]).encode() + b"\n")
    for one in made:
        sys.stdout.buffer.write(one)
    return 0


def _set(weasyprint: Any, fetcher: Any, page: dict[str, Any]) -> bytes:
    attached = [_attachment(weasyprint, fetcher, page)] if "twin" in page else []
    document = weasyprint.HTML(string=page["html"], url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/a-3u",
        pdf_tags=True,
        pdf_identifier=page["identifier"].encode(),
        attachments=attached,
    )
    return pdf


def _attachment(weasyprint: Any, fetcher: Any, page: dict[str, Any]) -> Any:
    dated = datetime.fromisoformat(page["at"])
    return weasyprint.Attachment(
        string=page["twin"],
        name="record.json",
        description="The same record, for programs",
        created=dated,
        modified=dated,
        relationship="Alternative",
        url_fetcher=fetcher,
    )


if __name__ == "__main__":
    sys.exit(main())
