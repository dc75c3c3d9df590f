"""Checkpoints: the house signs the end of the chain, so that writing all of it again shows.

One ends an act that asked for it (``ask``), in the same transaction, under the head's lock. Its
signed text binds the event's number and hash, and ``links``: one digest rolled over the hash of
every event so far. Hence a copy of the trail that leaves out what some events say, but gives every
hash, can still be verified by an outsider.
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction

from approvals.audit.acts import current_act
from approvals.audit.hashing import GENESIS, canonical
from approvals.audit.models import AuditCheckpoint, AuditEvent

# The detail of an event that says: this act ends with a checkpoint.
ASKED = "checkpoint"
# What the text of such an event holds.
MARK = f'"{ASKED}":'
FORMAT = "imprimatur-checkpoint-1"
logger = logging.getLogger(__name__)


def ask(day: date | None = None) -> bool:
    """Have the act under way end with a checkpoint; do nothing where the house has no key."""
    if not settings.SIGNING_KEY:
        return False
    current_act().note(**{ASKED: {"key": public_key(), "day": day}})
    return True


def sign(event: AuditEvent, asked: dict[str, Any]) -> AuditCheckpoint:
    """Sign the event that was just appended; the head is locked."""
    last = AuditCheckpoint.objects.in_order().last()
    checkpoint = AuditCheckpoint(
        seq=event.seq,
        hash=event.hash,
        links=_links_from(last, event.seq),
        day=asked["day"],
        at=event.recorded_at,
        public_key=asked["key"],
    )
    text = signed_text(checkpoint)
    checkpoint.signature = _private_key().sign(text.encode()).hex()
    checkpoint.save(force_insert=True)
    if not is_for_development():
        # The log is a first place outside the database where it is kept.
        line = {"text": text, "public_key": asked["key"], "signature": checkpoint.signature}
        transaction.on_commit(lambda: logger.info("checkpoint %s", canonical(line)))
    return checkpoint


def signed_text(checkpoint: AuditCheckpoint) -> str:
    """Return the exact text that a checkpoint's signature covers."""
    return canonical(
        {
            "format": FORMAT,
            "seq": checkpoint.seq,
            "hash": checkpoint.hash,
            "links": checkpoint.links,
            "day": checkpoint.day,
            "at": checkpoint.at,
        }
    )


def roll(links: str, hashes: Iterable[str]) -> str:
    """Return the digest rolled over more events' hashes."""
    for one in hashes:
        links = hashlib.sha256((links + one).encode()).hexdigest()
    return links


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY))


def public_key() -> str:
    """Return the public half of the house's key, in hexadecimal; empty where it has none."""
    return _private_key().public_key().public_bytes_raw().hex() if settings.SIGNING_KEY else ""


def trusted_keys() -> list[str]:
    """Return the public keys whose checkpoints count: the house's own, then its former ones."""
    return list(filter(None, [public_key(), *settings.CHECKPOINT_KEYS]))


def is_for_development() -> bool:
    """Whether the house signs with the key that this software publishes: it proves nothing."""
    return bool(settings.SIGNING_KEY) and settings.SIGNING_KEY == settings.DEVELOPMENT_SIGNING_KEY


def _links_from(last: AuditCheckpoint | None, upto: int) -> str:
    since, links = (last.seq, last.links) if last else (0, GENESIS)
    events = AuditEvent.objects.filter(seq__gt=since, seq__lte=upto).in_order()
    return roll(links, events.values_list("hash", flat=True).iterator(chunk_size=2000))


class Reader:
    """The checkpoints, read in step with the events from ``since`` on."""

    def __init__(self, since: int) -> None:
        rows = AuditCheckpoint.objects.filter(seq__gte=since).in_order()
        self._rows = iter(rows.iterator(chunk_size=500))
        self._next = next(self._rows, None)
        self._keys = trusted_keys()
        self.count = 0
        self._links = GENESIS
        if self._next is not None:
            last = AuditCheckpoint.objects.filter(seq__lt=since).in_order().last()
            self._links = _links_from(last, since - 1)

    @property
    def next_seq(self) -> int:
        """The number of the next event that is signed; 0 where none is left."""
        return self._next.seq if self._next is not None else 0

    def pass_over(self, event_hash: str) -> None:
        """Go past an event that no checkpoint signs and that asked for none."""
        if self._next is not None:
            self._links = hashlib.sha256((self._links + event_hash).encode()).hexdigest()

    def check(self, seq: int, event_hash: str, asked: dict[str, Any] | None) -> str:
        """Return what is wrong with the checkpoint of this event; empty if nothing is."""
        self.pass_over(event_hash)
        if self._next is None or self._next.seq != seq:
            return "its checkpoint is missing" if asked else ""
        checkpoint, self._next = self._next, next(self._rows, None)
        self.count += 1
        if not asked:
            return "no act asked for its checkpoint"
        if (checkpoint.hash, checkpoint.links) != (event_hash, self._links):
            return "its checkpoint signs another history: the chain was written again"
        if checkpoint.public_key != asked.get("key"):
            return "its checkpoint is signed with another key than the act says"
        return self._check_signature(checkpoint)

    def _check_signature(self, checkpoint: AuditCheckpoint) -> str:
        if checkpoint.public_key not in self._keys:
            return "its checkpoint is signed with a key that this house does not know"
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
            key.verify(bytes.fromhex(checkpoint.signature), signed_text(checkpoint).encode())
        except (InvalidSignature, ValueError):
            return "the signature of its checkpoint is wrong"
        return ""

    def without_event(self) -> int | None:
        """Return the number of the first checkpoint left over whose event does not exist."""
        if self._next is None:
            return None
        left = AuditCheckpoint.objects.filter(seq__gte=self._next.seq)
        orphans = left.exclude(seq__in=AuditEvent.objects.values("seq")).in_order()
        return orphans.values_list("seq", flat=True).first()
