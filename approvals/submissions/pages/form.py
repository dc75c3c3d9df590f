"""What the authority asks for: its questions and pieces, kept by an administrator."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.submissions.actions import add_piece_rule, remove_piece_rule, save_question
from approvals.submissions.enums import AnswerKind, AnswerSource, PieceKind
from approvals.submissions.forms import ReasonForm, text_field
from approvals.submissions.models import FormQuestion, PieceRule
from approvals.submissions.policies import SEES_FORM, can_keep_form, check_can_keep_form
from config.http.pages import ActPage, Page
from content.catalogue.enums import VisaCategory


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class QuestionForm(forms.Form):
    label_fr = forms.CharField(label=_("Question in French"), max_length=300)
    label_en = forms.CharField(label=_("Question in English"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=AnswerKind.choices)
    choices = LinesField(
        label=_("Answers to choose from"),
        required=False,
        help_text=_("One a line, in the authority’s words."),
    )
    support_kinds = LinesField(
        label=_("Kinds of support concerned"),
        required=False,
        help_text=_("One a line. Leave empty for every support."),
    )
    position = forms.IntegerField(
        label=_("Place in the form"),
        min_value=0,
        help_text=_("The questions come in this order: 10, 20, 30…"),
    )
    required = forms.BooleanField(label=_("Owed before the freeze"), required=False)
    active = forms.BooleanField(label=_("This question is asked"), required=False, initial=True)
    reason = text_field(_("Reason"))


class NewQuestionForm(QuestionForm):
    category = forms.ChoiceField(label=_("Category"), choices=VisaCategory.choices)
    key = forms.CharField(
        label=_("Key of the question"),
        max_length=60,
        help_text=_("Its name in the package and the API: small letters, digits, underscores."),
    )
    source = forms.ChoiceField(
        label=_("Taken over from"),
        required=False,
        choices=[
            ("", _("nothing: typed each time")),
            (AnswerSource.LAST_DOSSIER, AnswerSource.LAST_DOSSIER.label),
            (AnswerSource.LAST_OF_PRODUCT, AnswerSource.LAST_OF_PRODUCT.label),
        ],
    )
    field_order = ("category", "key", "label_fr", "label_en", "kind", "source")


class PieceRuleForm(forms.Form):
    piece = forms.ChoiceField(
        label=_("Piece of the dossier"),
        choices=[choice for choice in PieceKind.choices if choice[0] != PieceKind.PROOF],
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=[("", _("both categories")), *VisaCategory.choices],
    )
    support_kind = forms.CharField(
        label=_("Kind of support"),
        required=False,
        max_length=100,
        help_text=_("Leave empty for every support."),
    )
    reason = text_field(_("Reason"))


class FormPage(Page):
    """The questions in the authority's order, and the pieces that are owed."""

    title = _("The authority’s form")
    roles = SEES_FORM
    template_name = "submissions/form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        questions = FormQuestion.objects.order_by("position", "pk")
        return self.page(
            categories=[
                (category, [one for one in questions if one.category == category])
                for category in VisaCategory.values
            ],
            rules=PieceRule.objects.active(),
            may_keep=can_keep_form(self.by),
        )


class OfForm(ActPage):
    """An act on the form: it leads back to the form's page."""

    roles = SEES_FORM

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_keep_form(by)

    def back(self, obj: Any) -> str:
        return reverse("submissions:form")


class NewQuestionPage(OfForm):
    title = _("Ask a new question")
    button = _("Ask the question")
    form_class = NewQuestionForm
    done = _("The question is in the form.")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        wanted = dict(cleaned_data)
        save_question(wanted, reason=wanted.pop("reason"), by=by, now=now)
        return "submissions:form"


class QuestionPage(OfForm):
    title = _("Change a question")
    button = _("Change the question")
    form_class = QuestionForm
    done = _("The question is changed; what is frozen keeps what it was signed with.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> FormQuestion:
        found: FormQuestion = get_object_or_404(FormQuestion, pk=kwargs["pk"])
        return found

    def get_title(self, obj: FormQuestion) -> Any:
        return f"{self.title}: {obj.label} ({obj.category})"

    def initial(self, obj: FormQuestion) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in QuestionForm.base_fields if name != "reason"}

    def perform(
        self, obj: FormQuestion, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        wanted = dict(cleaned_data)
        save_question(wanted, question_id=obj.pk, reason=wanted.pop("reason"), by=by, now=now)
        return "submissions:form"


class AddPieceRulePage(OfForm):
    title = _("Ask for a piece")
    button = _("Ask for the piece")
    form_class = PieceRuleForm
    done = _("The piece is asked for.")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        add_piece_rule(**cleaned_data, by=by, now=now)
        return "submissions:form"


class RemovePieceRulePage(OfForm):
    title = _("Ask for a piece no longer")
    button = _("Ask for it no longer")
    form_class = ReasonForm
    grave = True
    done = _("The piece is not asked for any more.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> PieceRule:
        found: PieceRule = get_object_or_404(PieceRule.objects.active(), pk=kwargs["pk"])
        return found

    def consequences(self, obj: PieceRule) -> list[str]:
        return [
            gettext("No batch waits for this piece any more: %(piece)s, %(where)s.")
            % {"piece": obj, "where": where_of(obj)}
        ]

    def perform(self, obj: PieceRule, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        remove_piece_rule(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return "submissions:form"


def where_of(rule: PieceRule) -> str:
    """Return what a rule is for, in words."""
    named = [name for name in (rule.category, rule.support_kind) if name]
    return ", ".join(named) or gettext("every dossier")
