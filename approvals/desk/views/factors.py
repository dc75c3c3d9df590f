"""One's second factors: an application, security keys, recovery codes; registered and removed."""

from datetime import datetime
from typing import Any

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as keys
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit import InvalidInput, PolicyDenied
from approvals.desk.views.profile import AboutMe
from approvals.people import factors
from approvals.people.actions import (
    WrongCredentials,
    authenticate_again,
    record_failed_sign_in,
    register_key,
    register_totp,
    remove_factor,
    renew_recovery_codes,
    system_actor,
)
from approvals.people.enums import EVERYONE
from approvals.people.forms import KEY, OTP, PASSWORD, again_fields, field_of_refusal
from approvals.people.models import User
from approvals.people.policies import needs_second_factor, owes_second_factor
from config.http.factors import forget_in
from config.http.once import Sending
from config.http.pages import Page

SECRET = "second_factor_secret"  # where the session keeps it
SHOW_CODES = "show_recovery_codes"


class Factors(Page):
    """What I sign in and sign with, besides my password."""

    title = _("Second factor")
    roles = EVERYONE
    template_name = "desk/factors.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = list(factors.of(self.by))
        return self.page(
            back=reverse("desk:profile"),
            totp=next((one for one in mine if one.type == factors.Kind.TOTP), None),
            keys=[one for one in mine if one.type == factors.Kind.WEBAUTHN],
            codes_left=len(factors.unused_recovery_codes(self.by)),
            owed=owes_second_factor(self.by),
        )


class Proved(AboutMe):
    """An act on one's factors: who it is, is proved again, with the factor one already has."""

    back_label = _("Second factor")
    # Whether a security key may prove it: not where a new key answers on the same page.
    by_key = True

    def back(self, obj: Any) -> str:
        return reverse("desk:factors")

    def get_form_class(self, obj: Any) -> type[forms.BaseForm]:
        fields: dict[str, Any] = again_fields(self.by, signing=False)
        return type("Proved" + self.form_class.__name__, (self.form_class,), fields)

    def prove(self, cleaned: dict[str, Any]) -> None:
        """Check the password and the factor, before any transaction.

        :raises WrongCredentials: the attempt is in the trail, and counts towards the lockout.
        """
        try:
            authenticate_again(
                by=self.by,
                now=self.now,
                password=cleaned.pop(PASSWORD),
                otp=cleaned.pop(OTP, ""),
                key=cleaned.pop(KEY, None) if self.by_key else None,
                request=self.request,
                refusal=gettext("The password is wrong: enter it again."),
            )
        except WrongCredentials as error:
            record_failed_sign_in(
                self.by.username,
                by=system_actor(),
                now=self.now,
                way="profile",
                failure=error.code,
            )
            raise

    def act(self, obj: User, form: Any, sending: Sending) -> str:
        cleaned = dict(form.cleaned_data)
        self.prove(cleaned)
        given = self.prepared(obj, cleaned)
        return sending.led_to(lambda: self.perform(obj, given, self.by, self.now))

    def field_of(self, error: PolicyDenied, form: Any) -> Any:
        return field_of_refusal(error) if isinstance(error, WrongCredentials) else None

    def registered(self, kind: str) -> str:
        """Go on in this session, which now has its factor, and show new recovery codes once."""
        # Whoever copied the cookie of the password's session gains nothing by the factor.
        self.request.session.cycle_key()
        record_authentication(self.request, self.by, "mfa", type=kind)
        self.request.session[SHOW_CODES] = True
        return reverse("desk:factor_codes")

    def _render(self, obj: Any, *, status: int, **context: Any) -> HttpResponse:
        shown = self.by_key and factors.has_key(self.by)
        return super()._render(obj, status=status, security_key=shown, **context)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The six digits that the application shows"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class FactorTotp(Proved):
    """Register an application that shows codes (TOTP)."""

    title = _("Register an application")
    button = _("Register it")
    form_class = CodeForm
    template_name = "desk/factor_totp.html"
    done = _("Your second factor is registered: keep the recovery codes below.")

    def _secret(self, *, fresh: bool = False) -> str:
        adapter = get_adapter()
        kept = "" if fresh else self.request.session.get(SECRET, "")
        if not kept:
            kept = self.request.session[SECRET] = adapter.encrypt(generate_totp_secret())
        return str(adapter.decrypt(kept))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._secret(fresh=True)
        return super().get(request, **kwargs)

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        register_totp(secret=self._secret(), code=cleaned_data["code"], by=by, now=now)
        del self.request.session[SECRET]
        return self.registered(factors.Kind.TOTP)

    def _render(self, obj: Any, *, status: int, **context: Any) -> HttpResponse:
        secret = self._secret()
        picture = segno.make(get_adapter().build_totp_url(self.by, secret))
        return super()._render(
            obj,
            status=status,
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            picture=picture.svg_data_uri(scale=5, border=3, light="#fff"),
            **context,
        )


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("What you call this key"),
        max_length=60,
        help_text=_("For instance: blue key, this computer's fingerprint."),
    )
    credential = forms.JSONField(
        widget=forms.HiddenInput,
        error_messages={"required": _("The key did not answer: press the button again.")},
    )


