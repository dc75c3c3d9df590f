"""Read a file of windows: one line each, its number kept for what is said about it."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput

REQUIRED = ("authority", "category", "opens_on", "closes_on")
LARGEST = 1_000_000
SHIPPED = Path(__file__).parent / "initial" / "deposit_windows.csv"


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield (line number, {column: text}) for each line of a CSV with a header.

    :raises UnicodeDecodeError: if the file is not UTF-8.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _lines(file)


def read_upload(file: Any) -> list[tuple[int, dict[str, str | None]]]:
    """Return the lines of a file that somebody sent.

    :raises InvalidInput: at ``file``: too large, not UTF-8, no CSV, or a column is missing.
    """
    if file.size > LARGEST:
        raise InvalidInput.at("file", _("This file is too large for a list of windows."))
    try:
        text = file.read().decode("utf-8-sig")
        lines = list(_lines(io.StringIO(text, newline="")))
    except UnicodeDecodeError:
        raise InvalidInput.at("file", _("This file is not UTF-8: save it so first.")) from None
    except csv.Error:
        raise InvalidInput.at("file", _("This file cannot be read as a CSV.")) from None
    if not lines:
        raise InvalidInput.at("file", _("This file has no line under its heading."))
    absent = [name for name in REQUIRED if name not in lines[0][1]]
    if absent:
        raise InvalidInput.at(
            "file", _("This file lacks the columns: %(names)s.") % {"names": ", ".join(absent)}
        )
    return lines


def _lines(file: Iterable[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    lines = iter(file)
    heading = next(lines, "")
    # A French spreadsheet separates with semicolons.
    separator = ";" if ";" in heading and "," not in heading else ","
    reader = csv.DictReader(chain([heading], lines), restkey="__rest__", delimiter=separator)
    for line in reader:
        yield reader.line_num, {name: text for name, text in line.items() if name != "__rest__"}
