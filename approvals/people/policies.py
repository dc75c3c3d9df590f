"""Which roles a person holds, asked in one place."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User


def check_role(by: User, roles: Iterable[str]) -> None:
    """Refuse a person who holds none of the roles.

    :raises PolicyDenied: ``role_missing``.
    """
    wanted = [Role(role) for role in roles]
    if not by.is_active or not by.holds(*wanted):
        names = ", ".join(str(role.label) for role in wanted)
        raise PolicyDenied(
            "role_missing",
            _("This is done by: %(roles)s. Ask one of them.") % {"roles": names},
        )


def check_system(by: User) -> None:
    """Refuse anybody but the named system actor.

    :raises PolicyDenied: ``system_only``.
    """
    if by.username != SYSTEM_USERNAME:
        raise PolicyDenied("system_only", _("Only the system itself does this."))


def check_can_manage_people(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, [Role.ADMINISTRATOR])


def check_password_is_own(by: User) -> None:
    """Refuse whoever still has the password that somebody gave them (SECURITY.md 6).

    :raises PolicyDenied: ``password_change_owed``.
    """
    if by.must_change_password:
        raise PolicyDenied(
            "password_change_owed",
            _("You were given a password: sign in on the pages and choose your own first."),
        )


def needs_second_factor(by: User) -> bool:
    """Whether one of a person's roles asks for a second factor (SECURITY.md 9)."""
    return bool(settings.SECOND_FACTOR_ROLES) and by.holds(*settings.SECOND_FACTOR_ROLES)


def owes_second_factor(by: User) -> bool:
    """Whether a person must register a second factor before anything else."""
    return by.second_factor_since is None and needs_second_factor(by)


def check_second_factor_registered(by: User) -> None:
    """Refuse whoever holds a role that asks for a second factor, and has none.

    :raises PolicyDenied: ``second_factor_owed``.
    """
    if owes_second_factor(by):
        raise PolicyDenied(
            "second_factor_owed",
            _("Your role asks for a second factor: register one on your profile first."),
        )


def check_can_reset(person: User, *, by: User) -> None:
    """Refuse to reset what opens the system's own account, or one's own.

    :raises PolicyDenied: ``role_missing``, ``system_only``, ``own_account``.
    """
    check_can_manage_people(by)
    if person.username == SYSTEM_USERNAME:
        raise PolicyDenied("system_only", _("Nobody signs in as the system."))
    if person.pk == by.pk:
        raise PolicyDenied("own_account", _("Another administrator does this for you."))


def can_reset(person: User, *, by: User) -> bool:
    """Whether ``by`` may unlock a person and reset what they sign in with."""
    try:
        check_can_reset(person, by=by)
    except PolicyDenied:
        return False
    return True


def is_pharmacist(by: User) -> bool:
    return by.holds(Role.RESPONSIBLE_PHARMACIST, Role.DEPUTY_PHARMACIST)
