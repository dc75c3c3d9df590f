"""What the pages of review ask for: shape only; the rules are the policies'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.review.enums import APPROVING, Answer, Outcome, PrecheckSeverity, Severity, TaskState
from approvals.review.models import Comment, MinorModificationCategory, RequestedChange, ReviewTask


def _password_last(form: forms.Form) -> None:
    """Put the password, where the page asks for it, after what the form itself added."""
    if "password" in form.fields:
        form.fields["password"] = form.fields.pop("password")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )


class DecisionForm(forms.Form):
    """A verdict: the checklist's questions, the verdict, and what it owes."""

    def __init__(self, *args: Any, task: ReviewTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        asked = self.fields
        for question in task.checklist:
            self._ask(question)
        asked["verdict"] = forms.ChoiceField(
            label=_("Verdict"), choices=self._verdicts(), widget=forms.RadioSelect
        )
        asked["comment"] = forms.CharField(
            label=_("Comment"),
            help_text=_("Owed where changes are required."),
            widget=forms.Textarea(attrs={"rows": 4}),
            required=False,
            max_length=10_000,
        )
        asked["changes"] = forms.CharField(
            label=_("Changes asked for"),
            help_text=_("One change a line."),
            widget=forms.Textarea(attrs={"rows": 4}),
            required=False,
            max_length=20_000,
        )
        if task.role == Role.REGULATORY_REVIEWER and task.cycle.version.needs_visa:
            asked["visa_exemption"] = forms.CharField(
                label=_("No visa needed: category of support that is not deposited"),
                help_text=_("Leave empty where the visa is needed. The reference is burnt."),
                required=False,
                max_length=200,
            )

        _password_last(self)

    def _ask(self, question: dict[str, str]) -> None:
        self.fields[f"check_{question['key']}"] = forms.ChoiceField(
            label=question["label"],
            choices=Answer.choices,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields[f"note_{question['key']}"] = forms.CharField(
            label=_("Note, owed where the answer is “no”"),
            required=False,
            max_length=5000,
            # Empty or not can be told by the page's style.
            widget=forms.TextInput(attrs={"placeholder": " "}),
        )

    def questions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return each question's answer and note, for the page."""
        return [
            (self[f"check_{question['key']}"], self[f"note_{question['key']}"])
            for question in self.task.questions
        ]

    def others(self) -> list[forms.BoundField]:
        """Return the fields that are not the checklist's."""
        return [field for field in self if not field.name.startswith(("check_", "note_"))]

    def _verdicts(self) -> list[tuple[str, Any]]:
        if self.task.state == TaskState.TO_CONFIRM:
            return [(Outcome.CHANGES_REQUIRED.value, Outcome.CHANGES_REQUIRED.label)]
        return [
            (outcome.value, outcome.label)
            for outcome in Outcome
            if outcome != Outcome.NOT_APPLICABLE or self.task.may_be_not_applicable
        ]

    def clean(self) -> dict[str, Any]:
        """Say at each question what it lacks; the action checks it all again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.task.questions:
            answer = cleaned.get(f"check_{question['key']}")
            if not answer and cleaned.get("verdict") in APPROVING:
                self.add_error(
                    f"check_{question['key']}", _("Answer this question before you approve.")
                )
            if answer == Answer.NO and not cleaned.get(f"note_{question['key']}"):
                self.add_error(f"note_{question['key']}", _("Say why the answer is “no”."))
        return cleaned

    def given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return what the action takes."""
        category = cleaned.get("visa_exemption", "")
        return {
            "verdict": cleaned["verdict"],
            "comment": cleaned["comment"],
            "changes": cleaned["changes"].splitlines(),
            "checklist": {
                question["key"]: {
                    "answer": cleaned[f"check_{question['key']}"],
                    "note": cleaned[f"note_{question['key']}"],
                }
                for question in self.task.questions
                if cleaned[f"check_{question['key']}"]
            },
            "visa_exemption": {"support_category": category} if category else None,
        }


class CarryForm(ReasonForm):
    """The reason of a carry and, for a minor modification, its category."""

    def __init__(self, *args: Any, minor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if minor:
            categories = MinorModificationCategory.objects.filter(active=True)
            self.fields["category"] = forms.ChoiceField(
                label=_("Category on the authority’s list"),
                choices=[(category.code, str(category)) for category in categories],
            )
        _password_last(self)


class AnswerForm(forms.Form):
    """Where each requested change was made."""

    def __init__(self, *args: Any, changes: list[RequestedChange], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for change in changes:
            self.fields[f"change_{change.pk}"] = forms.CharField(
                label=change.text,
                help_text=_("Say where it was made: page, paragraph."),
                max_length=5000,
            )

    @staticmethod
    def given(cleaned: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the answers as the action takes them."""
        return [
            {"change": int(name.removeprefix("change_")), "evidence": evidence}
            for name, evidence in cleaned.items()
        ]


class ResolveForm(forms.Form):
    """Which open comment is settled."""

    comment = forms.TypedChoiceField(label=_("Comment"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, comments: list[Comment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{row.author} ({row.get_severity_display()}): {row.body}") for row in comments
        ]


class SeverityForm(forms.Form):
    """What the failure of a pre-check does."""

    severity = forms.ChoiceField(
        label=_("Where it fails"), choices=PrecheckSeverity.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )


class CommentForm(forms.Form):
    severity = forms.ChoiceField(
        label=_("Severity"), choices=Severity.choices, widget=forms.RadioSelect
    )
    body = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000
    )


class AnchoredCommentForm(CommentForm):
    """A comment, with the place that the workspace's script noted: ``anchor`` as JSON."""

    anchor = forms.JSONField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean_anchor(self) -> Any:
        anchor = self.cleaned_data.get("anchor")
        return anchor if isinstance(anchor, dict) and anchor else None


class ReplyForm(forms.Form):
    body = forms.CharField(
        label=_("Reply"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )
