"""What the pages of reference data ask for: shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.catalogue.actions.alerts import CONFIRMS
from content.catalogue.enums import AlertKind, AlertOutcome, DocumentKind


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DayInput())


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    reason = reason_field()


class AuthorisationEndForm(forms.Form):
    ends_on = day_field(
        _("First day without an authorisation"),
        required=False,
        help_text=_("Leave empty to take back a date that was recorded by mistake."),
    )
    reason = reason_field()


class ExceptionForm(forms.Form):
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)
    starts_on = day_field(_("Starts on"))
    ends_on = day_field(
        _("Ends on"), required=False, help_text=_("First day without it. Leave empty for no end.")
    )
    reason = reason_field()


class AlertForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect)
    ends_on = day_field(
        _("First day without an authorisation"),
        required=False,
        help_text=_("The official date, where the authorisation ended."),
    )
    note = forms.CharField(
        label=_("How you know"),
        max_length=4000,
        help_text=_("The authority's decision, a letter of the holder…"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = CONFIRMS[AlertKind(kind)]
        choices = [(one.value, AlertOutcome(one).label) for one in outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["outcome"].initial = choices[0][0]


class HarmlessForm(forms.Form):
    harmless = forms.BooleanField(
        label=_("This condition does not bar advertising to the public"), required=False
    )
    reason = reason_field()


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    dated = day_field(_("Dated"))
    title = forms.CharField(label=_("Title"), max_length=300)
    file = forms.FileField(label=_("File (PDF)"), allow_empty_file=True)
