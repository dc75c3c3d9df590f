"""What the pages ask for: shape only; the rules are in the actions."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.submissions.enums import (
    FIXED_SOURCES,
    AnswerKind,
    AnswerSource,
    PieceKind,
    Printed,
)
from approvals.submissions.form import (
    LONGEST,
    choices_of,
    field_name,
    questions_of,
    raw_value,
)
from approvals.submissions.models import DepositWindow, Dossier, DossierPiece, FormQuestion
from content.assets.models import Version
from content.catalogue.enums import VisaCategory

NO_WINDOW = "outside"


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DayInput())


def text_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    reason = text_field(_("Reason"))


class WindowForm(forms.Form):
    opens_on = day_field(_("Opens on"))
    closes_on = day_field(_("Closes on"))
    evaluation_ends_on = day_field(
        _("Evaluation ends on"),
        required=False,
        help_text=_("Leave empty: the day after the closing, plus two months."),
    )
    overridden_reason = text_field(_("Why the evaluation ends on another day"), required=False)
    provisional = forms.BooleanField(
        label=_("Provisional: expected, not yet published"), required=False
    )
    source = forms.CharField(label=_("Source"), max_length=200, required=False)


class NewWindowForm(WindowForm):
    category = forms.ChoiceField(label=_("Category"), choices=VisaCategory.choices)
    field_order = ("category",)


class EditWindowForm(WindowForm):
    reason = text_field(_("Why the window changes"))


class ImportWindowsForm(forms.Form):
    file = forms.FileField(label=_("File of windows (CSV)"), allow_empty_file=True)


class PlanForm(forms.Form):
    """The window; or R.5122-2-1, for what already had a visa."""

    window = forms.ChoiceField(label=_("Window"))
    planned_on = day_field(
        _("Planned deposit day"),
        required=False,
        help_text=_("Leave empty for the closing day. Its month is printed in the reference."),
    )
    # Named as the action names them: what it refuses is said at its field.
    reason = text_field(_("R.5122-2-1: what the reassessment changes"), required=False)
    proof = text_field(
        _("R.5122-2-1: the authority's letter (date, number)"),
        required=False,
        help_text=_("Regulatory affairs add the letter itself to the dossier."),
    )

    def __init__(self, *args: Any, version: Version, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        windows = DepositWindow.objects.ahead(day).filter(
            category=version.visa_category, jurisdiction=version.asset.jurisdiction_id
        )
        choices: list[tuple[str, Any]] = [(str(window.pk), str(window)) for window in windows]
        had_visa = Version.objects.filter(
            asset=version.asset_id, number__lt=version.number, visa__isnull=False
        ).exists()
        if had_visa:
            choices.append((NO_WINDOW, _("Outside the windows (R.5122-2-1)")))
        else:
            del self.fields["reason"], self.fields["proof"]
        self.fields["window"].choices = choices  # type: ignore[attr-defined]

    def plan(self) -> dict[str, Any]:
        """Return what the action takes."""
        cleaned = self.cleaned_data
        if cleaned["window"] != NO_WINDOW:
            return {"window": int(cleaned["window"]), "planned_on": cleaned["planned_on"]}
        stated = {
            "reason": cleaned["reason"],
            "proof": cleaned["proof"],
            "planned_on": cleaned["planned_on"],
        }
        return {"out_of_window": stated}


class NewBatchForm(forms.Form):
    window = forms.ChoiceField(label=_("Window"))

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        windows = DepositWindow.objects.ahead(day)
        choices: list[tuple[str, Any]] = [(str(window.pk), str(window)) for window in windows]
        choices += [
            (category, _("%(category)s outside the windows (R.5122-2-1)") % {"category": category})
            for category in VisaCategory.values
        ]
        self.fields["window"].choices = choices  # type: ignore[attr-defined]

    def batch(self) -> dict[str, Any]:
        """Return what the action takes."""
        chosen: str = self.cleaned_data["window"]
        return {"window": int(chosen)} if chosen.isdecimal() else {"out_of_window": chosen}


class AddForm(forms.Form):
    version = forms.TypedChoiceField(label=_("Version"), coerce=int)

    def __init__(self, *args: Any, candidates: list[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            (version.pk, f"{version} — {version.asset.title}") for version in candidates
        ]


class DossierForm(forms.Form):
    """The authority's questions in its order; what follows from the version is shown, not typed."""

    reference_exempt_reason = text_field(
        _("Reason for exempting the reference"),
        required=False,
        help_text=_(
            "Only where no text can be read in the file: sound, film, image, scan. Where the"
            " reference can be seen, say where."
        ),
    )

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reference_exempt_reason"] = dossier.reference_exempt_reason
        for question in questions_of(dossier):
            name = field_name(question)
            self.fields[name] = answer_field(question, dossier)
            self.initial[name] = raw_value(question, dossier)
        if dossier.reference_printed == Printed.UNREADABLE:
            self.fields["reference_exempt_reason"] = self.fields.pop("reference_exempt_reason")
        else:
            del self.fields["reference_exempt_reason"]

    def changes(self) -> dict[str, Any]:
        """Return what the action takes: columns by their name, other answers under ``form``."""
        changes: dict[str, Any] = {"form": {}}
        for name, value in self.cleaned_data.items():
            if self.fields[name].disabled:
                continue
            prefix, dot, key = name.partition(".")
            if dot:
                changes[prefix][key] = value
            else:
                changes[name] = value
        return changes


def answer_field(question: FormQuestion, dossier: Dossier) -> forms.Field:
    """Return the field of one question: nothing stops one from saving a form half filled in."""
    field = _plain_field(question, dossier)
    if question.required:
        # Not called optional: the freeze will want it.
        field.owed = True  # type: ignore[attr-defined]
    if field.disabled:
        field.help_text = _("It follows from the version.")
    return field


def _plain_field(question: FormQuestion, dossier: Dossier) -> forms.Field:
    said: dict[str, Any] = {
        "label": question.label,
        "required": False,
        "disabled": question.source in FIXED_SOURCES,
        "help_text": _("Owed before the freeze.") if question.required else "",
    }
    if question.kind in (AnswerKind.CHOICE, AnswerKind.YES_NO):
        offered = choices_of(question, raw_value(question, dossier))
        return forms.ChoiceField(choices=[("", "—"), *offered], **said)
    if question.source == AnswerSource.RECEIPT_NUMBER:
        said["help_text"] = _("11 or 12 digits; one receipt per dossier.")
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        return forms.CharField(max_length=12, widget=forms.TextInput(attrs=digits), **said)
    if question.source == AnswerSource.MODIFIED_ELEMENTS:
        return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), **said)
    widget = {AnswerKind.DATE: DayInput, AnswerKind.NUMBER: forms.TextInput}
    made = widget.get(AnswerKind(question.kind), forms.TextInput)()
    return forms.CharField(max_length=LONGEST, widget=made, **said)


class PieceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=PieceKind.choices)
    file = forms.FileField(label=_("File"), allow_empty_file=True)


class LateDossierForm(forms.Form):
    """What is known only once the batch is frozen."""

    registration_number = forms.CharField(
        label=_("Authority's registration number"), max_length=50, required=False
    )
    month_override_reason = text_field(
        _("Why it is deposited in another month than its reference's"), required=False
    )


class ReceivedForm(forms.Form):
    """What the authority tells after the deposit."""

    registration_number = forms.CharField(
        label=_("Authority's registration number"), max_length=50, required=False
    )
    received_on = day_field(
        _("Received by the authority on"),
        required=False,
        help_text=_("Outside the windows: the evaluation counts from this day."),
    )


class DepositForm(forms.Form):
    deposited_at = forms.DateTimeField(
        label=_("Deposited at"),
        widget=InstantInput(),
        help_text=_("As the portal's acknowledgement says, Paris time."),
    )
    portal_number = forms.CharField(label=_("Portal number"), max_length=50)
    proof = forms.TypedChoiceField(label=_("Acknowledgement"), coerce=int)
    received_on = day_field(
        _("Received by the authority on"),
        required=False,
        help_text=_("Outside the windows: the evaluation counts from this day."),
    )

    def __init__(self, *args: Any, proofs: list[DossierPiece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"].choices = [  # type: ignore[attr-defined]
            (piece.pk, piece.name) for piece in proofs
        ]
