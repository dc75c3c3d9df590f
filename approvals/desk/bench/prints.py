"""How long an edition takes to print, and what memory each of its processes takes."""

import resource
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from approvals.people.enums import Role
from content.calendar import paris_day
from content.positive_list.edition_print import CHILDREN, printed_edition
from content.positive_list.editions import Contents
from content.positive_list.enums import EditionState
from content.positive_list.models import Edition

FEW, MANY = 1000, 5000
MEGABYTE = 1024


def print_editions(now: datetime) -> Iterator[tuple[int, float, float]]:
    """Yield how many entries were printed, in how many seconds, and the largest child so far.

    The larger edition comes last: a child that took more memory for it would be seen.
    """
    for count in (FEW, MANY):
        edition, contents = _edition(now), _contents(count, now)
        taken = time.perf_counter()
        printed_edition(edition, contents)
        taken = time.perf_counter() - taken
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE
        yield count, taken, largest


def said(count: int) -> str:
    return f"edition of {count:,} entries, {CHILDREN} children"


def _edition(now: datetime) -> Edition:
    """Return a signed edition that is in no database."""
    return Edition(
        number=1,
        state=EditionState.SIGNED,
        day=paris_day(now),
        as_of=now,
        list_version=1,
        digest="0" * 64,
        drafted_at=now,
        signed_at=now,
        signed_name="Benchmark",
        signed_role=str(Role.RESPONSIBLE_PHARMACIST),
    )


def _contents(count: int, now: datetime) -> Contents:
    """Return so many entries: four in five usable, the others no longer; one in ten came."""
    lines = [_line(number, paris_day(now).isoformat()) for number in range(count)]
    # What came is printed twice: it is counted as an entry each time.
    new, rest = lines[: count // 10], lines[: count - count // 10]
    stop = len(rest) * 4 // 5
    gone: list[dict[str, Any]] = [
        {**line, "reason": "withdrawn", "since": line["usable_from"]} for line in rest[stop:]
    ]
    return Contents(positive=rest[:stop], negative=gone, came=new)


def _line(number: int, day: str) -> dict[str, Any]:
    return {
        "version": number,
        "code": f"FR-2026-{number:06d}",
        "number": 1,
        "title": f"Brochure de présentation destinée aux cardiologues, n° {number}",
        "asset_type": "brochure",
        "audience": "hcp",
        "nature": "promotional",
        "products": [{"cis": "60000001", "name": "BENCHMARK 10 mg, comprimé pelliculé"}],
        "reference": f"26/04/60000001/PM/{number % 1000:03d}",
        "usable_from": day,
        "last_usable_day": day,
        "reason": "",
        "reason_text": "",
        "since": None,
        "replaced_by": None,
        "reach": [1],
    }
