"""Create people, give and take roles, passwords and second factors; keep who came and went."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset as reset_attempts
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, StateConflict, act, current_act
from approvals.people import factors
from approvals.people.enums import EVERYONE, OFFICE, Role
from approvals.people.models import SYSTEM_USERNAME, ApiToken, User
from approvals.people.names import digest_of
from approvals.people.policies import check_can_manage_people, check_can_reset
from approvals.people.signals import roles_changed


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
    _settle_roles(person, by=by, now=now)
    current_act().note(person=person.pk, granted=str(role))


@act("revoke_role", roles=[Role.ADMINISTRATOR])
def revoke_role(person: User, role: Role, *, by: User, now: datetime, reason: str) -> None:
    """Take a role away from a person.

    :raises PolicyDenied: unless ``by`` is an administrator or the system.
    """
    check_can_manage_people(by)
    person.groups.remove(Group.objects.get(name=role))
    _settle_roles(person, by=by, now=now)
    current_act().note(person=person.pk, revoked=str(role))


def _settle_roles(person: User, *, by: User, now: datetime) -> None:
    person.__dict__.pop("role_names", None)
    person.is_staff = person.holds(*OFFICE)
    person.save(update_fields=["is_staff"])
    roles_changed.send(User, person=person, by=by, now=now)


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


def forget_expired_tokens(now: datetime) -> int:
    """Delete the tokens that have expired, which were refused already; return how many."""
    ended, _by_model = ApiToken.objects.filter(expiry__lt=now).delete()
    return ended


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
    current_act().note(tokens_ended=_end_tokens(by))
    return by


def _end_tokens(person: User) -> int:
    ended, _by_model = ApiToken.objects.filter(user=person).delete()
    return ended


@act("reset_password", roles=[Role.ADMINISTRATOR])
def reset_password(
    person: User, *, password: str, by: User, now: datetime, reason: str = ""
) -> User:
    """Give a person a password to begin with, which they replace at the next sign-in.

    Their sessions and API tokens end. An administrator neither sees nor keeps a password that
    somebody signs with (SECURITY.md 6).

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    :raises InvalidInput: at ``password`` if it is weak.
    """
    check_can_reset(person, by=by)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput({"password": error.messages}) from error
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    current_act().note(person=person.pk, tokens_ended=_end_tokens(person))
    return person


@act("deactivate_person", roles=[Role.ADMINISTRATOR])
def deactivate(person: User, *, reason: str, by: User, now: datetime) -> User:
    """Let a person who left in no more: people are never deleted (21 CFR 11.100(a)).

    Their sessions and API tokens end; what they said and signed stays theirs.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    :raises StateConflict: ``already_inactive``.
    :raises InvalidInput: at ``reason`` if there is none.
    """
    check_can_reset(person, by=by)
    if not person.is_active:
        raise StateConflict("already_inactive", _("This account is deactivated already."))
    _owe_reason(reason)
    person.is_active = False
    person.save(update_fields=["is_active"])
    current_act().note(person=person.pk, tokens_ended=_end_tokens(person))
    return person


@act("reactivate_person", roles=[Role.ADMINISTRATOR])
def reactivate(person: User, *, reason: str, by: User, now: datetime) -> User:
    """Let a person who came back in again, with the roles that they still hold.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    :raises StateConflict: ``already_active``.
    :raises InvalidInput: at ``reason`` if there is none.
    """
    check_can_reset(person, by=by)
    if person.is_active:
        raise StateConflict("already_active", _("This account is active already."))
    _owe_reason(reason)
    person.is_active = True
    person.save(update_fields=["is_active"])
    current_act().note(person=person.pk)
    return person


def _owe_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why."))


@act("unlock", roles=[Role.ADMINISTRATOR])
def unlock(person: User, *, by: User, now: datetime) -> None:
    """Let a person who failed too often try again (21 CFR 11.300(d)).

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    check_can_reset(person, by=by)
    current_act().note(person=person.pk, attempts=reset_attempts(username=person.username))


class WrongCredentials(PolicyDenied):
    """The password or the second factor was wrong: nothing is done; the attempt is counted.

    ``wrong_credentials`` is about the password, every other code about the second factor.
    """


