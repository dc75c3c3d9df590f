"""Read a file of windows: one line each, its number kept for what is said about it."""

import csv
from collections.abc import Iterator
from pathlib import Path

SHIPPED = Path(__file__).parent / "initial" / "deposit_windows.csv"


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield (line number, {column: text}) for each line of a CSV with a header.

    :raises UnicodeDecodeError: if the file is not UTF-8.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="__rest__")
        for line in reader:
            yield reader.line_num, {name: text for name, text in line.items() if name != "__rest__"}
