"""Who draws up an edition and takes note of it, and who keeps what of the lists."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, Refusal, StateConflict
from approvals.people.enums import FIELD, OFFICE, PHARMACISTS, Role
from approvals.people.models import User
from approvals.people.policies import check_role
from content.positive_list.editions import is_outdated, last_signed
from content.positive_list.models import Edition, Recipient

DRAFTERS = (Role.REGULATORY_REVIEWER, *PHARMACISTS)
# Who is told, by name, who has not acknowledged an edition.
FOLLOW_READERS = (*DRAFTERS, Role.INSPECTOR, Role.ADMINISTRATOR)


def check_can_draft(by: User) -> None:
    """:raises PolicyDenied: ``role_missing``."""
    check_role(by, DRAFTERS)


def can_draft(by: User) -> bool:
    return by.is_active and by.holds(*DRAFTERS)


def check_can_be_signed(edition: Edition, now: datetime) -> None:
    """Refuse an edition that was signed, or whose lists are no longer those of today.

    :raises StateConflict: ``already_signed``, ``outdated_draft``.
    """
    if edition.is_signed:
        raise StateConflict(
            "already_signed",
            _("Edition %(number)s was already signed: draw up the next one.")
            % {"number": edition.number},
        )
    if is_outdated(edition, now):
        raise StateConflict(
            "outdated_draft",
            _("The lists changed since edition %(number)s was drawn up: draw it up again.")
            % {"number": edition.number},
        )


def check_can_acknowledge(edition: Edition, by: User) -> None:
    """Let the field take note of the newest signed edition, once.

    :raises PolicyDenied: ``role_missing``, ``no_team``.
    :raises StateConflict: ``not_signed``, ``newer_edition``, ``already_acknowledged``.
    """
    _check_reads(edition, by)
    if received(edition, by, acknowledged_at__isnull=False):
        raise StateConflict(
            "already_acknowledged", _("You acknowledged this edition: nothing more is to do.")
        )


def check_can_attest(edition: Edition, by: User) -> None:
    """Let who took note of an edition attest that the obsolete paper is destroyed, once.

    :raises PolicyDenied: ``role_missing``, ``no_team``.
    :raises StateConflict: ``not_signed``, ``newer_edition``, ``not_acknowledged``,
        ``already_attested``.
    """
    _check_reads(edition, by)
    if not received(edition, by, acknowledged_at__isnull=False):
        raise StateConflict(
            "not_acknowledged", _("Acknowledge this edition first, then attest the destruction.")
        )
    if received(edition, by, destroyed_at__isnull=False):
        raise StateConflict(
            "already_attested", _("You attested the destruction: nothing more is to do.")
        )


def _check_reads(edition: Edition, by: User) -> None:
    check_role(by, FIELD)
    if not by.memberships.exists():
        raise PolicyDenied(
            "no_team", _("You belong to no team: ask an administrator to add you to yours.")
        )
    if not edition.is_signed:
        raise StateConflict("not_signed", _("This edition is not signed yet: wait for it."))
    last = last_signed()
    if last is not None and last.pk != edition.pk:
        raise StateConflict(
            "newer_edition",
            _("Edition %(number)s replaced this one: acknowledge that one.")
            % {"number": last.number},
        )


def received(edition: Edition, by: User, **facts: bool) -> bool:
    return Recipient.objects.filter(edition=edition, person=by, **facts).exists()


def can_acknowledge(edition: Edition, by: User) -> bool:
    try:
        check_can_acknowledge(edition, by)
    except Refusal:
        return False
    return True


def can_attest(edition: Edition, by: User) -> bool:
    try:
        check_can_attest(edition, by)
    except Refusal:
        return False
    return True


def check_can_keep_favourites(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` reads the field's pages."""
    check_role(by, [*FIELD, *OFFICE])
