"""Append to and verify the hash chain. ``hash = SHA-256(prev_hash ‖ payload)``."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from approvals.audit import checkpoints
from approvals.audit.acts import Act
from approvals.audit.hashing import GENESIS, canonical, chain_hash, plain, row_digest
from approvals.audit.models import AuditEvent, AuditHead

__all__ = ["GENESIS", "Fault", "Verification", "append", "canonical", "chain_hash", "row_digest"]


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
    if checkpoints.ASKED in act.details:
        checkpoints.sign(event, act.details[checkpoints.ASKED])
    return event


@dataclass(frozen=True)
class Fault:
    """The first place where the chain does not hold."""

    seq: int
    what: str


Event = dict[str, Any]
# History rows are looked up together, this many changes at a time.
BATCH = 500


class Verification:
    """One pass over the chain, streamed; ``fault`` is None when all of it holds.

    Events that people add meanwhile are left to the next pass.
    """

    def __init__(self, since: int = 1) -> None:
        self.since = max(1, since)
        self.count = 0
        self.checkpoints = 0
        self.fault: Fault | None = None
        self._batch: list[tuple[int, dict[str, Any]]] = []

    def run(self) -> "Verification":
        head = AuditHead.objects.filter(pk=1).first()
        self.fault = self._read(head)
        return self

    def _read(self, head: AuditHead | None) -> Fault | None:
        if head is None:
            return Fault(self.since, "the chain's head row is missing")
        seq, previous = self.since - 1, self._start()
        if previous is None:
            return Fault(seq, "there is no such event")
        signed = checkpoints.Reader(self.since)
        for event in self._events(head.seq):
            seq += 1
            fault = self._check_event(event, seq, previous, signed)
            if fault:
                # What the events before it name is checked first: the first fault is told.
                return self._check_history() or fault
            previous = event["hash"]
            self.count += 1
            if len(self._batch) >= BATCH and (fault := self._check_history()):
                return fault
        self.checkpoints = signed.count
        return self._check_history() or self._check_end(head, seq, previous, signed)

    def _start(self) -> str | None:
        if self.since == 1:
            return GENESIS
        before = AuditEvent.objects.filter(seq=self.since - 1).values_list("hash", flat=True)
        return before.first()

    def _events(self, last: int) -> Iterator[Event]:
        columns = ("seq", "payload", "prev_hash", "hash", "kind", "actor_id", "recorded_at")
        events: Any = AuditEvent.objects.filter(seq__gte=self.since, seq__lte=last)
        return iter(events.in_order().values(*columns).iterator(chunk_size=2000))

    def _check_event(
        self, event: Event, seq: int, previous: str, signed: checkpoints.Reader
    ) -> Fault | None:
        if event["seq"] != seq:
            return Fault(seq, "an event is missing or was inserted")
        intact = event["hash"] == chain_hash(event["prev_hash"], event["payload"])
        if event["prev_hash"] != previous:
            return self._blame(event, seq) if intact else Fault(seq, UNCHAINED)
        if not intact:
            return Fault(seq, "the event's text was altered")
        try:
            payload = json.loads(event["payload"])
            told = (payload["seq"], payload["act"], payload["actor"], payload["at"])
            self._batch.extend((seq, change) for change in payload["changes"])
            asked = payload["details"].get(checkpoints.ASKED)
        except (ValueError, LookupError, TypeError, AttributeError):
            return Fault(seq, "the event's text cannot be read")
        if told != (seq, event["kind"], event["actor_id"], plain(event["recorded_at"])):
            return Fault(seq, "the event's columns differ from its text")
        what = signed.check(seq, event["hash"], asked)
        return Fault(seq, what) if what else None

    def _blame(self, event: Event, seq: int) -> Fault:
        """Say which event to look at when one that is intact follows another than it names."""
        try:
            told = int(json.loads(event["payload"])["seq"])
        except (ValueError, LookupError, TypeError):
            return Fault(seq, UNCHAINED)
        if told > seq:
            return Fault(seq, "an event is missing: those after it were numbered again")
        if seq == self.since:
            return Fault(seq, UNCHAINED)
        if told < seq:
            return Fault(seq - 1, "the event was inserted")
        return Fault(seq - 1, "the event was altered and hashed again")

    def _check_end(
        self, head: AuditHead, seq: int, previous: str, signed: checkpoints.Reader
    ) -> Fault | None:
        # One statement, hence one moment: an act that ends meanwhile moves both.
        present = AuditHead.objects.filter(pk=1).values("seq")[:1]
        beyond = AuditEvent.objects.filter(seq__gt=present).exists()
        if beyond or (head.seq, head.hash) != (seq, previous):
            return Fault(seq + 1, "the chain's head does not match its last event")
        lost = signed.without_event()
        return Fault(lost, "a checkpoint signs an event that is not there") if lost else None

    def _check_history(self) -> Fault | None:
        """Re-hash the history rows that the events name."""
        by_model: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
        for seq, change in self._batch:
            by_model[change["model"]][change["history"]] = (seq, change["sha256"])
        self._batch.clear()
        faults: list[Fault] = []
        for label, expected in by_model.items():
            history = apps.get_model(label).history.model._default_manager
            rows = history.in_bulk(list(expected))
            for pk, (seq, digest) in expected.items():
                if pk not in rows:
                    faults.append(Fault(seq, f"history row {label} {pk} is missing"))
                elif row_digest(rows[pk]) != digest:
                    faults.append(Fault(seq, f"history row {label} {pk} was altered"))
        return min(faults, key=lambda fault: fault.seq, default=None)


UNCHAINED = "the event is not chained to the one before it"
