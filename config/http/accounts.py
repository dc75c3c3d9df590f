"""Sign-in by allauth, in two steps; accounts are made by an administrator only."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from approvals.people.actions import (
    WrongCredentials,
    record_failed_sign_in,
    record_sign_in,
    record_sign_out,
    spend_factor,
    system_actor,
)
from config.http import factors
from config.http.languages import speak

WAY = "page"


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up stays closed; allauth's sentences speak as the rest of the house does."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username or the password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        factor = factors.kind_given_in(request)
        record_sign_in(by=user, now=timezone.now(), way=WAY, factor=factor)

    def logout(self, request: HttpRequest) -> None:
        person: Any = request.user
        if person.is_authenticated:
            record_sign_out(by=person, now=timezone.now(), way=WAY)
        super().logout(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Know nobody who was deactivated: they are told what a stranger is told."""
        user = super().authenticate(request, **credentials)
        if user is None or user.is_active:
            return user
        self.authentication_failed(request, **credentials)
        return None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        username = str(credentials.get("username", ""))
        record_failed_sign_in(username, by=system_actor(), now=timezone.now(), way=WAY)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Go on in the person's own language, whatever the browser asked for."""
        translation.activate(user.language)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return speak(response, user.language)


class SignInForm(LoginForm):
    """The username and the password; a forgotten one is an administrator's to reset."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name in ("login", "password"):
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


def _spent(person: Any, **given: Any) -> Any:
    now = timezone.now()
    try:
        return spend_factor(person, now=now, request=context.request, **given)
    except WrongCredentials as error:
        name = person.username
        record_failed_sign_in(name, by=system_actor(), now=now, way=WAY, failure=error.code)
        raise forms.ValidationError(str(error.message), error.code) from error


class SecondStepForm(AuthenticateForm):
    """The second step of a sign-in: a code of the application, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("The six digits that your application shows now, or a recovery code."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = _spent(self.user, otp=code)
        return code


class SecondStepKeyForm(AuthenticateWebAuthnForm):
    """The second step of a sign-in, with a security key."""

    def clean_credential(self) -> Any:
        return _spent(self.user, otp="", key=self.cleaned_data["credential"])
