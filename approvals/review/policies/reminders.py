"""Who says when people are reminded of their tasks, and how far apart."""

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.models import MOST_DAYS


def check_can_plan_reminders(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    check_role(by, [Role.ADMINISTRATOR])


def check_reminder_days(*, days_before: int, days_after: int, escalate_after: int) -> None:
    """Refuse numbers of working days that remind nobody.

    :raises InvalidInput: naming each field that is wrong.
    """
    given = (
        ("days_before", days_before, 0),
        ("days_after", days_after, 1),
        ("escalate_after", escalate_after, 1),
    )
    errors = {
        name: [_("From %(least)d to %(most)d working days.") % {"least": least, "most": MOST_DAYS}]
        for name, days, least in given
        if not least <= days <= MOST_DAYS
    }
    if errors:
        raise InvalidInput(errors)