class FactorKey(Proved):
    """Register a security key (WebAuthn), on pages only."""

    title = _("Register a security key")
    button = _("Register it")
    form_class = KeyForm
    template_name = "desk/factor_key.html"
    by_key = False
    done = _("Your security key is registered.")

    def prepared(self, obj: User, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        credential = cleaned_data["credential"]
        try:
            keys.parse_registration_response(credential)
            keys.complete_registration(credential)
        except (ValidationError, ValueError, KeyError, AttributeError) as error:
            raise InvalidInput.at(
                "__all__", gettext("The key did not answer as expected: try again.")
            ) from error
        return cleaned_data

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        first = by.second_factor_since is None
        register_key(
            name=cleaned_data["name"], credential=cleaned_data["credential"], by=by, now=now
        )
        return self.registered(factors.Kind.WEBAUTHN) if first else reverse("desk:factors")

    def _render(self, obj: Any, *, status: int, **context: Any) -> HttpResponse:
        return super()._render(obj, status=status, registers_key=True, **context)


class FactorChallenge(Page):
    """Ask a security key, by the page's script: to prove somebody, or to be registered."""

    roles = EVERYONE

    def post(self, request: HttpRequest) -> JsonResponse:
        if request.POST.get("kind") == "create":
            return JsonResponse(keys.begin_registration(self.by, passwordless=False))
        if not factors.has_key(self.by):
            raise Http404
        return JsonResponse(keys.begin_authentication(self.by))


class FactorRemove(Proved):
    """Remove an application or a key."""

    title = _("Remove a second factor")
    button = _("Remove it")
    grave = True
    done = _("It is removed.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        mine = factors.of(self.by).filter(type__in=factors.MAIN, pk=kwargs["pk"]).first()
        if mine is None:
            raise Http404
        return mine

    def consequences(self, obj: Any) -> list[str]:
        others = factors.of(self.by).filter(type__in=factors.MAIN).exclude(pk=obj.pk)
        if others.exists():
            return [gettext("You sign in and sign with your other factors only.")]
        said = [gettext("You have no second factor any more; the recovery codes end too.")]
        if needs_second_factor(self.by):
            said.append(gettext("Your role asks for one: you are led to register another."))
        return said

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        if remove_factor(obj.pk, by=by, now=now).second_factor_since is None:
            forget_in(self.request)
        return reverse("desk:factors")


class FactorCodes(Page):
    """Show recovery codes, once, right after they were made."""

    title = _("Recovery codes")
    roles = EVERYONE
    template_name = "desk/factor_codes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.session.pop(SHOW_CODES, False):
            return redirect("desk:factors")
        codes = factors.unused_recovery_codes(self.by)
        response = self.page(back=reverse("desk:factors"), codes=codes)
        response["Cache-Control"] = "no-store"
        return response


class FactorCodesRenew(Proved):
    """Make new recovery codes."""

    title = _("Make new recovery codes")
    button = _("Make new codes")

    def consequences(self, obj: User) -> list[str]:
        return [gettext("The codes that you have kept so far do not work any more.")]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        renew_recovery_codes(by=by, now=now)
        self.request.session[SHOW_CODES] = True
        return reverse("desk:factor_codes")
