"""Fields that ask who somebody is once more: the password, and the second factor they have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.audit import PolicyDenied
from approvals.people.models import User

PASSWORD = "password"  # a field's name
OTP = "otp"
# Left out of what browsers and the house keep of a form, like the two above.
KEY = "webauthn_key"


class CodeField(forms.CharField):
    """A code that is owed, unless a security key answers in its place."""

    def validate(self, value: Any) -> None:
        """Let an absent code through: whether a key answered instead, the action says."""


def again_fields(person: User, *, signing: bool = True) -> dict[str, forms.Field]:
    """Return the fields that prove a person at this moment, in their order.

    Neither code nor key is required by the form: which of them is missing, the action says.
    """
    fields: dict[str, forms.Field] = {
        PASSWORD: forms.CharField(
            label=_("Your password"),
            help_text=_("Entered again at each signature: a session alone never signs.")
            if signing
            else "",
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
    }
    if person.second_factor_since:
        fields[OTP] = CodeField(
            label=_("Code of your second factor"),
            help_text=_(
                "The six digits that your application shows now, or a recovery code. "
                "The code that you signed in with does not sign: wait for the next one."
            )
            if signing
            else _("The six digits that your application shows now, or a recovery code."),
            max_length=64,
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        )
        fields[KEY] = forms.JSONField(required=False, widget=forms.HiddenInput)
    return fields


def field_of_refusal(error: PolicyDenied) -> Any:
    """Return the field at which a refusal of credentials is shown."""
    return PASSWORD if error.code == "wrong_credentials" else OTP
