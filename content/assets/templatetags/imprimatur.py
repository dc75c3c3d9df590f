"""The same state pill, the same dates and the same validity sentence on every page."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.assets.enums import State
from content.calendar import PARIS, day_in_words, full_day_in_words, paris_day

register = template.Library()

# SCREENS.md, "Look": shape + word + colour.
PILLS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("○", "grey"),
    State.IN_REVIEW: ("◔", "blue"),
    State.CHANGES_REQUESTED: ("✎", "amber"),
    State.APPROVED: ("✓", "teal"),
    State.IN_BATCH: ("⇪", "indigo"),
    State.DEPOSITED: ("⇪", "indigo"),
    State.CLEARED: ("◈", "violet"),
    State.RELEASED: ("●", "green"),
    State.SUSPENDED: ("‖", "orange"),
    State.REFUSED: ("✕", "red"),
    State.EXPIRED: ("✕", "red"),
    State.WITHDRAWN: ("✕", "red"),
    State.SUPERSEDED: ("✕", "grey"),
    State.CANCELLED: ("✕", "grey"),
}


@register.simple_tag
def state_pill(thing: Any) -> SafeString:
    """Show a version's state (or a state's code): shape, word and colour."""
    state = State(str(getattr(thing, "state", thing)))
    shape, colour = PILLS[state]
    return pill(shape, state.label, colour)


@register.simple_tag
def pill(shape: str, word: Any, colour: str = "grey") -> SafeString:
    """Show any other state in the pill's form (tasks, batches, dossiers)."""
    return format_html(
        '<span class="im-pill im-pill--{}">'
        '<span class="im-pill__shape" aria-hidden="true">{}</span>{}</span>',
        colour,
        shape,
        word,
    )


@register.filter
def full_day(day: date | None) -> str:
    """Write a day in full: "vendredi 24 avril 2026"."""
    return "" if day is None else full_day_in_words(day)


@register.filter
def plain_day(day: date | None) -> str:
    """Write a day without its weekday: "24 avril 2026"."""
    return "" if day is None else day_in_words(day)


@register.filter
def day_before(day: date | None) -> date | None:
    """Return the last day of use, from the first day on which it may not be used."""
    return None if day is None else day - timedelta(days=1)


@register.filter
def paris(instant: datetime | None) -> str:
    """Write an instant in full: "vendredi 24 avril 2026, 23 h 59, heure de Paris"."""
    if instant is None:
        return ""
    local = instant.astimezone(PARIS)
    # Translators: H:i is a time format; French: H \\h i.
    return _("%(day)s, %(hour)s, Paris time") % {
        "day": full_day(local.date()),
        "hour": formats.time_format(local, _("H:i")),
    }


@register.filter
def paris_short(instant: datetime | None) -> str:
    """Write an instant's day and hour in Paris, where space is short."""
    if instant is None:
        return ""
    # Translators: a date format where space is short; French: d/m/Y, H:i.
    return formats.date_format(instant.astimezone(PARIS), _("j M Y, H:i"))


@register.filter
def paris_date(instant: datetime | None) -> str:
    """Write only the day of an instant in Paris, where space is short."""
    # Translators: a date format where space is short; French: d/m/Y ("jui." would say two months).
    return "" if instant is None else formats.date_format(paris_day(instant), _("j M Y"))


@register.filter
def since(instant: datetime | None) -> str:
    """Say for how long, in days: "today", "for 4 days"."""
    if instant is None:
        return ""
    days = (paris_day(timezone.now()) - paris_day(instant)).days
    if days <= 0:
        return _("since today")
    return ngettext("for %(days)d day", "for %(days)d days", days) % {"days": days}


@register.simple_tag
def usable_until(day: date | None) -> str:
    """Say until when a version may be used; ``day`` is the last day on which it may."""
    if day is None:
        return _("Not usable")
    return _("Usable until %(day)s") % {"day": plain_day(day)}


@register.simple_tag
def is_demonstration() -> bool:
    """Whether this is the demonstration, whose people may be named on the sign-in page."""
    return bool(settings.DEBUG)


@register.filter
def file_size(size: int) -> str:
    """Write a size in kB or MB, as people say it."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": max(1, round(size / 1000))}
    return _("%(size)s MB") % {"size": formats.number_format(size / 1_000_000, 1)}
