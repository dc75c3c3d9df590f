"""The one text of a value, and what is hashed: ``hash = SHA-256(prev_hash ‖ payload)``."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

GENESIS = "0" * 64


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, UUID):
        return str(value)
    return str(value)


# Made once: it is asked for every event and every history row.
_TEXT = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain
).encode


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, UTC instants."""
    return _TEXT(value)


def row_digest(row: models.Model) -> str:
    """Return the SHA-256 of a history row's canonical text: its stored values, by column."""
    fields = row._meta.concrete_fields
    return values_digest(fields, [getattr(row, field.attname) for field in fields])


def values_digest(fields: Iterable[Any], values: Iterable[Any]) -> str:
    """Return the SHA-256 of a history row's values, each as the database would give it back."""
    stored = {
        field.attname: field.to_python(value) for field, value in zip(fields, values, strict=True)
    }
    return hashlib.sha256(canonical(stored).encode()).hexdigest()


def chain_hash(prev_hash: str, payload: str) -> str:
    return hashlib.sha256((prev_hash + payload).encode()).hexdigest()
