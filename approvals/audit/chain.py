"""Append to and verify the hash chain. ``hash = SHA-256(prev_hash ‖ payload)``."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from approvals.audit.acts import Act
from approvals.audit.models import AuditEvent, AuditHead

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, UTC instants."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: Any) -> Any:
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


def append(act: Act) -> AuditEvent:
    """Write the act's event at the end of the chain. Call it last: it locks the head row."""
    head = AuditHead.objects.select_for_update().get(pk=1)
    seq = head.seq + 1
    payload = canonical(
        {
            "seq": seq,
            "at": act.now,
            "act": act.kind,
            "acts": act.kinds,
            "actor": act.by.pk,
            "role": act.role,
            "reason": act.reason,
            "details": act.details,
            "changes": act.changes,
        }
    )
    event = AuditEvent(
        seq=seq,
        recorded_at=act.now,
        kind=act.kind,
        actor_id=act.by.pk,
        payload=payload,
        prev_hash=head.hash,
        hash=chain_hash(head.hash, payload),
    )
    event.save(force_insert=True)
    head.seq, head.hash = seq, event.hash
    head.save(update_fields=["seq", "hash"])
    return event


@dataclass(frozen=True)
class Fault:
    """The first place where the chain does not hold."""

    seq: int
    what: str


class Verification:
    """One pass over the chain, streamed; ``fault`` is None when all of it holds."""

    def __init__(self, since: int = 1) -> None:
        self.since = since
        self.count = 0
        self.fault: Fault | None = None

    def run(self) -> "Verification":
        previous = self._start()
        seq = self.since - 1
        batch: list[tuple[int, dict[str, Any]]] = []
        for event in self._events():
            seq += 1
            self.fault = self._check_link(event, seq, previous) or self._check_payload(event, batch)
            if self.fault:
                return self
            previous = event["hash"]
            self.count += 1
            if len(batch) >= 500 and self._check_history(batch):
                return self
        if self._check_history(batch):
            return self
        head = AuditHead.objects.filter(pk=1).first()
        if head is None or (head.seq, head.hash) != (seq, previous):
            self.fault = Fault(seq + 1, "the chain's head does not match its last event")
        return self

    def _start(self) -> str:
        if self.since <= 1:
            return GENESIS
        before = AuditEvent.objects.filter(seq=self.since - 1).values_list("hash", flat=True)
        return before.first() or GENESIS

    def _events(self) -> Iterator[dict[str, Any]]:
        columns = ("seq", "payload", "prev_hash", "hash", "kind", "actor_id", "recorded_at")
        events: Any = AuditEvent.objects.filter(seq__gte=self.since).in_order().values(*columns)
        return iter(events.iterator(chunk_size=2000))

    def _check_link(self, event: dict[str, Any], seq: int, previous: str) -> Fault | None:
        if event["seq"] != seq:
            return Fault(seq, "an event is missing or was inserted")
        if event["prev_hash"] != previous:
            return Fault(seq, "the event is not chained to the one before it")
        if event["hash"] != chain_hash(previous, event["payload"]):
            return Fault(seq, "the event's text was altered")
        return None

    def _check_payload(
        self, event: dict[str, Any], batch: list[tuple[int, dict[str, Any]]]
    ) -> Fault | None:
        payload = json.loads(event["payload"])
        columns = (event["seq"], event["kind"], event["actor_id"], _plain(event["recorded_at"]))
        if columns != (payload["seq"], payload["act"], payload["actor"], payload["at"]):
            return Fault(event["seq"], "the event's columns differ from its text")
        batch.extend((event["seq"], change) for change in payload["changes"])
        return None

    def _check_history(self, batch: list[tuple[int, dict[str, Any]]]) -> bool:
        """Re-hash the history rows that the events name; return True at a fault."""
        by_model: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
        for seq, change in batch:
            by_model[change["model"]][change["history"]] = (seq, change["sha256"])
        faults: list[Fault] = []
        for label, expected in by_model.items():
            history = apps.get_model(label).history.model._default_manager
            rows = history.in_bulk(list(expected))
            for pk, (seq, digest) in expected.items():
                if pk not in rows:
                    faults.append(Fault(seq, f"history row {label} {pk} is missing"))
                elif row_digest(rows[pk]) != digest:
                    faults.append(Fault(seq, f"history row {label} {pk} was altered"))
        batch.clear()
        if faults:
            self.fault = min(faults, key=lambda fault: fault.seq)
        return bool(faults)