def authenticate_again(
    *,
    by: User,
    now: datetime,
    password: str,
    otp: str = "",
    key: Any = None,
    request: HttpRequest,
    refusal: str,
) -> str:
    """Check who signs, at that moment: the password and the second factor where there is one.

    ``otp`` is a code of the application or a recovery code, ``key`` a security key's answer;
    ``refusal`` is what a wrong password is answered. Return the kind of factor, ``""`` for none.

    :raises WrongCredentials: ``wrong_credentials``, ``second_factor_missing``,
        ``wrong_second_factor``, ``used_second_factor``; wrong ones count towards the lockout.
    """
    person = authenticate(request, username=by.username, password=password)
    if person is None or person.pk != by.pk:
        raise WrongCredentials("wrong_credentials", refusal)
    if by.second_factor_since is None:
        return ""
    return str(spend_factor(by, otp=otp, key=key, now=now, request=request).type)


def spend_factor(
    person: User, *, otp: str, key: Any = None, now: datetime, request: HttpRequest
) -> Authenticator:
    """Use up a code, or take a security key's answer; return the factor.

    In a transaction of its own, outside any act: a refused act does not give the code back.

    :raises WrongCredentials: ``second_factor_missing``, ``wrong_second_factor`` (counted towards
        the lockout), ``used_second_factor``.
    """
    if not AxesProxyHandler.is_allowed(request, {"username": person.username}):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        raise WrongCredentials("locked_out", _("Too many failed attempts: ask an administrator."))
    code = "".join(otp.split())
    if not code and not key:
        raise WrongCredentials(
            "second_factor_missing",
            _("Give your second factor too: the code that your application shows now."),
        )
    factor = None
    # Whoever was deactivated after the password, and before this, comes in no further.
    if User.objects.active().filter(pk=person.pk).exists():
        factor = _spend_code(person, code, now) if code else _spend_key(person, key)
    if factor is None:
        user_login_failed.send(
            sender=__name__, credentials={"username": person.username}, request=request
        )
        raise WrongCredentials(
            "wrong_second_factor",
            _("The second factor is wrong or has expired: give the code that is shown now."),
        )
    factor.last_used_at = now
    factor.save(update_fields=["last_used_at"])
    return factor


@transaction.atomic
def _spend_code(person: User, code: str, now: datetime) -> Authenticator | None:
    for factor in factors.of(person).select_for_update().exclude(type=factors.Kind.WEBAUTHN):
        if factor.type == factors.Kind.RECOVERY_CODES:
            if RecoveryCodes(factor).validate_code(code):
                return factors.of(person).get(pk=factor.pk)
        elif factors.is_code_now(factor, code, now):
            if factor.data.get(factors.LAST_PERIOD) == factors.period_of(now):
                raise WrongCredentials(
                    "used_second_factor",
                    _("This code was already used, to sign in or to sign: wait for the next one."),
                )
            factor.data[factors.LAST_PERIOD] = factors.period_of(now)
            factor.save(update_fields=["data"])
            return factor
    return None


@transaction.atomic
def _spend_key(person: User, answer: Any) -> Authenticator | None:
    # Two requests at once each have their own copy of the session and of its challenge.
    kept = factors.of(person).select_for_update().filter(type=factors.Kind.WEBAUTHN)
    used = {factor.pk: factor.data.get(factors.LAST_CHALLENGE) for factor in kept}
    challenge = factors.challenge_asked()
    factor = factors.factor_of_key(person, answer)
    if factor is None:
        return None
    if challenge == used.get(factor.pk):
        raise WrongCredentials(
            "used_second_factor",
            _("This answer of your key was already used: press the button again."),
        )
    factor.data[factors.LAST_CHALLENGE] = challenge
    factor.save(update_fields=["data"])
    return factor


