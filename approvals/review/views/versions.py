"""Confirmation pages of a version's way to review and back."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.review import actions
from approvals.review.enums import CarryKind
from approvals.review.forms import AnswerForm, CarryForm, CommentForm, ReasonForm, ResolveForm
from approvals.review.models import ReviewCycle
from approvals.review.policies import (
    check_can_answer,
    check_can_cancel,
    check_can_carry,
    check_can_comment,
    check_can_recall,
    check_can_send_back,
    check_can_submit,
    check_something_to_resolve,
    comments_to_resolve,
)
from approvals.review.policies.carries import carried_from, carry_kind
from approvals.review.policies.lifecycle import changes_to_answer, continues
from approvals.review.views.viewer import differences
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from config.http.pages import ActPage
from content.assets.models import Version


class VersionAct(ActPage):
    """An act on a version that the person sees in preparation."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        found = Version.objects.visible_to(self.by).with_asset().filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        version: Version = found
        return version


class SubmitPage(VersionAct):
    title = gettext_lazy("Submit for review")
    button = gettext_lazy("Submit")
    done = gettext_lazy("The version is in review.")

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_submit(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        frozen = _("The files and the regulated data are frozen until the review ends.")
        if continues(ReviewCycle.objects.latest_of(obj)):
            return [frozen, _("Those who asked for changes are asked to confirm them.")]
        return [frozen, _("The reviewers of the first stage are told, each with a due date.")]

    def prepared(self, obj: Version, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        actions.judge_before_submission(obj.pk, by=self.by, now=self.now)
        return cleaned_data

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return actions.submit(obj.pk, by=by, now=now).version


class RecallPage(VersionAct):
    title = gettext_lazy("Recall from review")
    button = gettext_lazy("Recall")
    done = gettext_lazy("The version is a draft again.")
    form_class = ReasonForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_recall(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [_("The review ends; the verdicts already given no longer count.")]

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return actions.recall(obj.pk, by=by, now=now, **cleaned_data)


class SendBackPage(VersionAct):
    title = gettext_lazy("Send back to be changed")
    button = gettext_lazy("Send back")
    done = gettext_lazy("The version went back to its owner.")
    form_class = ReasonForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_send_back(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [_("A corrected revision is reviewed again, unless only its reference changes.")]

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return actions.send_back(obj.pk, by=by, now=now, **cleaned_data)


class CancelPage(VersionAct):
    title = gettext_lazy("Cancel the version")
    button = gettext_lazy("Cancel the version")
    done = gettext_lazy("The version is cancelled.")
    form_class = ReasonForm
    grave = True

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_cancel(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        said = [_("This is final: a change needs a new version.")]
        if obj.reference is not None:
            said.append(_("The reference %(value)s is burnt.") % {"value": obj.reference})
        return said

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return actions.cancel(obj.pk, by=by, now=now, **cleaned_data)


class CommentPage(VersionAct):
    title = gettext_lazy("Write a comment")
    button = gettext_lazy("Keep the comment")
    done = gettext_lazy("Your comment is kept; the owner is told.")
    form_class = CommentForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_comment(obj, by, now)

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return actions.comment(obj.pk, by=by, now=now, **cleaned_data).version


class ResolvePage(VersionAct):
    """Say that a comment is settled: a blocking one bars every approval until then."""

    title = gettext_lazy("Resolve a comment")
    button = gettext_lazy("Resolve")
    done = gettext_lazy("The comment is resolved.")
    form_class = ResolveForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_something_to_resolve(obj, by, now)

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"comments": comments_to_resolve(obj)}

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.resolve(cleaned_data["comment"], by=by, now=now)
        return obj


class AnswerPage(VersionAct):
    """Say where each requested change was made, before the version is submitted again."""

    title = gettext_lazy("Answer the changes")
    button = gettext_lazy("Keep the answers")
    done = gettext_lazy("Your answers are kept: submit the version again.")
    form_class = AnswerForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_answer(obj, by, now)

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"changes": changes_to_answer(obj)}

    def initial(self, obj: Version) -> dict[str, Any]:
        return {f"change_{change.pk}": change.evidence for change in changes_to_answer(obj)}

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.answer_changes(obj.pk, answers=AnswerForm.given(cleaned_data), by=by, now=now)
        return obj


class CarryPage(VersionAct, SignedActPage):
    title = gettext_lazy("Carry the verdicts")
    button = gettext_lazy("Sign the carry")
    done = gettext_lazy("The carry is signed.")
    form_class = CarryForm
    meaning = Meaning.CARRY
    template_name = "review/carry.html"

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_carry(obj, by, now)
        SignedActPage.check(self, obj, by, now)

    def _kind(self, obj: Version) -> CarryKind:
        return carry_kind(ReviewCycle.objects.open().get(version=obj))

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"minor": self._kind(obj) == CarryKind.MINOR_MODIFICATION}

    def consequences(self, obj: Version) -> list[str]:
        return {
            CarryKind.CONFIRMATION: [_("You confirm that the changes you asked for were made.")],
            CarryKind.REFERENCE_ONLY: [
                _("All verdicts hold on the corrected file: the version is approved.")
            ],
            CarryKind.MINOR_MODIFICATION: [
                _("With both signatures the version stands under the visa of the one before it.")
            ],
        }[self._kind(obj)]

    def _render(self, obj: Version, *, status: int, **context: Any) -> HttpResponse:
        return super()._render(obj, status=status, **context, **self._difference(obj))

    def _difference(self, obj: Version) -> dict[str, Any]:
        """Return what changed since the verdicts: it is looked at before it is signed."""
        cycle = ReviewCycle.objects.open().filter(version=obj).first()
        if cycle is None or carry_kind(cycle) == CarryKind.CONFIRMATION:
            return {}
        before = carried_from(cycle)
        task = cycle.tasks.order_by("pk").first()
        if before is None or task is None:
            return {}
        return {
            "task": task,
            "revision": cycle.revision,
            **differences(before, cycle.revision),
        }

    def perform(  # type: ignore[override]
        self,
        obj: Version,
        cleaned_data: dict[str, Any],
        by: Any,
        now: datetime,
        credentials: Proof,
    ) -> Any:
        return actions.carry(
            obj.pk, credentials=credentials, by=by, now=now, **cleaned_data
        ).version
