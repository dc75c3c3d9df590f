"""What the pages of decisions ask for: shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.submissions.enums import Outcome
from approvals.submissions.forms import day_field, text_field
from approvals.submissions.models import DossierPiece

LETTER, LETTER_FILE = "letter", "letter_file"


def letter_fields(form: forms.Form, letters: list[DossierPiece]) -> None:
    """Offer the dossier's letters, or none where it has none yet."""
    if letters:
        choices = [("", "—"), *((str(piece.pk), piece.name) for piece in letters)]
        form.fields[LETTER].choices = choices  # type: ignore[attr-defined]
    else:
        del form.fields[LETTER]


def letter_given(cleaned_data: dict[str, Any]) -> Any:
    """Take the letter out of what a form gave: a file before a piece, else None."""
    chosen = cleaned_data.pop(LETTER, None)
    return cleaned_data.pop(LETTER_FILE, None) or (int(chosen) if chosen else None)


def letter_choice() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("A letter that is in the dossier"), required=False)


def letter_file(*, required: bool = False) -> forms.FileField:
    return forms.FileField(
        label=_("The authority's letter"),
        required=required,
        allow_empty_file=True,
        help_text=_("It is kept in the dossier. If it is not at hand, it can be added later."),
    )


class WithDetails(forms.Form):
    """A form of a grant: the start stated by hand, which few need, is shown on demand."""

    def details(self) -> list[Any]:
        return [self[name] for name in ("starts_on", "start_reason") if name in self.fields]

    def details_given(self) -> bool:
        """Whether something stands in the details, or is wrong there."""
        return any(field.value() or field.errors for field in self.details())


class WithOutcomes(WithDetails):
    """A form whose outcomes, and whose dossier's letters, depend on the dossier."""

    def __init__(
        self, *args: Any, outcomes: list[str], letters: list[DossierPiece], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(outcome, Outcome(outcome).label) for outcome in outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        letter_fields(self, letters)
        if Outcome.SUSPENDED not in outcomes:
            del self.fields["until"]
        if Outcome.GRANTED not in outcomes:
            del self.fields["starts_on"], self.fields["start_reason"]


class DecisionForm(WithOutcomes):
    outcome = forms.ChoiceField(label=_("Outcome"))
    decided_on = day_field(_("Decided on"))
    notified_on = day_field(_("Notified on"), required=False)
    reason = text_field(_("Reasons"), required=False, help_text=_("Owed unless a visa is granted."))
    until = day_field(
        _("Suspended until"),
        required=False,
        help_text=_("As the authority said it. It only reminds: the pharmacist resumes the use."),
    )
    letter_file = letter_file()
    letter = letter_choice()
    starts_on = day_field(
        _("First day of the visa"),
        required=False,
        help_text=_("Leave empty: the day of the decision."),
    )
    start_reason = text_field(_("Why the visa starts on this day"), required=False)


class CorrectionForm(WithOutcomes):
    outcome = forms.ChoiceField(label=_("What the authority really decided"))
    decided_on = day_field(_("Decided on"))
    notified_on = day_field(_("Notified on"), required=False)
    reason = text_field(_("Why the entry was wrong"))
    authority_reasons = text_field(
        _("The authority's reasons"),
        required=False,
        help_text=_("Of a refusal, word for word: they become a blocking comment."),
    )
    until = day_field(_("Suspended until"), required=False)
    letter_file = letter_file()
    letter = letter_choice()
    starts_on = day_field(
        _("First day of the visa"),
        required=False,
        help_text=_("Leave empty: the day that the decision gives."),
    )
    start_reason = text_field(_("Why the visa starts on this day"), required=False)


class TacitForm(WithDetails):
    no_letter = forms.BooleanField(
        label=_("I checked the mailbox and the portal: no letter of the authority came.")
    )
    starts_on = day_field(
        _("First day of the visa"),
        required=False,
        help_text=_("Leave empty: the day the evaluation ended."),
    )
    start_reason = text_field(_("Why the visa starts on this day"), required=False)


class LetterForm(forms.Form):
    letter_file = letter_file()
    letter = letter_choice()

    def __init__(self, *args: Any, letters: list[DossierPiece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[LETTER_FILE].help_text = _("It is kept in the dossier.")
        letter_fields(self, letters)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get(LETTER) and not cleaned.get(LETTER_FILE):
            self.add_error(LETTER_FILE, _("Add the letter."))
        return cleaned
