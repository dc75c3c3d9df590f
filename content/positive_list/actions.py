"""What the lists write: what other systems are told."""

from datetime import datetime

from approvals.audit import act
from approvals.people.models import User
from approvals.people.policies import check_system
from content.positive_list import notifications


@act("announce_ends")
def announce_ends(*, by: User, now: datetime) -> int:
    """Tell other systems of the ends that come and came; return how many messages were written.

    :raises PolicyDenied: ``system_only`` unless ``by`` is the system actor.
    """
    check_system(by)
    return notifications.days_come(now=now)
