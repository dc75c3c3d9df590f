"""What the pages of teams and delegations ask for: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User
from content.access.policies import ABLE_TO_STAND_IN, DELEGABLE
from content.catalogue.forms import ReasonForm, day_field

__all__ = ["DelegationForm", "MemberForm", "ProductForm", "ReasonForm", "TeamForm"]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)


class ProductForm(forms.Form):
    cis = forms.CharField(
        label=_("CIS"), max_length=8, help_text=_("The eight digits of the product's CIS code.")
    )


class MemberForm(forms.Form):
    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active().exclude(username=SYSTEM_USERNAME)
        self.fields["person"].queryset = people.order_by("username")  # type: ignore[attr-defined]


class DelegationForm(forms.Form):
    delegate = forms.ModelChoiceField(label=_("To whom"), queryset=User.objects.none())
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=(), widget=forms.CheckboxSelectMultiple
    )
    starts_on = day_field(_("Starts on"))
    ends_on = day_field(_("Ends on"), help_text=_("First day on which it no longer holds."))
    products = forms.CharField(
        label=_("Only for these products"),
        required=False,
        help_text=_("CIS codes, separated by spaces. Leave empty for all products."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.holding(*ABLE_TO_STAND_IN).exclude(pk=by.pk).order_by("username")
        self.fields["delegate"].queryset = able  # type: ignore[attr-defined]
        held = [(role.value, role.label) for role in map(Role, DELEGABLE) if by.holds(role)]
        self.fields["roles"].choices = held  # type: ignore[attr-defined]
