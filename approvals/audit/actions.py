"""Checkpoints taken for their own sake."""

from datetime import datetime

from approvals.audit import checkpoints
from approvals.audit.acts import Actor, act
from approvals.audit.models import AuditCheckpoint, AuditHead
from content.calendar import paris_day


@act("checkpoint")
def take_daily_checkpoint(*, by: Actor, now: datetime) -> bool:
    """Sign the end of the chain once a Paris day; return whether it was done.

    Nothing is done where the house has no key.
    """
    # Nothing else is locked: a second sweep waits here, then finds the first one's.
    AuditHead.objects.select_for_update().get(pk=1)
    day = paris_day(now)
    if AuditCheckpoint.objects.filter(day=day).exists():
        return False
    return checkpoints.ask(day)


@act("checkpoint")
def take_checkpoint(*, by: Actor, now: datetime) -> bool:
    """Sign the end of the chain unless it is signed; return whether it was done."""
    head = AuditHead.objects.select_for_update().get(pk=1)
    if AuditCheckpoint.objects.filter(seq=head.seq).exists():
        return False
    return checkpoints.ask()
