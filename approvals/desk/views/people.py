"""What an administrator does about a person: roles, and what they sign in with."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.desk.actions import give_new_password, let_try_again, take_factors_away
from approvals.people.actions import (
    create_person,
    deactivate,
    grant_role,
    reactivate,
    revoke_role,
)
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_can_manage_people, check_can_reset
from config.http.pages import ActPage


class _AboutPerson(ActPage):
    roles = (Role.ADMINISTRATOR,)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> User:
        return get_object_or_404(User, pk=kwargs["pk"])

    def check(self, obj: User, by: User, now: datetime) -> None:
        check_can_reset(obj, by=by)

    def back(self, obj: User) -> str:
        return reverse("admin:people_user_change", args=[obj.pk])


class Unlock(_AboutPerson):
    """Let a person who failed too often try again."""

    title = _("Unlock the account")
    button = _("Unlock it")
    done = _("The account is unlocked; the person is told.")

    def consequences(self, obj: User) -> list[str]:
        return [gettext("The count of wrong passwords and codes begins again at nothing.")]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        let_try_again(obj, by=by, now=now)
        return self.back(obj)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _password_to_begin_with(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Password to begin with"),
        help_text=_("Give it to the person by another way than by mail; they replace it at once."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        **more,
    )


def _roles_of(person: User) -> str:
    return ", ".join(str(role.label) for role in Role if role in person.role_names) or "—"


class PasswordResetForm(ReasonForm):
    password = _password_to_begin_with()


class PasswordReset(_AboutPerson):
    """Give a person a password to begin with (SECURITY.md 6)."""

    title = _("Reset the password")
    button = _("Reset it")
    form_class = PasswordResetForm
    done = _("The password is reset; the person is told.")

    def consequences(self, obj: User) -> list[str]:
        return [
            gettext("Their sessions and API tokens end."),
            gettext("At the next sign-in they choose their own password before anything else."),
        ]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        give_new_password(obj, **cleaned_data, by=by, now=now)
        return self.back(obj)


class Deactivate(_AboutPerson):
    """Let a person who left in no more."""

    title = _("Deactivate the account")
    button = _("Deactivate it")
    grave = True
    form_class = ReasonForm
    done = _("The account is deactivated.")

    def consequences(self, obj: User) -> list[str]:
        return [
            gettext("Their sessions and API tokens end, and they sign in no more."),
            gettext("What they said and signed stays under their name; nothing is deleted."),
            gettext("The tasks they took stay theirs until a lead of the role assigns them."),
        ]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        deactivate(obj, **cleaned_data, by=by, now=now)
        return self.back(obj)


class Reactivate(_AboutPerson):
    """Let a person who came back in again."""

    title = _("Reactivate the account")
    button = _("Reactivate it")
    form_class = ReasonForm
    done = _("The account is active again.")

    def consequences(self, obj: User) -> list[str]:
        said = gettext("They sign in again, with these roles: %(roles)s.")
        return [said % {"roles": _roles_of(obj)}]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        reactivate(obj, **cleaned_data, by=by, now=now)
        return self.back(obj)


class PersonForm(forms.Form):
    """Who joins, in which roles, and the password they replace at once."""

    username = forms.CharField(
        label=_("Username"),
        help_text=_("Given once and for ever: it is never given to somebody else."),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
    )
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    granted = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    password = _password_to_begin_with(validators=[validate_password])


class NewPerson(ActPage):
    """Create a person with their roles."""

    title = _("New person")
    button = _("Create the person")
    back_label = _("People")
    roles = (Role.ADMINISTRATOR,)
    form_class = PersonForm
    done = _("The person can sign in; they choose their own password first.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> None:
        return None

    def check(self, obj: None, by: User, now: datetime) -> None:
        check_can_manage_people(by)

    def initial(self, obj: None) -> dict[str, Any]:
        return {"language": settings.LANGUAGE_CODE}

    def back(self, obj: None) -> str:
        return reverse("admin:people_user_changelist")

    def perform(self, obj: None, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        given = dict(cleaned_data)
        granted = given.pop("granted")
        person = create_person(**given, by=by, now=now)
        for role in granted:
            grant_role(person, Role(role), by=by, now=now)
        return reverse("admin:people_user_change", args=[person.pk])


class FactorsReset(_AboutPerson):
    """Take away the second factors of a person who lost them."""

    title = _("Reset the second factor")
    button = _("Take them away")
    grave = True
    form_class = ReasonForm
    done = _("The second factor is reset; the person is told.")

    def consequences(self, obj: User) -> list[str]:
        return [
            gettext("Their application, security keys, recovery codes and API tokens end."),
            gettext("Until they register another, their password alone opens their session."),
        ]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        take_factors_away(obj, reason=cleaned_data["reason"], by=by, now=now)
        return self.back(obj)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, offered: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "")] + [(role.value, role.label) for role in offered]


class RoleTakeForm(RoleForm, ReasonForm):
    field_order = ("role", "reason")


class _Roles(_AboutPerson):
    held = True

    def form_kwargs(self, obj: User) -> dict[str, Any]:
        return {"offered": [role for role in Role if (role in obj.role_names) is self.held]}

    def consequences(self, obj: User) -> list[str]:
        return [gettext("Roles today: %(roles)s.") % {"roles": _roles_of(obj)}]


class RoleGive(_Roles):
    """Give a person a role."""

    title = _("Give a role")
    button = _("Give it")
    form_class = RoleForm
    held = False
    consequences_title = _("What they hold")
    done = _("The role is given.")

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        grant_role(obj, Role(cleaned_data["role"]), by=by, now=now)
        return self.back(obj)


class RoleTake(_Roles):
    """Take a role from a person."""

    title = _("Take a role")
    button = _("Take it")
    grave = True
    form_class = RoleTakeForm
    consequences_title = _("What they hold")
    done = _("The role is taken.")

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        # The last administrator stays one: nobody acts on their own account.
        role = Role(cleaned_data["role"])
        revoke_role(obj, role, by=by, now=now, reason=cleaned_data["reason"])
        return self.back(obj)
