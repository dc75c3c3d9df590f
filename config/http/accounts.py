"""Sign-in by allauth; accounts are made by an administrator only."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from config.http.languages import speak


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up stays closed; allauth's sentences speak as the rest of the house does."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username or the password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
