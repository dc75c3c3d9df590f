"""Give and revoke the secret address of a person's calendar."""

import secrets
from datetime import datetime

from approvals.audit import act
from approvals.people.models import User
from approvals.submissions.models import CalendarAddress
from approvals.submissions.models.calendars import digest_of_key
from approvals.submissions.policies.calendars import PLANNERS, check_can_have_calendar


@act("renew_calendar_address", roles=PLANNERS)
def renew_calendar_address(*, by: User, now: datetime) -> str:
    """Give a person a new calendar address, revoke the old one, and return its key, told once.

    :raises PolicyDenied: ``role_missing``.
    """
    check_can_have_calendar(by)
    _revoke(by, now)
    key = secrets.token_urlsafe(32)
    CalendarAddress(person=by, key_hash=digest_of_key(key), created_at=now).save(force_insert=True)
    return key


@act("revoke_calendar_address", roles=PLANNERS)
def revoke_calendar_address(*, by: User, now: datetime) -> None:
    """Revoke a person's calendar address; without one nothing happens.

    Their own is theirs to revoke, whatever roles they still hold.
    """
    _revoke(by, now)


def _revoke(person: User, now: datetime) -> None:
    # The person's row, so that two requests at once leave one address.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    for address in CalendarAddress.objects.in_force().filter(person=person):
        address.revoked_at = now
        address.save()
