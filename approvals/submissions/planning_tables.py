"""The planning as a file for spreadsheets."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from approvals.review.figures import Table
from approvals.submissions.outlook import PlannedRow, WindowRow
from content.assets.enums import State


def heads() -> list[str]:
    return [
        _("Category"),
        _("Opens on"),
        _("Closes on"),
        _("Code"),
        _("Version"),
        _("Title"),
        _("Products"),
        _("Owner"),
        _("Reference"),
        _("Planned deposit day"),
        _("State"),
        _("At the latest"),
        _("Review ends on"),
        _("Outlook"),
        _("Why"),
    ]


def planned_table(rows: Iterable[WindowRow]) -> Table:
    """Return the planned versions, window by window, as a table."""
    cells = [_cells(row, planned) for row in rows for planned in row.planned]
    return Table("planning", str(_("Planning")), heads(), cells)


def _cells(row: WindowRow, planned: PlannedRow) -> list[str]:
    version, window = planned.plan.version, row.window
    asset = version.asset
    return [
        window.category,
        window.opens_on.isoformat(),
        window.closes_on.isoformat(),
        asset.code,
        str(version.number),
        asset.title,
        ", ".join(product.name for product in asset.products.all()),
        str(asset.owner),
        planned.plan.reference.value,
        planned.plan.planned_on.isoformat(),
        str(State(version.state).label),
        _day(planned.act_by),
        _day(planned.judgement.passes_on),
        str(planned.outlook.label),
        " ".join(planned.reasons),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
