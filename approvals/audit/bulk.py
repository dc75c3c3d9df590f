"""The one listed place that writes regulated rows in bulk, with their history and evidence.

For imports and for facts that reach thousands of rows at once (ARCHITECTURE.md, traps): it goes
round ``RecordedQuerySet`` with a plain queryset, and names every history row with its SHA-256 in
the act's event, as ``recording`` does row by row. Deleting has no bulk form.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models

from approvals.audit.acts import current_act
from approvals.audit.hashing import row_digest
from approvals.audit.models import Recorded
from approvals.audit.recording import changed_fields

# Below SQLite's limit of variables in a statement, and small enough for one round trip.
BATCH = 200


def create_in_bulk(rows: Sequence[Recorded]) -> None:
    """Write new rows of one model, each with its history row, inside the act under way.

    :raises WriteOutsideAct: outside an act.
    """
    current_act()
    if rows:
        _unguarded(rows).bulk_create(rows, batch_size=BATCH)
        _write_history(rows, "+")


def change_in_bulk(rows: Sequence[Recorded], fields: Sequence[str]) -> None:
    """Write the changed fields of rows of one model, each with its history row.

    :raises WriteOutsideAct: outside an act.
    """
    current_act()
    if rows:
        _unguarded(rows).bulk_update(rows, fields, batch_size=BATCH)
        _write_history(rows, "~")


def _unguarded(rows: Sequence[Recorded]) -> models.QuerySet[Any]:
    return models.QuerySet(type(rows[0]))


def _write_history(rows: Sequence[Any], history_type: str) -> None:
    under_way = current_act()
    written = rows[0].history.bulk_history_create(
        rows,
        batch_size=BATCH,
        update=history_type == "~",
        default_user=under_way.by,
        default_change_reason=under_way.reason or None,
        default_date=under_way.now,
    )
    for row, history in zip(rows, written, strict=True):
        change = {
            "model": row._meta.label_lower,
            "id": str(row.pk),
            "type": history_type,
            "history": history.pk,
            "sha256": row_digest(history),
        }
        # What a created row holds is in its history row, which the digest binds.
        fields = changed_fields(row, history_type)
        under_way.changes.append(change | {"fields": fields if history_type == "~" else {}})
