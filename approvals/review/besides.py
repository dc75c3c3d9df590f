"""What changed in the files besides the reference and the preparation date (DOMAIN.md §6).

Words are compared with both references and both dates masked, wherever a layout put them; what has
no words is left to the eye of who signs. Each answer is kept: the act that needs it finds it made.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from approvals.review.prechecks.matching import dates_in, normal, reference_pattern
from content.assets.comparison import FileDifference, compare
from content.assets.comparison.child import words_that_differ
from content.assets.derived import keep, kept
from content.assets.document_text import WITH_TEXT, read_text
from content.assets.models import Revision, RevisionFile

MASK = "§"
# Kept answers are those of this way of comparing.
WAY = "1"
SHOWN = 200


@dataclass(frozen=True)
class Masked:
    """What may differ between two revisions: the reference, and the day of preparation."""

    references: tuple[str, ...]
    days: tuple[date, ...]

    @property
    def name(self) -> str:
        said = "|".join([*self.references, *(day.isoformat() for day in self.days)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def mask(self, text: str) -> str:
        """Return a text in which neither a reference nor a day of preparation is told apart."""
        dated = [
            (found.first, found.first + found.count)
            for found in dates_in(normal(text, hyphens=True))
            if any(found.tells(day) for day in self.days)
        ]
        for start, end in reversed(dated):
            text = f"{text[:start]}{MASK}{text[end:]}"
        for reference in self.references:
            text = reference_pattern(reference).sub(MASK, text)
        # A layout that broke the reference elsewhere moved no word.
        return re.sub(rf"\s*{MASK}\s*", f" {MASK} ", text)


def changed_besides(before: Revision, after: Revision, *references: str) -> list[str]:
    """Return a sentence for each file in which more than references and dates changed.

    :raises StoredFileFault: if stored bytes are absent or altered.
    """
    days = tuple(day for day in (before.prepared_on, after.prepared_on) if day)
    masked = Masked(tuple(reference for reference in references if reference), days)
    told = (_told(difference, masked) for difference in compare(before, after))
    return [sentence for sentence in told if sentence]


def _told(difference: FileDifference, masked: Masked) -> str:
    if difference.status == "same":
        return ""
    named = {"file": difference.name}
    if difference.before is None or difference.after is None:
        return _("%(file)s was added or taken away.") % named
    words = _words(difference.before, difference.after, masked)
    if words is None or not difference.compared:
        return _("%(file)s changed, and cannot be compared.") % named
    if words:
        return _("%(file)s: %(words)s") % {**named, "words": words}
    unseen = [place for place in difference.changed_places if _is_unseen(place)]
    names = ", ".join(place["name"] or str(place["after"] or place["before"]) for place in unseen)
    return _("%(file)s: also %(places)s.") % {**named, "places": names} if unseen else ""


def _is_unseen(place: dict[str, Any]) -> bool:
    """Whether a place came, went, or changed in what is shown neither as words nor as a picture."""
    return place["status"] != "changed" or not (place["words"] or place["regions"])


def _words(before: RevisionFile, after: RevisionFile, masked: Masked) -> str | None:
    """Return the words that differ, none where none do, or None where they cannot be read."""
    if after.format not in WITH_TEXT:
        return ""
    path = f"besides/{WAY}/{after.sha256[:2]}/{before.sha256}-{after.sha256}-{masked.name}.json"
    said = kept(path)
    if said is None:
        old, new = read_text(before.sha256, before.format), read_text(after.sha256, after.format)
        if old is None or new is None or not (old.whole and new.whole):
            return None
        runs = words_that_differ(masked.mask(old.text), masked.mask(new.text))
        said = keep(path, json.dumps(_excerpt(runs)).encode())
    return str(json.loads(said))


def _excerpt(runs: list[list[str]]) -> str:
    """Return what was removed and what was added, as one line."""
    signs = {"-": "−", "+": "+"}
    told = " ".join(f"{signs[kind]} “{text}”" for kind, text in runs if kind in signs)
    return told if len(told) <= SHOWN else told[:SHOWN] + "…"
