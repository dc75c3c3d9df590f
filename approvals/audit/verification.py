"""Does the chain hold? One pass over the stored texts, and what they name hashed again.

Two things are done, batch by batch. *The chain*: each event's number, hash, link, columns and
checkpoint, from the stored text, which is decoded only where it names rows or says something that
its columns do not; that is the throughput ``bench`` measures, per second and core, next to a bare
``hashlib`` loop over the same bytes. *The history rows* that the events name: each is read and
hashed again, which costs several times an event; ``bench`` gives it a figure of its own.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from approvals.audit import checkpoints
from approvals.audit.hashing import GENESIS, chain_hash, plain, values_digest
from approvals.audit.models import AuditEvent, AuditHead

UNCHAINED = "the event is not chained to the one before it"
UNREADABLE = "the event's text cannot be read"
# What the text of an event holds that names no history row.
NAMES_NOTHING = '"changes":[],"details":'
# History rows are looked up together, this many changes at a time: below SQLite's limit of
# variables in a statement.
BATCH = 500
# Events are fetched together, each time from the number where the last ones ended: no transaction
# stays open, and nothing is copied first, however long the chain is.
EVENTS = 5000
COLUMNS = ("seq", "payload", "prev_hash", "hash", "kind", "actor_id")
# An instant as the canonical text writes it.
POSTGRES_INSTANT = (
    """to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
)


@dataclass(frozen=True)
class Fault:
    """The first place where the chain does not hold."""

    seq: int
    what: str


# (seq, payload, prev_hash, hash, kind, actor_id, recorded_at as text)
Event = tuple[int, str, str, str, str, int, str]


def events(since: int, upto: int) -> Iterator[list[Event]]:
    """Yield the events of a stretch of the chain in order, some thousands at a time."""
    read = _postgres if connection.vendor == "postgresql" else _portable
    while since <= upto:
        # Where all of a stretch is missing, the next event's number says so.
        yield read(since, min(since + EVENTS - 1, upto))
        since += EVENTS


def _postgres(since: int, upto: int) -> list[Event]:
    """Read plain tuples, past the ORM: the instant is written by the database."""
    table = AuditEvent._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)}, {POSTGRES_INSTANT} FROM {table}"  # nosec
            " WHERE seq BETWEEN %s AND %s ORDER BY seq",
            [since, upto],
        )
        return list(cursor.fetchall())


def _portable(since: int, upto: int) -> list[Event]:
    rows = AuditEvent.objects.filter(seq__gte=since, seq__lte=upto).in_order()
    found = rows.values_list(*COLUMNS, "recorded_at")
    return [(*row[:-1], plain(row[-1])) for row in found]


