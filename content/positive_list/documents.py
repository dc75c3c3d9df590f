"""The lists as files: CSV and spreadsheet, safe to open in a spreadsheet program."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from content.positive_list.enums import View
from content.positive_list.queries import Row

COLUMNS = (
    *("code", "number", "title", "asset_type", "audience", "nature", "products"),
    *("product_names", "reference", "usable_from", "last_usable_day"),
)
NEGATIVE_COLUMNS = (*COLUMNS, "reason", "since", "replaced_by")
# A spreadsheet program takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def columns_of(view: View) -> tuple[str, ...]:
    return NEGATIVE_COLUMNS if view == View.NEGATIVE else COLUMNS


def cells_of(row: Row, view: View) -> list[Any]:
    """Return a row's cells: texts, numbers and days."""
    values = {
        **vars(row),
        "products": " ".join(product["cis"] for product in row.products),
        "product_names": "; ".join(product["name"] for product in row.products),
        "replaced_by": f"{row.replaced_by.code} v{row.replaced_by.number}"
        if row.replaced_by
        else "",
    }
    return [values[name] if values[name] is not None else "" for name in columns_of(view)]


def guarded(cell: Any) -> str:
    """Return a CSV cell that no spreadsheet program takes for a formula."""
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(rows: Iterable[Row], view: View) -> bytes:
    """Write a list as UTF-8 with its mark, which spreadsheet programs need to read accents."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns_of(view))
    for row in rows:
        writer.writerow([guarded(cell) for cell in cells_of(row, view)])
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Row], view: View) -> bytes:
    """Write a list as a spreadsheet: text is text, days are days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(view))
    sheet.append(list(columns_of(view)))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in cells_of(row, view)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # openpyxl would write "=…" as a formula.
        cell.data_type = "s"
    return cell


FORMATS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
