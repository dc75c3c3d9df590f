"""Tell people what was done about their accounts, and administrators what to look at."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.people.enums import Role
from approvals.people.models import User
from content.outbox.actions import tell


def locked_out(person: User, *, now: datetime) -> None:
    """Alert the administrators, and the person, whose password somebody may be guessing."""
    administrators = User.objects.holding(Role.ADMINISTRATOR).order_by("pk")
    for reader in {one.pk: one for one in [*administrators, person]}.values():
        with translation.override(reader.language):
            subject = _("Account locked: %(person)s") % {"person": person.username}
            body = _(
                "Too many wrong passwords or codes were given for %(person)s (%(username)s). The "
                "account is locked until an administrator unlocks it, on the person's page. If "
                "it was not them, somebody is trying to guess."
            ) % {"person": person, "username": person.username}
        _tell(reader, "account_locked", f"{person.pk}:{reader.pk}", (subject, body), now)


def unlocked(person: User, *, now: datetime) -> None:
    """Tell a person that they may try again."""
    with translation.override(person.language):
        subject = _("Your account is unlocked")
        body = _("An administrator unlocked your account: you can sign in again.")
    _tell(person, "account_unlocked", str(person.pk), (subject, body), now)


def password_reset(person: User, *, now: datetime) -> None:
    """Tell a person that their password was replaced, so that they speak up if they did not ask."""
    with translation.override(person.language):
        subject = _("Your password was reset")
        body = _(
            "An administrator gave you a new password; you choose your own at the next sign-in. "
            "If you did not ask for it, tell the responsible pharmacist at once."
        )
    _tell(person, "password_reset", str(person.pk), (subject, body), now)


def factors_reset(person: User, *, now: datetime) -> None:
    """Tell a person that their second factor was taken away."""
    with translation.override(person.language):
        subject = _("Your second factor was reset")
        body = _(
            "An administrator took your second factor away: register another on your profile. "
            "If you did not ask for it, tell the responsible pharmacist at once."
        )
    _tell(person, "factors_reset", str(person.pk), (subject, body), now)


def _tell(reader: User, topic: str, about: str, words: tuple[str, str], now: datetime) -> None:
    key = f"{topic}:{about}:{now.isoformat()}"
    tell(reader, topic, *words, key=key, now=now)