class Verification:
    """One pass over the chain, streamed; ``fault`` is None when all of it holds.

    Events that people add meanwhile are left to the next pass. ``rows`` is false only where the
    chain alone is measured: what verifies evidence always hashes the history rows again.
    """

    def __init__(self, since: int = 1, *, rows: bool = True) -> None:
        self.since = max(1, since)
        self.rows = rows
        self.count = 0
        self.checkpoints = 0
        self.fault: Fault | None = None
        # Events that name history rows, still to be hashed again: (number, text).
        self._naming: list[tuple[int, str]] = []
        self._seq = self.since - 1
        self._previous = GENESIS

    def run(self) -> "Verification":
        head = AuditHead.objects.filter(pk=1).first()
        self.fault = self._read(head)
        return self

    def _read(self, head: AuditHead | None) -> Fault | None:
        if head is None:
            return Fault(self.since, "the chain's head row is missing")
        previous = self._start()
        if previous is None:
            return Fault(self.since - 1, "there is no such event")
        self._previous = previous
        signed = checkpoints.Reader(self.since)
        for rows in events(self.since, head.seq):
            fault = self._check_all(rows, signed)
            if fault:
                # What the events before it name is checked first: the first fault is told.
                return self._check_history() or fault
            if fault := self._check_history():
                return fault
        self.count = self._seq - self.since + 1
        self.checkpoints = signed.count
        return self._check_end(head, signed)

    def _start(self) -> str | None:
        if self.since == 1:
            return GENESIS
        before = AuditEvent.objects.filter(seq=self.since - 1).values_list("hash", flat=True)
        return before.first()

    def _check_all(self, rows: Iterable[Event], signed: checkpoints.Reader) -> Fault | None:
        """Check events one after the other; a text that reads as its columns is not decoded."""
        sha256 = hashlib.sha256
        seq, previous = self._seq, self._previous
        for event in rows:
            number, payload, prev_hash, event_hash, kind, actor, at = event
            seq += 1
            if (
                number != seq
                or prev_hash != previous
                or sha256(f"{previous}{payload}".encode()).hexdigest() != event_hash
                or not _reads_as(payload, seq, kind, actor, at)
                or checkpoints.MARK in payload
                or signed.next_seq == seq
            ):
                fault = self._check_event(event, seq, previous, signed)
                if fault:
                    return fault
            else:
                signed.pass_over(event_hash)
            if NAMES_NOTHING not in payload:
                self._naming.append((seq, payload))
            previous = event_hash
        self._seq, self._previous = seq, previous
        return None

    def _check_event(
        self, event: Event, seq: int, previous: str, signed: checkpoints.Reader
    ) -> Fault | None:
        number, text, prev_hash, event_hash, *columns = event
        if number != seq:
            return Fault(seq, "an event is missing or was inserted")
        intact = event_hash == chain_hash(prev_hash, text)
        if prev_hash != previous:
            return self._blame(text, seq) if intact else Fault(seq, UNCHAINED)
        if not intact:
            return Fault(seq, "the event's text was altered")
        try:
            payload = json.loads(text)
            told = [payload["seq"], payload["act"], payload["actor"], payload["at"]]
            asked = payload["details"].get(checkpoints.ASKED)
        except (ValueError, LookupError, TypeError, AttributeError):
            return Fault(seq, UNREADABLE)
        if told != [seq, *columns]:
            return Fault(seq, "the event's columns differ from its text")
        what = signed.check(seq, event_hash, asked)
        return Fault(seq, what) if what else None

    def _blame(self, text: str, seq: int) -> Fault:
        """Say which event to look at when one that is intact follows another than it names."""
        try:
            told = int(json.loads(text)["seq"])
        except (ValueError, LookupError, TypeError):
            return Fault(seq, UNCHAINED)
        if told > seq:
            return Fault(seq, "an event is missing: those after it were numbered again")
        if seq == self.since:
            return Fault(seq, UNCHAINED)
        if told < seq:
            return Fault(seq - 1, "the event was inserted")
        return Fault(seq - 1, "the event was altered and hashed again")

    def _check_end(self, head: AuditHead, signed: checkpoints.Reader) -> Fault | None:
        # One statement, hence one moment: an act that ends meanwhile moves both.
        present = AuditHead.objects.filter(pk=1).values("seq")[:1]
        beyond = AuditEvent.objects.filter(seq__gt=present).exists()
        if beyond or (head.seq, head.hash) != (self._seq, self._previous):
            return Fault(self._seq + 1, "the chain's head does not match its last event")
        lost = signed.without_event()
        return Fault(lost, "a checkpoint signs an event that is not there") if lost else None

    def _check_history(self) -> Fault | None:
        """Hash again the history rows that the events read so far name."""
        naming, self._naming = self._naming, []
        if not self.rows:
            return None
        batch: list[tuple[int, dict[str, Any]]] = []
        for seq, text in naming:
            try:
                batch.extend((seq, change) for change in json.loads(text)["changes"])
            except (ValueError, LookupError, TypeError):
                return _first_fault(batch) or Fault(seq, UNREADABLE)
            while len(batch) >= BATCH:
                if fault := _first_fault(batch[:BATCH]):
                    return fault
                del batch[:BATCH]
        return _first_fault(batch)


def _reads_as(payload: str, seq: int, kind: str, actor: int, at: str) -> bool:
    """Whether a canonical text says what the event's columns do; its keys stand in one order."""
    begins = f'{{"act":"{kind}","actor":{actor},"acts":["'
    # The names of acts hold no bracket: the first one ends their list.
    then = payload.find("]", len(begins))
    return (
        payload.startswith(begins)
        and payload.startswith(f'],"at":"{at}","changes":[', then)
        and payload.endswith(f',"seq":{seq}}}')
    )


def _first_fault(named: Iterable[tuple[int, dict[str, Any]]]) -> Fault | None:
    """Return the first event whose history rows are not what it names, or None."""
    by_model: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
    for seq, change in named:
        by_model[change["model"]][change["history"]] = (seq, change["sha256"])
    faults: list[Fault] = []
    for label, expected in by_model.items():
        present = _digests(apps.get_model(label), list(expected))
        for pk, (seq, digest) in expected.items():
            if pk not in present:
                faults.append(Fault(seq, f"history row {label} {pk} is missing"))
            elif present[pk] != digest:
                faults.append(Fault(seq, f"history row {label} {pk} was altered"))
    return min(faults, key=lambda fault: fault.seq, default=None)


def _digests(model: Any, pks: list[int]) -> dict[int, str]:
    """Return {pk: SHA-256} of a model's history rows, read without making objects of them."""
    history: type[models.Model] = model.history.model
    fields = history._meta.concrete_fields
    names = [field.attname for field in fields]
    rows = history._default_manager.filter(pk__in=pks).order_by().values_list("pk", *names)
    return {pk: values_digest(fields, values) for pk, *values in rows.iterator(chunk_size=BATCH)}
