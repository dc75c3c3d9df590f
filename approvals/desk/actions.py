"""What the desk does of its own: it hands the trail over, and keeps who may come in."""

from datetime import datetime

from approvals.audit import act, current_act
from approvals.desk import notifications
from approvals.desk.pack import Written
from approvals.people.actions import reset_factors, reset_password, unlock
from approvals.people.enums import Role
from approvals.people.models import User


@act("export_audit")
def record_export(pack: Written, *, by: User, now: datetime) -> None:
    """Record that an inspection pack is handed over, and which bytes it is."""
    current_act().note(
        pack=pack.sha256,
        upto=pack.upto,
        asset=pack.asset or None,
        full=pack.full,
        files=len(pack.files),
    )


@act("lock_out")
def record_lockout(person: User, *, by: User, now: datetime) -> None:
    """Keep that a person failed too often, and alert the administrators (21 CFR 11.300(d))."""
    current_act().note(person=person.pk)
    notifications.locked_out(person, now=now)


@act("unlock", roles=[Role.ADMINISTRATOR])
def let_try_again(person: User, *, by: User, now: datetime) -> None:
    """Unlock a person, and tell them.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    unlock(person, by=by, now=now)
    notifications.unlocked(person, now=now)


@act("reset_password", roles=[Role.ADMINISTRATOR])
def give_new_password(person: User, *, password: str, by: User, now: datetime, reason: str) -> None:
    """Give a person a password to begin with, and tell them that it was done.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    :raises InvalidInput: at ``password`` if it is weak.
    """
    reset_password(person, password=password, by=by, now=now, reason=reason)
    notifications.password_reset(person, now=now)


@act("reset_factors", roles=[Role.ADMINISTRATOR])
def take_factors_away(person: User, *, by: User, now: datetime, reason: str) -> None:
    """Take away the second factors of a person who lost them, and tell them.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    reset_factors(person, by=by, now=now, reason=reason)
    notifications.factors_reset(person, now=now)
