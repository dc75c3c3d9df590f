"""What an administrator does about a person: roles, and what they sign in with."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.desk.actions import give_new_password, let_try_again, take_factors_away
from approvals.people.actions import grant_role, revoke_role
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_can_reset
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


class PasswordResetForm(ReasonForm):
    password = forms.CharField(
        label=_("Password to begin with"),
        help_text=_("Give it to the person by another way than by mail; they replace it at once."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


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
        names = ", ".join(str(role.label) for role in Role if role in obj.role_names)
        return [gettext("Roles today: %(roles)s.") % {"roles": names or "—"}]


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
