"""Checkpoints taken for their own sake."""

from datetime import datetime

from approvals.audit import checkpoints
from approvals.audit.acts import Actor, act
from approvals.audit.models import AuditCheckpoint, AuditHead
from content.calendar import paris_day


def lock_head() -> AuditHead:
    """Lock the chain's end, and nothing after it: a second taker waits, then finds the first's."""
    return AuditHead.objects.select_for_update().get(pk=1)


@act("checkpoint")
def take_daily_checkpoint(*, by: Actor, now: datetime) -> bool:
    """Sign the end of the chain once a Paris day; return whether it was done.

    Nothing is done where the house has no key.
    """
    lock_head()
    day = paris_day(now)
    if AuditCheckpoint.objects.filter(day=day).exists():
        return False
    return checkpoints.ask(day)


@act("checkpoint")
def take_checkpoint(*, by: Actor, now: datetime) -> bool:
    """Sign the end of the chain unless it is signed; return whether it was done."""
    head = lock_head()
    if AuditCheckpoint.objects.filter(seq=head.seq).exists():
        return False
    return checkpoints.ask()
