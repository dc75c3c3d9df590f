"""Pages of signed acts: the password again, and what the signature means."""

import abc
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.audit import PolicyDenied
from approvals.people.actions import WrongCredentials
from approvals.people.factors import has_key
from approvals.people.forms import KEY, OTP, PASSWORD, again_fields, field_of_refusal
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.policies import check_can_sign
from config.http.once import Sending
from config.http.pages import ActPage


class SignedActPage(ActPage):
    """An act that is signed: the person enters their password at that moment.

    ``meaning`` is an attribute, or override ``get_meaning`` where it depends on the object.
    """

    button: Any = _("Sign")
    meaning: Meaning

    def get_meaning(self, obj: Any, cleaned_data: dict[str, Any] | None = None) -> Meaning:
        """Return what the signature will mean; ``cleaned_data`` is None while the form shows."""
        return self.meaning

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        """Refuse whoever has not accepted what their signature binds them to."""
        check_can_sign(by)

    def get_form_class(self, obj: Any) -> type[forms.BaseForm]:
        """Return the form with the password, and the second factor, as its last fields."""
        fields: dict[str, Any] = again_fields(self.by)
        return type("Signed" + self.form_class.__name__, (self.form_class,), fields)

    def _form(self, obj: Any, **bound: Any) -> Any:
        form = super()._form(obj, **bound)
        # Last of all, whatever fields the form added by itself.
        for name in again_fields(self.by):
            form.fields[name] = form.fields.pop(name)
        return form

    @abc.abstractmethod
    def perform(  # type: ignore[override]
        self,
        obj: Any,
        cleaned_data: dict[str, Any],
        by: Any,
        now: datetime,
        credentials: Proof,
    ) -> Any:
        """Call the one action with the proof and return a redirect target."""

    def act(self, obj: Any, form: Any, sending: Sending) -> str:
        # Proved before the act's transaction, so that a refused act keeps the attempt.
        cleaned = dict(form.cleaned_data)
        proof = prove(
            by=self.by,
            now=self.now,
            password=cleaned.pop(PASSWORD),
            otp=cleaned.pop(OTP, ""),
            key=cleaned.pop(KEY, None),
            meaning=self.get_meaning(obj, cleaned),
            request=self.request,
        )
        return sending.led_to(
            lambda: self.perform(obj, cleaned, self.by, self.now, credentials=proof)
        )

    def field_of(self, error: PolicyDenied, form: Any) -> str | None:
        return field_of_refusal(error) if isinstance(error, WrongCredentials) else None

    def _render(self, obj: Any, *, status: int, **context: Any) -> Any:
        meaning = "" if "refusal" in context else self.get_meaning(obj).label
        return super()._render(
            obj,
            status=status,
            meaning=meaning,
            signed=True,
            security_key=has_key(self.by),
            **context,
        )
