"""One's own page: who one is here, the accountability statement, the password."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit import InvalidInput
from approvals.people.actions import accept_accountability, change_password, choose_language
from approvals.people.enums import EVERYONE, Role
from approvals.people.models import User
from config.http.languages import speak
from config.http.once import Sending
from config.http.pages import ActPage, Page
from content.access.models import Team


class Profile(Page):
    """Who I am here, in which roles and teams, and what binds me."""

    title = _("My profile")
    roles = EVERYONE
    template_name = "desk/profile.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        roles = [role.label for role in Role if role in self.by.role_names]
        teams = Team.objects.filter(memberships__user=self.by)
        return self.page(person=self.by, role_labels=roles, teams=teams)


class Language(Page):
    """Choose the language of one's pages and mails, by a button of the profile."""

    roles = EVERYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        try:
            choose_language(language=language, by=self.by, now=self.now)
        except InvalidInput as error:
            raise Http404 from error
        return speak(redirect("desk:profile"), language)


class AboutMe(ActPage):
    """An act about oneself, from one's profile."""

    roles = EVERYONE
    back_label = _("My profile")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> User:
        return self.by

    def back(self, obj: Any) -> str:
        return reverse("desk:profile")


class StatementForm(forms.Form):
    accepted = forms.BooleanField(
        label=_("I accept that my electronic signature binds me as my handwritten one does.")
    )


class Accountability(AboutMe):
    """Accept the accountability statement, once (21 CFR 11.10(j))."""

    title = _("Accountability statement")
    button = _("Accept the statement")
    form_class = StatementForm
    done = _("The statement is accepted: you can sign.")

    def consequences(self, obj: User) -> list[str]:
        return [
            str(_("Each electronic signature you give binds you as your handwritten one does.")),
            str(_("You keep your password to yourself; nobody else signs with it.")),
            str(_("What you sign keeps your name, your role, its meaning and the time, for ever.")),
        ]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        accept_accountability(by=by, now=now)
        return reverse("desk:profile")


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Your present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("Your new password"),
        help_text=_("At least 12 characters; a sentence is easy to remember and hard to guess."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Your new password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two entries differ: enter the same password twice."))
        return again


class PasswordChange(AboutMe):
    """Choose a new password."""

    title = _("Change my password")
    button = _("Change the password")
    form_class = PasswordForm
    done = _("Your password is changed. Your other sessions are signed out.")

    def act(self, obj: User, form: Any, sending: Sending) -> str:
        # Asked before the act's transaction, so that guessing in somebody's open session counts
        # towards the lockout like any other guess (21 CFR 11.300(d)).
        current = form.cleaned_data["current"]
        if authenticate(self.request, username=self.by.username, password=current) is None:
            raise InvalidInput.at("current", gettext("This is not your present password."))
        return super().act(obj, form, sending)

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        person = change_password(
            current=cleaned_data["current"], password=cleaned_data["password"], by=by, now=now
        )
        update_session_auth_hash(self.request, person)
        return reverse("desk:profile")
