"""Who may read the whole trail, and who works here (DOMAIN.md §1)."""

from approvals.audit import Refusal
from approvals.people.enums import PHARMACISTS, Role
from approvals.people.models import User
from approvals.people.policies import check_role

TRAIL_READERS = (*PHARMACISTS, Role.INSPECTOR, Role.ADMINISTRATOR)
PEOPLE_READERS = (Role.INSPECTOR, Role.ADMINISTRATOR)


def check_can_read_trail(by: User) -> None:
    """:raises PolicyDenied: ``role_missing``."""
    check_role(by, TRAIL_READERS)


def can_read_trail(by: User) -> bool:
    """Whether a person may read every act of the house."""
    try:
        check_can_read_trail(by)
    except Refusal:
        return False
    return True


def check_can_read_people(by: User) -> None:
    """:raises PolicyDenied: ``role_missing``."""
    check_role(by, PEOPLE_READERS)


def can_read_people(by: User) -> bool:
    """Whether a person may see who works here, and in which roles."""
    try:
        check_can_read_people(by)
    except Refusal:
        return False
    return True
