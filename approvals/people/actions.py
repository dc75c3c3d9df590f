"""Create people, give and take roles, accept the accountability statement."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act, current_act
from approvals.people.enums import EVERYONE, OFFICE, Role
from approvals.people.models import SYSTEM_USERNAME, ApiToken, User
from approvals.people.policies import check_can_manage_people


def system_actor() -> User:
    """Return the named system actor, who signs nothing and cannot sign in."""
    return User.objects.get(username=SYSTEM_USERNAME)


@act("create_person", roles=[Role.ADMINISTRATOR])
def create_person(
    *,
    by: User,
    now: datetime,
    username: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    language: str = "fr",
) -> User:
    """Create a person without any role, who chooses their own password first.

    What the system itself makes (the demonstration's cast) keeps the password it was given.

    :raises PolicyDenied: unless ``by`` is an administrator or the system.
    :raises InvalidInput: if the username was ever given.
    """
    check_can_manage_people(by)
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidInput.at("username", _("This username was already given: choose another."))
    person = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=email,
        language=language,
        date_joined=now,
        # An administrator does not keep a password that somebody signs with (SECURITY.md 6).
        must_change_password=by.username != SYSTEM_USERNAME,
    )
    person.set_password(password)
    person.save()
    return person


@act("grant_role", roles=[Role.ADMINISTRATOR])
def grant_role(person: User, role: Role, *, by: User, now: datetime) -> None:
    """Give a person a role.

    :raises PolicyDenied: unless ``by`` is an administrator or the system.
    """
    check_can_manage_people(by)
    person.groups.add(Group.objects.get(name=role))
    _settle_roles(person)
    current_act().note(person=person.pk, granted=str(role))


@act("revoke_role", roles=[Role.ADMINISTRATOR])
def revoke_role(person: User, role: Role, *, by: User, now: datetime, reason: str) -> None:
    """Take a role away from a person.

    :raises PolicyDenied: unless ``by`` is an administrator or the system.
    """
    check_can_manage_people(by)
    person.groups.remove(Group.objects.get(name=role))
    _settle_roles(person)
    current_act().note(person=person.pk, revoked=str(role))


def _settle_roles(person: User) -> None:
    person.__dict__.pop("role_names", None)
    person.is_staff = person.holds(*OFFICE)
    person.save(update_fields=["is_staff"])


@act("choose_language", roles=EVERYONE)
def choose_language(*, language: str, by: User, now: datetime) -> User:
    """Choose the language of one's pages and mails.

    :raises InvalidInput: at ``language`` if the house does not speak it.
    """
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput.at("language", _("This language is not spoken here."))
    if by.language != language:
        by.language = language
        by.save(update_fields=["language"])
    return by


@act("accept_accountability", roles=EVERYONE)
def accept_accountability(*, by: User, now: datetime) -> User:
    """Record that the person accepts that their electronic signature binds them (§11.10(j))."""
    if by.accountability_accepted_at is None:
        by.accountability_accepted_at = now
        by.save(update_fields=["accountability_accepted_at"])
    return by


@act("give_token", roles=EVERYONE)
def give_token(*, by: User, now: datetime, read_only: bool = False) -> tuple[ApiToken, str]:
    """Give a person a token of the API; its text is shown once and never kept."""
    token, text = ApiToken.objects.create(user=by, read_only=read_only)
    current_act().note(token=token.token_key, read_only=read_only)
    return token, text


@act("revoke_token", roles=EVERYONE)
def revoke_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """End a token of the API at once."""
    current_act().note(token=token.token_key)
    token.delete()


@act("change_password", roles=EVERYONE)
def change_password(*, current: str, password: str, by: User, now: datetime) -> User:
    """Replace a person's own password, and end the API tokens that the old one opened.

    :raises InvalidInput: at ``current`` if it is wrong, at ``password`` if the new one is weak
        or the same.
    """
    if not by.check_password(current):
        raise InvalidInput.at("current", _("This is not your present password."))
    if by.check_password(password):
        raise InvalidInput.at("password", _("Choose a password that differs from the present one."))
    try:
        validate_password(password, by)
    except ValidationError as error:
        raise InvalidInput({"password": error.messages}) from error
    by.set_password(password)
    by.must_change_password = False
    by.save(update_fields=["password", "must_change_password"])
    ended, _by_model = ApiToken.objects.filter(user=by).delete()
    current_act().note(tokens_ended=ended)
    return by
