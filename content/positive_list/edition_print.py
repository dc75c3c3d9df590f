"""An edition on paper: PDF/A, made after it is signed, the same each time it is made again."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from content.assets.derived import keep, kept
from content.joining import joined, pages_in
from content.outbox.actions import Undeliverable
from content.positive_list.editions import Contents, contents_of, row_of_line
from content.positive_list.models import Edition
from content.printing import PangoMissing, printed_together

# The job's registered name.
MAKE_EDITION = "content.positive_list.tasks.make_edition"
# Lines that one child sets: its memory grows with them (ARCHITECTURE.md, traps).
LINES = 500
CHILDREN = 2
# The house's paper is French, whoever asks for it.
LANGUAGE = "fr"


def pdf_of(edition: Edition) -> bytes | None:
    """Return an edition's PDF, or None while it is not made."""
    return kept(_path(edition))


def make_pdf(edition: Edition) -> bytes:
    """Make and keep the PDF of a signed edition, unless it is made; safe to run twice.

    :raises Undeliverable: where no further attempt would do better.
    :raises PrintingFailed: if a child failed.
    """
    made = pdf_of(edition)
    if made is None:
        try:
            made = keep(_path(edition), printed_edition(edition, contents_of(edition)))
        except PangoMissing as fault:
            raise Undeliverable("Pango is missing on this machine: PDFs are off.") from fault
    return made


def printed_edition(edition: Edition, contents: Contents) -> bytes:
    """Return the PDF of an edition, set in parts of so many lines."""
    with translation.override(LANGUAGE):
        pages = [_html(edition, contents, part, at) for at, part in enumerate(_parts(contents))]
    with ThreadPoolExecutor(CHILDREN) as children:
        parts = list(children.map(_set, pages))
    with translation.override(LANGUAGE):
        numbers = {"pages": range(pages_in(parts))}
        stamps = render_to_string("positive_list/print/stamps.html", numbers)
    return joined(parts, stamps=_set(stamps))


def _set(html: str) -> bytes:
    # The whole is named by its contents when it is joined.
    return printed_together([{"html": html, "identifier": "edition"}])[0]


def _parts(contents: Contents) -> list[list[tuple[str, list[Any]]]]:
    """Cut the four tables into parts of ``LINES`` lines: each a few (table, rows)."""
    parts: list[list[tuple[str, list[Any]]]] = [[]]
    room = LINES
    for name in ("came", "went", "positive", "negative"):
        rows: Sequence[Any] = [row_of_line(line) for line in getattr(contents, name)]
        first = True
        while rows or first:
            if not room:
                parts.append([])
                room = LINES
            parts[-1].append((name if first else f"{name}-on", list(rows[:room])))
            rows, room, first = rows[room:], room - min(room, len(rows)), False
    return parts


def _html(edition: Edition, contents: Contents, tables: Any, at: int) -> str:
    return render_to_string(
        "positive_list/print/edition.html",
        {
            "edition": edition,
            "tables": tables,
            "first": at == 0,
            "contents": contents,
            "language": LANGUAGE,
            "dated": (edition.signed_at or edition.drafted_at).astimezone(UTC).isoformat(),
        },
    )


def _path(edition: Edition) -> str:
    return f"editions/{edition.digest[:2]}/{edition.digest}.pdf"
