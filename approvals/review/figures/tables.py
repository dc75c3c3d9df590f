"""Figures as tables: on the page beneath their chart, and as files for spreadsheets."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.review.figures.measures import Figures, Times
from approvals.review.routing import role_label
from content.positive_list.documents import guarded


@dataclass(frozen=True)
class Table:
    """Heads, rows of cells as words; the first ``texts`` columns are words, the others numbers."""

    name: str
    title: str
    heads: list[str]
    rows: list[list[str]]
    texts: int = 1

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Return each row's cells with their heads, which a narrow screen shows beside them."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


def number(value: float | None) -> str:
    """Write a figure with one decimal where it needs one, a dash for none."""
    if value is None:
        return "—"
    rounded = round(value, 1)
    return str(formats.number_format(rounded, 0 if rounded == int(rounded) else 1))


def percentage(value: float | None) -> str:
    return "—" if value is None else _("%(n)s %%") % {"n": number(round(value))}


def month_in_words(day: Any) -> str:
    # Translators: a date format: "March 2026".
    return formats.date_format(day, _("F Y"))


def _times(times: Times) -> list[str]:
    return [
        str(times.decided),
        number(times.median),
        number(times.p90),
        percentage(times.in_time),
    ]


def _time_heads() -> list[str]:
    return [_("Decided"), _("Median (working days)"), _("90th percentile"), _("On time")]


def stages(found: Figures) -> Table:
    rows = []
    for one in found.stages:
        level = str(one.service_most)
        if one.service_least != one.service_most:
            level = f"{one.service_least}–{one.service_most}"
        rows.append([role_label(one.role), str(one.stage), level, *_times(one.times)])
    heads = [_("Role"), _("Stage"), _("Service level"), *_time_heads()]
    return Table("stages", _("Time to decide, by role and stage"), heads, rows)


def waiting(found: Figures) -> Table:
    month = month_in_words(found.asked.month)
    rows = [
        [role_label(one.role), str(one.stage), str(one.days), str(one.tasks)]
        for one in found.waiting
    ]
    heads = [_("Role"), _("Stage"), _("Working days beyond"), _("Tasks")]
    title = _("Waiting beyond the service level, %(month)s") % {"month": month}
    return Table("waiting", title, heads, rows)


def months(found: Figures) -> Table:
    rows = [[month_in_words(one.month), *_times(one.times)] for one in found.months]
    heads = [_("Month"), *_time_heads()]
    return Table("months", _("The last twelve months"), heads, rows)


def rounds(found: Figures) -> Table:
    rows = [[str(taken), str(versions)] for taken, versions in found.rounds.spread]
    heads = [_("Rounds"), _("Versions approved")]
    return Table("rounds", _("Rounds until approved"), heads, rows, texts=0)


def longest(found: Figures) -> Table:
    rows = [
        [f"{one.code} v{one.number}", one.title, str(one.rounds)] for one in found.rounds.longest
    ]
    heads = [_("Version"), _("Title"), _("Rounds")]
    return Table("longest", _("Versions that took most rounds"), heads, rows, texts=2)


TABLES: dict[str, Callable[[Figures], Table]] = {
    made.__name__: made for made in (stages, waiting, months, rounds, longest)
}


def tables_of(found: Figures) -> dict[str, Table]:
    return {name: made(found) for name, made in TABLES.items()}


def as_csv(table: Table) -> bytes:
    """Write a table as UTF-8 with its mark, formulas made harmless."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(table.heads)
    writer.writerows([guarded(cell) for cell in row] for row in table.rows)
    return written.getvalue().encode("utf-8-sig")


def bottleneck_said(found: Figures) -> str:
    """Say in a sentence what added most waiting in the month in which the period ends."""
    month, most = month_in_words(found.asked.month), found.bottleneck
    if most is None:
        return _("In %(month)s nothing waited beyond its service level.") % {"month": month}
    return ngettext(
        "In %(month)s, the longest waiting came from this role: %(role)s, stage %(stage)d — "
        "%(days)d working days beyond the service level, over %(tasks)d task.",
        "In %(month)s, the longest waiting came from this role: %(role)s, stage %(stage)d — "
        "%(days)d working days beyond the service level, over %(tasks)d tasks.",
        most.tasks,
    ) % {
        "month": month,
        "role": role_label(most.role),
        "stage": most.stage,
        "days": most.days,
        "tasks": most.tasks,
    }
