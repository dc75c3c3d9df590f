"""The one text of a value, and what is hashed: ``hash = SHA-256(prev_hash ‖ payload)``."""

import hashlib
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, UTC instants."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain
    )


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


def row_values(row: models.Model) -> dict[str, Any]:
    """Return a row's stored values, one per column, as the database would give them back."""
    return {
        field.attname: field.to_python(getattr(row, field.attname))
        for field in row._meta.concrete_fields
    }


def row_digest(row: models.Model) -> str:
    """Return the SHA-256 of a history row's canonical text."""
    return hashlib.sha256(canonical(row_values(row)).encode()).hexdigest()


def chain_hash(prev_hash: str, payload: str) -> str:
    return hashlib.sha256((prev_hash + payload).encode()).hexdigest()
