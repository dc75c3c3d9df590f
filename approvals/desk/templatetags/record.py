"""How the record of a version writes what its JSON holds."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from approvals.review.enums import Answer
from content.calendar import PARIS, day_in_words

register = template.Library()


@register.filter
def instant(text: str | None) -> str:
    """Write an instant with both zones: "24 avril 2026, 08:00:00 UTC (10 h 00, heure de Paris)"."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    local = moment.astimezone(PARIS)
    return _("%(day)s, %(utc)s UTC (%(hour)s, Paris time)") % {
        "day": day_in_words(moment.date()),
        "utc": moment.strftime("%H:%M:%S"),
        # Translators: H:i is a time format; French: H \\h i.
        "hour": formats.time_format(local, _("H:i")),
    }


@register.filter
def in_language(item: dict[str, Any], language: str) -> str:
    """Return a checklist's question as it was put."""
    return str(item.get(language) or item.get("fr") or item.get("key", ""))


@register.filter
def answer(code: str) -> str:
    """Return the words of a checklist's answer."""
    return str(Answer(code).label) if code in Answer.values else str(code or "—")


@register.filter
def written_day(text: str | None) -> str:
    """Write a Paris day in words: "24 avril 2026"."""
    return day_in_words(date.fromisoformat(text)) if text else ""


@register.filter
def last_day_before(text: str | None) -> str:
    """Write the last day on which a thing holds, from the first on which it no longer does."""
    return day_in_words(date.fromisoformat(text) - timedelta(days=1)) if text else ""
