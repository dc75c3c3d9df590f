"""The writers of review: one public function per business verb."""

from approvals.review.actions.carries import carry
from approvals.review.actions.changes import answer_changes, revise
from approvals.review.actions.comments import comment, keep_refusal, reply, resolve, verify
from approvals.review.actions.decisions import claim, decide, reassign, reopen
from approvals.review.actions.lifecycle import cancel, recall, send_back, submit
from approvals.review.actions.prechecks import (
    judge_before_submission,
    reconcile_prechecks,
    renew_prechecks,
    run_prechecks_again,
    set_precheck_severity,
)

__all__ = [
    "answer_changes",
    "cancel",
    "carry",
    "claim",
    "comment",
    "decide",
    "judge_before_submission",
    "keep_refusal",
    "reassign",
    "recall",
    "reconcile_prechecks",
    "renew_prechecks",
    "reopen",
    "reply",
    "resolve",
    "revise",
    "run_prechecks_again",
    "send_back",
    "set_precheck_severity",
    "submit",
    "verify",
]
