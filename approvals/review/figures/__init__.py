"""Figures of review: how long it takes, how often it passes, where it waits.

What counts (ADR 0029):

- A task counts on the Paris day of its verdict in force; a voided verdict does not count, so a
  reopened task counts once, from its first opening to the verdict that holds.
- A recalled or cancelled cycle is no round, but the verdicts in force given in it took their time
  and count; its tasks without a verdict waited until it closed. Carries of minor modifications
  are no review.
- A time is in French working days after the day of opening; a task is in time when decided no later
  than its ``due_on``, whatever the hour.
"""

from approvals.review.figures.asked import VIEWERS, Asked
from approvals.review.figures.measures import Figures, figures
from approvals.review.figures.tables import TABLES, Table, as_csv, tables_of

__all__ = ["TABLES", "VIEWERS", "Asked", "Figures", "Table", "as_csv", "figures", "tables_of"]
