"""Tie simple-history's rows to the act under way: who, when, why, and their hash."""

from typing import Any

from django.db import models

from approvals.audit.acts import current_act
from approvals.audit.hashing import row_digest

HIDDEN = "hidden"


def stamp_history(sender: Any, history_instance: models.Model, **kwargs: Any) -> None:
    """Write the act's actor, instant and reason into the history row before it is saved."""
    under_way = current_act()
    history: Any = history_instance
    history.history_user_id = under_way.by.pk
    history.history_date = under_way.now
    history.history_change_reason = under_way.reason or None


def collect_history(
    sender: Any, instance: models.Model, history_instance: models.Model, **kwargs: Any
) -> None:
    """Add the saved history row to the act's event, with what changed (old → new)."""
    history: Any = history_instance
    current_act().changes.append(
        {
            "model": instance._meta.label_lower,
            "id": str(instance.pk),
            "type": history.history_type,
            "history": history.pk,
            "sha256": row_digest(history),
            "fields": changed_fields(instance, history.history_type),
        }
    )


def changed_fields(instance: Any, history_type: str) -> dict[str, list[Any]]:
    """Return {field: [old, new]} and remember the new values as loaded."""
    loaded = getattr(instance, "_loaded", {})
    fields = instance._meta.concrete_fields
    new = {field.attname: getattr(instance, field.attname) for field in fields}
    instance._loaded = new
    if history_type == "-":
        changed = {name: [value, None] for name, value in new.items() if value not in (None, "")}
    else:
        changed = {
            name: [loaded.get(name), value]
            for name, value in new.items()
            if loaded.get(name) != value and not (name not in loaded and value in (None, ""))
        }
    # That a secret changed belongs in the trail, which many read; what it is does not.
    secret: frozenset[str] = getattr(instance, "secret_fields", frozenset())
    return changed | {name: [HIDDEN, HIDDEN] for name in secret & changed.keys()}
