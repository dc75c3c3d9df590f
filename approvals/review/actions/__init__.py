"""The writers of review: one public function per business verb."""

from approvals.review.actions.carries import carry
from approvals.review.actions.changes import answer_changes, revise
from approvals.review.actions.comments import (
    comment,
    drop_refusal,
    keep_refusal,
    reply,
    resolve,
    verify,
)
from approvals.review.actions.decisions import claim, decide, reassign, reopen
from approvals.review.actions.lifecycle import cancel, recall, send_back, submit
from approvals.review.actions.minor_modifications import set_minor_modification
from approvals.review.actions.pool import end_lead, name_lead, unclaim
from approvals.review.actions.prechecks import (
    judge_before_submission,
    reconcile_prechecks,
    renew_prechecks,
    run_prechecks_again,
    set_precheck_severity,
)
from approvals.review.actions.reminders import plan_reminders, remind, send_digests
from approvals.review.actions.routes import save_route

__all__ = [
    "answer_changes",
    "cancel",
    "carry",
    "claim",
    "comment",
    "decide",
    "drop_refusal",
    "end_lead",
    "judge_before_submission",
    "keep_refusal",
    "name_lead",
    "plan_reminders",
    "reassign",
    "recall",
    "reconcile_prechecks",
    "remind",
    "renew_prechecks",
    "reopen",
    "reply",
    "resolve",
    "revise",
    "run_prechecks_again",
    "save_route",
    "send_back",
    "send_digests",
    "set_minor_modification",
    "set_precheck_severity",
    "submit",
    "unclaim",
    "verify",
]
