"""The printed sheets of a package: a cover, and one for each dossier; always in French."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from approvals.people.enums import Role
from approvals.submissions.enums import BatchState
from approvals.submissions.package.contents import LANGUAGE, as_json
from content.printing import printed_together

# How many sheets one child sets: it takes a second to start, and all it makes passes in memory.
TOGETHER = 10


def sheets_of(contents: dict[str, Any], made: set[int]) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the sheets that are not made yet, a few at a time: position (0 the cover) and PDF.

    :raises PangoMissing: where the library is not installed.
    :raises PrintingFailed: if a sheet could not be set within the limits.
    """
    missing = [number for number in range(len(contents["dossiers"]) + 1) if number not in made]
    for start in range(0, len(missing), TOGETHER):
        few = missing[start : start + TOGETHER]
        pages = [page_of(contents, position) for position in few]
        told = [
            {"html": page, "identifier": hashlib.sha256(page.encode()).hexdigest()}
            for page in pages
        ]
        yield list(zip(few, printed_together(told), strict=True))


def page_of(contents: dict[str, Any], position: int) -> str:
    """Return a sheet as HTML: 0 the cover, then one for each dossier in the batch's order.

    A dossier's sheet tells of nothing but the dossier: frozen again unchanged, it is the same.
    """
    with translation.override(LANGUAGE):
        if position == 0:
            return render_to_string("submissions/sheets/cover.html", _cover(contents))
        dossier = contents["dossiers"][position - 1]
        return render_to_string(
            "submissions/sheets/dossier.html",
            {
                "dossier": dossier,
                "frozen": BatchState.FROZEN.label,
                "batch": contents["batch"],
                "prepared_on": date.fromisoformat(dossier["prepared_on"]),
                "window": _window(contents["batch"]),
            },
        )


def _cover(contents: dict[str, Any]) -> dict[str, Any]:
    role = contents["signature"]["role"]
    files = [file for dossier in contents["dossiers"] for file in dossier["files"]]
    return {
        "contents": contents,
        "digest": hashlib.sha256(as_json(contents)).hexdigest(),
        "frozen": BatchState.FROZEN.label,
        "batch": contents["batch"],
        "dossiers": contents["dossiers"],
        "frozen_at": datetime.fromisoformat(contents["frozen_at"]),
        "role": Role(role).label if role in Role.values else role,
        "file_count": len(files),
        "total_size": sum(file["size"] for file in files),
        "window": _window(contents["batch"]),
    }


def _window(batch: dict[str, Any]) -> dict[str, date] | None:
    days = ("opens_on", "closes_on", "evaluation_ends_on")
    window = batch["window"]
    return {name: date.fromisoformat(window[name]) for name in days} if window else None
