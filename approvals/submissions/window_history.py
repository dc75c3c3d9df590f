"""Who changed what on a window, when and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.submissions.models import DepositWindow
from content.calendar import day_in_words

TOLD = (
    "category",
    "opens_on",
    "closes_on",
    "evaluation_ends_on",
    "overridden_reason",
    "provisional",
    "source",
)


@dataclass(frozen=True)
class Change:
    """One act on a window: (field, before, after) of what it changed; none when it recorded it."""

    at: datetime
    who: Any
    why: str
    fields: list[tuple[str, str, str]]
    recorded: bool


def window_history(window: DepositWindow) -> list[Change]:
    """Return the acts on a window, the latest first."""
    rows: Any = window.history.select_related("history_user").order_by("history_id")  # type: ignore[attr-defined]
    told: list[Change] = []
    before: Any = None
    for row in rows:
        fields = [] if before is None else _changed(before, row)
        if before is None or fields:
            why = row.history_change_reason or ""
            told.append(Change(row.history_date, row.history_user, why, fields, before is None))
        before = row
    return told[::-1]


def _changed(before: Any, after: Any) -> list[tuple[str, str, str]]:
    return [
        (_label(name), _words(getattr(before, name)), _words(getattr(after, name)))
        for name in TOLD
        if getattr(before, name) != getattr(after, name)
    ]


def _label(name: str) -> str:
    words = str(DepositWindow._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day_in_words(value)
    return str(value) or "—"
