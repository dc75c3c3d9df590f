"""The forecast in words and cells: the same on the page, in the file and in a notice."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.review.figures import Table
from approvals.submissions.forecast.items import Item
from approvals.submissions.forecast.missed import Lapse
from approvals.submissions.forecast.renewals import Renewal
from content.assets.enums import LimitCode, State
from content.calendar import day_in_words


def lapses_table(lapses: list[Lapse]) -> Table:
    """Return what leaves the list if a window is missed, for a spreadsheet."""
    heads = [
        _("Code"),
        _("Version"),
        _("Title"),
        _("Owner"),
        _("Last day of use"),
        _("Next version"),
        _("Earliest return"),
        _("Days without it"),
        _("Days without it if the window is met"),
    ]
    rows = [
        [
            *_who(lapse.item),
            _day(lapse.last_day),
            successor_said(lapse.item),
            _day(lapse.back_on),
            _number(lapse.gap),
            _number(lapse.gap_if_met),
        ]
        for lapse in lapses
    ]
    return Table("lapses", _("What leaves the list"), heads, rows, texts=7)


def renewals_table(renewals: list[Renewal]) -> Table:
    """Return by when each renewal is under way, for a spreadsheet."""
    heads = [
        _("Code"),
        _("Version"),
        _("Title"),
        _("Owner"),
        _("Last day of use"),
        _("What ends"),
        _("Next version"),
        _("At the latest"),
        _("Window"),
        _("Usable again from"),
        _("In time"),
    ]
    rows = [
        [
            *_who(one.item),
            _day(one.last_day),
            end_said(one.item),
            successor_said(one.item),
            _day(one.act_by),
            str(one.through or ""),
            _day(one.back_on),
            outlook_said(one),
        ]
        for one in renewals
    ]
    return Table("renewals", _("To keep without a gap"), heads, rows, texts=len(heads))


def _who(item: Item) -> list[str]:
    asset = item.version.asset
    return [asset.code, str(item.version.number), asset.title, str(asset.owner)]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def end_said(item: Item) -> str:
    """Say in two words what ends."""
    words: dict[Any, Any] = {
        LimitCode.AUTHORISATION_ENDED: _("the authorisation"),
        LimitCode.PUBLIC_NOT_ALLOWED: _("the exception for the public"),
        LimitCode.DEPENDENCY: _("a component"),
    }
    return str(
        words.get(item.limited_by)
        or (_("the visa") if item.version.visa_id else _("the time of its release"))
    )


def successor_said(item: Item) -> str:
    """Say which version follows, where it stands and for which window."""
    if item.successor is None:
        return ""
    said = f"v{item.successor.number} · {State(item.successor.state).label}"
    if item.window is not None and item.settled_on is None:
        said += " · " + _("window until %(day)s") % {"day": day_in_words(item.window.closes_on)}
    return said


def outlook_said(renewal: Renewal) -> str:
    """Say in a word or two how a renewal stands."""
    if renewal.helpless:
        return _("no renewal helps")
    if renewal.outlook is None:
        return _("no window known")
    if renewal.gap:
        return ngettext(
            "too late: %(n)d day without it", "too late: %(n)d days without it", renewal.gap
        ) % {"n": renewal.gap}
    return str(renewal.outlook.label)
