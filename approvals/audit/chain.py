"""Append to the hash chain. ``hash = SHA-256(prev_hash ‖ payload)``; ``verification`` reads it."""

from approvals.audit import checkpoints
from approvals.audit.acts import Act
from approvals.audit.hashing import GENESIS, canonical, chain_hash, row_digest
from approvals.audit.models import AuditEvent, AuditHead

__all__ = ["GENESIS", "append", "canonical", "chain_hash", "row_digest"]


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
