"""Who keeps what of the lists."""

from approvals.people.enums import FIELD, OFFICE
from approvals.people.models import User
from approvals.people.policies import check_role


def check_can_keep_favourites(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` reads the field's pages."""
    check_role(by, [*FIELD, *OFFICE])
