"""Who says how long before an end people are told of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.submissions.models.notices import MOST_NOTICE_DAYS, MOST_NOTICES

NOTICE_ROLES = (Role.ADMINISTRATOR,)


def check_can_plan_notices(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    check_role(by, NOTICE_ROLES)


def check_notice_days(days: Sequence[int]) -> None:
    """Refuse days on which nobody would be told, or the same day twice.

    :raises InvalidInput: field ``days``.
    """
    if not 1 <= len(days) <= MOST_NOTICES or len(set(days)) != len(days):
        raise InvalidInput.at(
            "days",
            _("Give one to %(most)d different numbers of days.") % {"most": MOST_NOTICES},
        )
    if not all(1 <= number <= MOST_NOTICE_DAYS for number in days):
        raise InvalidInput.at(
            "days", _("Each is a number of days from 1 to %(most)d.") % {"most": MOST_NOTICE_DAYS}
        )