@act("register_factor", roles=EVERYONE)
def register_totp(*, secret: str, code: str, by: User, now: datetime) -> User:
    """Make an application's codes a person's second factor.

    :raises StateConflict: ``factor_exists`` if there is one already.
    :raises InvalidInput: at ``code`` if it is not the secret's code of now.
    """
    if factors.of(by).filter(type=factors.Kind.TOTP).exists():
        raise StateConflict("factor_exists", _("You have an application already: remove it first."))
    if not factors.is_code_of(secret, "".join(code.split()), now):
        raise InvalidInput.at(
            "code", _("This is not the code of now: check the clock of your telephone.")
        )
    factor = TOTP.activate(by, secret).instance
    factor.data[factors.LAST_PERIOD] = factors.period_of(now)
    factor.save(update_fields=["data"])
    return _registered(factor, by=by, now=now)


@act("register_factor", roles=EVERYONE)
def register_key(*, name: str, credential: Any, by: User, now: datetime) -> User:
    """Make a security key, which just answered its challenge, a person's second factor."""
    factor = WebAuthn.add(by, name or _("Security key"), credential).instance
    return _registered(factor, by=by, now=now)


def _registered(factor: Authenticator, *, by: User, now: datetime) -> User:
    current_act().note(factor=factor.pk, kind=str(factor.type))
    RecoveryCodes.activate(by)
    if by.second_factor_since is None:
        by.second_factor_since = now
        by.save(update_fields=["second_factor_since"])
        # They were given for a password alone.
        current_act().note(tokens_ended=_end_tokens(by))
    return by


@act("remove_factor", roles=EVERYONE)
def remove_factor(factor_id: int, *, by: User, now: datetime) -> User:
    """Take away one of one's own factors; the recovery codes go with the last.

    :raises StateConflict: ``factor_gone``.
    """
    factor = factors.of(by).filter(pk=factor_id, type__in=factors.MAIN).first()
    if factor is None:
        raise StateConflict("factor_gone", _("This factor is not there any more."))
    current_act().note(factor=factor.pk, kind=str(factor.type))
    factor.delete()
    if not factors.of(by).filter(type__in=factors.MAIN).exists():
        _without_factor(by)
    return by


@act("renew_recovery_codes", roles=EVERYONE)
def renew_recovery_codes(*, by: User, now: datetime) -> None:
    """Make new recovery codes; the old ones end.

    :raises StateConflict: ``factor_gone`` without a second factor.
    """
    if by.second_factor_since is None:
        raise StateConflict("factor_gone", _("Register a second factor first."))
    factors.of(by).filter(type=factors.Kind.RECOVERY_CODES).delete()
    current_act().note(recovery_codes=RecoveryCodes.activate(by).instance.pk)


@act("reset_factors", roles=[Role.ADMINISTRATOR])
def reset_factors(person: User, *, by: User, now: datetime, reason: str = "") -> User:
    """Take away all factors of a person who lost them; where owed, they register again.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    check_can_reset(person, by=by)
    current_act().note(person=person.pk, tokens_ended=_end_tokens(person))
    _without_factor(person)
    return person


def _without_factor(person: User) -> None:
    factors.of(person).delete()
    person.second_factor_since = None
    person.save(update_fields=["second_factor_since"])


@act("sign_in", roles=EVERYONE)
def record_sign_in(*, by: User, now: datetime, way: str, factor: str = "") -> None:
    """Keep that a person signed in: ``way`` is ``page`` or ``api``."""
    current_act().note(way=way, factor=factor)


@act("sign_out", roles=EVERYONE)
def record_sign_out(*, by: User, now: datetime, way: str) -> None:
    """Keep that a person signed out."""
    current_act().note(way=way)


@act("sign_in_failed")
def record_failed_sign_in(
    username: str, *, by: User, now: datetime, way: str, failure: str = "wrong_credentials"
) -> None:
    """Keep that somebody failed to sign in; who they are is not known, so the system says it.

    A name that nobody has is kept as its keyed digest only: it may be a password typed in the
    wrong field. The same name leaves the same digest, so that repeats are seen.
    """
    person = User.objects.filter(username=username[:150]).first()
    if person is not None:
        current_act().note(person=person.pk, way=way, failure=failure)
    else:
        current_act().note(unknown=digest_of(username), way=way, failure=failure)
