"""Decide a task, and who works on it (DOMAIN.md §6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, Refusal, act
from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.review.actions.cycles import lapse_exemption, settle
from approvals.review.actions.lifecycle import owed_reason
from approvals.review.enums import MEANINGS
from approvals.review.models import RequestedChange, ReviewTask, Verdict, VisaExemption
from approvals.review.policies.content import (
    answered,
    check_exemption,
    check_verdict_is_complete,
)
from approvals.review.policies.decisions import (
    check_can_claim,
    check_can_decide,
    check_can_reassign,
    check_can_reopen,
    signing_role,
)
from approvals.signatures.actions import covering, sign
from approvals.signatures.models import Proof, Signature
from content.assets.actions.facts import burn_reference
from content.assets.models import Version


def locked_task(task_id: int) -> ReviewTask:
    """Lock a task's version, whose lock guards its cycles and tasks, and return the task."""
    version_id = ReviewTask.objects.values_list("cycle__version_id", flat=True).get(pk=task_id)
    version = Version.objects.locked().get(pk=version_id)
    task: ReviewTask = ReviewTask.objects.select_related("cycle__revision", "assignee").get(
        pk=task_id
    )
    task.cycle.version = version
    return task


@act("decide", roles=(*REVIEWERS, *PHARMACISTS))
def decide(
    task_id: int,
    *,
    verdict: str,
    comment: str = "",
    changes: Sequence[str] = (),
    checklist: Mapping[str, Any] | None = None,
    visa_exemption: Mapping[str, Any] | None = None,
    on_behalf_of: User | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
) -> Verdict:
    """Sign a verdict on a task; the last one of a stage lets the review go on.

    ``changes`` are sentences; ``checklist`` maps a question's key to ``{"answer", "note"}``;
    ``visa_exemption`` is ``{"support_category"}``, regulatory's only.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``,
        ``already_decided``, ``not_your_verdict``.
    :raises StateConflict: ``task_decided``, ``task_closed``, ``claimed_by_another``,
        ``carry_awaited``, ``wrong_state``, ``blocking_comment_open``, ``proof_invalid``.
    :raises InvalidInput: field ``verdict``, ``comment``, ``changes``, ``checklist`` or
        ``visa_exemption``.
    """
    task = locked_task(task_id)
    lender = check_can_decide(task, by, now, on_behalf_of)
    comment, changes = comment.strip(), [text.strip() for text in changes if text.strip()]
    check_verdict_is_complete(task, verdict, comment=comment, changes=changes)
    answers = answered(task, verdict, checklist)
    category = _support_category(task, verdict, visa_exemption)
    signature = _sign(task, credentials, lender, by=by, now=now)
    void_former(task, _("Decided again."), now=now)
    given = Verdict(
        task=task,
        cycle=task.cycle,
        outcome=verdict,
        comment=comment,
        checklist=answers,
        revision=task.cycle.revision,
        digest=task.cycle.revision.digest,
        decided_by=by,
        decided_at=now,
        on_behalf_of=lender,
        signature=signature,
    )
    _keep(given, changes)
    if category:
        _exempt(given, category, by=by, now=now)
    settle(task.cycle, by=by, now=now)
    return given


def _keep(given: Verdict, changes: Sequence[str]) -> None:
    """Write a verdict with the changes it asks for; its task is decided."""
    given.save(force_insert=True)
    for position, text in enumerate(changes, start=1):
        RequestedChange(verdict=given, position=position, text=text).save()
    given.task.decide()
    given.task.save()


def _support_category(
    task: ReviewTask, verdict: str, visa_exemption: Mapping[str, Any] | None
) -> str:
    if visa_exemption is None:
        return ""
    category = str(visa_exemption.get("support_category") or "").strip()
    check_exemption(task, verdict, category)
    return category


def _sign(
    task: ReviewTask, credentials: Proof, lender: User | None, *, by: User, now: datetime
) -> Signature:
    return sign(
        credentials,
        by=by,
        now=now,
        meaning=MEANINGS[task.role],
        role=signing_role(Role(task.role), by),
        covers=covering(task.cycle.revision),
        on_behalf_of=lender,
    )


def void_former(task: ReviewTask, reason: str, *, now: datetime) -> None:
    """Void the verdict in force of a task, if any; its exemption lapses with it."""
    former = task.verdict
    if former is None:
        return
    former.voided_at = now
    former.void_reason = reason
    former.save()
    if VisaExemption.objects.filter(verdict=former, lapsed_at__isnull=True).exists():
        lapse_exemption(task.cycle.version, now=now)
        task.cycle.version.save()


def _exempt(verdict: Verdict, category: str, *, by: User, now: datetime) -> None:
    """Set the visa aside, and burn the reference that was reserved for it."""
    version = verdict.task.cycle.version
    VisaExemption(verdict=verdict, version=version, support_category=category).save()
    version.needs_visa = False
    if version.reference is None:
        version.save()
    else:
        burn_reference(version, reason=_("No visa needed: %s") % category, by=by, now=now)


@act("claim", roles=(*REVIEWERS, *PHARMACISTS))
def claim(task_id: int, *, by: User, now: datetime) -> ReviewTask:
    """Take an open task, so that nobody else starts on it.

    :raises PolicyDenied: as for ``decide``.
    :raises StateConflict: as for ``decide``.
    """
    task = locked_task(task_id)
    check_can_claim(task, by, now)
    if task.assignee_id != by.pk:
        task.assignee = by
        task.assigned_at = now
        task.save()
    return task


@act("reassign", roles=(*REVIEWERS, *PHARMACISTS))
def reassign(task_id: int, *, to: User, by: User, now: datetime, reason: str = "") -> ReviewTask:
    """Hand an open task to a colleague who may decide it.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``task_decided``, ``task_closed``, ``wrong_state``.
    :raises InvalidInput: field ``to`` if that person may not decide it.
    """
    task = locked_task(task_id)
    check_can_reassign(task, by, now)
    task.assignee = to
    task.assigned_at = now
    try:
        check_can_decide(task, to, now)
    except Refusal as refusal:
        raise InvalidInput.at(
            "to",
            _("%(person)s cannot decide this task: %(why)s") % {"person": to, "why": refusal},
        ) from refusal
    task.save()
    return task


@act("reopen", roles=(*REVIEWERS, *PHARMACISTS))
def reopen(task_id: int, *, reason: str, by: User, now: datetime) -> ReviewTask:
    """Take one's verdict back while changes asked by others are being confirmed.

    :raises PolicyDenied: ``not_your_verdict``.
    :raises StateConflict: ``not_reopenable``.
    :raises InvalidInput: field ``reason``.
    """
    task = locked_task(task_id)
    check_can_reopen(task, by, now)
    reason = owed_reason(reason)
    void_former(task, reason, now=now)
    task.reopen()
    task.save()
    return task
