"""What a verdict must hold before it is signed (DOMAIN.md §6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.enums import Role
from approvals.review.enums import APPROVING, Answer, Outcome, TaskState
from approvals.review.models import Comment, ReviewTask
from content.assets.models import Version


def check_verdict_is_complete(
    task: ReviewTask, verdict: str, *, comment: str, changes: Sequence[str]
) -> None:
    """Refuse a verdict that does not say what it must.

    :raises InvalidInput: field ``verdict``, ``comment`` or ``changes``.
    :raises StateConflict: ``blocking_comment_open``.
    """
    _check_verdict_is_allowed(task, verdict)
    if verdict == Outcome.CHANGES_REQUIRED and not comment:
        raise InvalidInput.at(
            "comment", _("Say in the comment what must change."), "comment_missing"
        )
    if verdict == Outcome.APPROVED_WITH_CHANGES and not changes:
        raise InvalidInput.at("changes", _("List each change that you ask for."), "changes_missing")
    if changes and verdict not in {Outcome.APPROVED_WITH_CHANGES, Outcome.CHANGES_REQUIRED}:
        raise InvalidInput.at(
            "changes", _("This verdict asks for no change: empty the list or choose another.")
        )
    if verdict in APPROVING:
        check_nothing_blocks(task.cycle.version)


def _check_verdict_is_allowed(task: ReviewTask, verdict: str) -> None:
    if verdict not in Outcome.values:
        raise InvalidInput.at("verdict", _("Choose one of the verdicts."))
    if verdict == Outcome.NOT_APPLICABLE and not task.may_be_not_applicable:
        raise InvalidInput.at(
            "verdict",
            _("The route asks for this opinion: “not applicable” is not offered here."),
            "not_applicable_refused",
        )
    if task.state == TaskState.TO_CONFIRM and verdict != Outcome.CHANGES_REQUIRED:
        raise InvalidInput.at(
            "verdict",
            _("Confirm the changes that you asked for, or say that changes are still required."),
            "confirmation_awaited",
        )


def check_nothing_blocks(version: Version) -> None:
    """:raises StateConflict: ``blocking_comment_open``."""
    blocking = Comment.objects.concerning(version).blocking().first()
    if blocking is not None:
        raise StateConflict(
            "blocking_comment_open",
            _(
                "A blocking comment of %(author)s is open (“%(comment)s”): it must be resolved"
                " before an approval."
            )
            % {"author": blocking.author, "comment": blocking},
        )


def answered(
    task: ReviewTask, verdict: str, answers: Mapping[str, Any] | None
) -> list[dict[str, str]]:
    """Return the questions with their answers, as they go into the signed record.

    ``answers`` maps a question's key to ``{"answer", "note"}``.

    :raises InvalidInput: field ``checklist``: unknown question or answer, a missing answer under
        an approving verdict, a “no” without a note.
    """
    given = dict(answers or {})
    unknown = set(given) - {question["key"] for question in task.questions}
    if unknown:
        raise InvalidInput.at(
            "checklist",
            _("The checklist has no question “%(keys)s”.") % {"keys": ", ".join(sorted(unknown))},
        )
    record = []
    for question in task.questions:
        reply = given.get(question["key"]) or {}
        answer, note = str(reply.get("answer") or ""), str(reply.get("note") or "").strip()
        if answer:
            _check_answer(question, answer, note)
            record.append({**question, "answer": answer, "note": note})
        elif verdict in APPROVING:
            raise InvalidInput.at(
                "checklist",
                _("Answer every question of the checklist before you approve."),
                "checklist_incomplete",
            )
    return record


def _check_answer(question: Mapping[str, str], answer: str, note: str) -> None:
    if answer not in Answer.values:
        raise InvalidInput.at("checklist", _("Answer yes, no or not applicable."))
    if answer == Answer.NO and not note:
        raise InvalidInput.at(
            "checklist",
            _("Say why the answer is “no”: “%(question)s”") % {"question": question["fr"]},
            "note_missing",
        )


def check_exemption(task: ReviewTask, verdict: str, support_category: str) -> None:
    """Let regulatory alone, in an approving verdict, find that no visa is needed.

    :raises InvalidInput: field ``visa_exemption``.
    """
    if task.role != Role.REGULATORY_REVIEWER or verdict not in APPROVING:
        raise InvalidInput.at(
            "visa_exemption",
            _("Only regulatory affairs, in an approving verdict, exempt from the visa."),
        )
    if not task.cycle.version.needs_visa:
        raise InvalidInput.at("visa_exemption", _("This version needs no visa."))
    if not support_category:
        raise InvalidInput.at(
            "visa_exemption", _("Name the category of support that is not deposited.")
        )
