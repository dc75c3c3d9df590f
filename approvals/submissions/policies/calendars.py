"""Who may have a calendar address: whoever opens the planning."""

from approvals.audit import PolicyDenied
from approvals.people.enums import OWNERS, READERS_OF_ALL, Role
from approvals.people.models import User
from approvals.people.policies import check_role

PLANNERS = (*OWNERS, *READERS_OF_ALL, Role.ADMINISTRATOR)


def check_can_have_calendar(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless the person opens the planning."""
    check_role(by, PLANNERS)


def can_have_calendar(by: User) -> bool:
    try:
        check_can_have_calendar(by)
    except PolicyDenied:
        return False
    return True
