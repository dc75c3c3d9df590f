"""What the pharmacist fills in before signing: shapes only, the rules are in the policies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.release.policies import MAX_OVERLAP_DAYS


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """Return an optional day, entered with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


def reason_field() -> forms.CharField:
    """Return the reason, which the field reads too."""
    return forms.CharField(
        label=_("Reason"),
        help_text=_("The field and the owner read it; it stays in the record."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(forms.Form):
    valid_from = day_field(
        _("First day of use"), _("Empty: the first day that is possible, today as a rule.")
    )
    overlap_days = forms.IntegerField(
        label=_("Overlap with the version before, in days"),
        help_text=_("0: the old version stops when this one starts. 90 at most."),
        min_value=0,
        max_value=MAX_OVERLAP_DAYS,
        initial=0,
    )


class StopForm(forms.Form):
    reason = reason_field()
    effective_on = day_field(
        _("From"), _("Empty: today, at once. A later day can be brought forward, never delayed.")
    )


class ResumeForm(forms.Form):
    reason = reason_field()


class ResumeAfterAuthorityForm(ResumeForm):
    authority_proof = forms.CharField(
        label=_("Authority's letter"),
        help_text=_("Number and date of the letter by which the authority gave the visa back."),
        max_length=300,
    )


class FreezeForm(StopForm):
    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices:
            self.fields["non_promotional"] = forms.TypedMultipleChoiceField(
                label=_("Suspend these non-promotional versions too"),
                choices=choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )


class LiftForm(forms.Form):
    reason = reason_field()
