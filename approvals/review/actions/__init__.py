"""The writers of review: one public function per business verb."""

from approvals.review.actions.carries import carry
from approvals.review.actions.changes import answer_changes, revise
from approvals.review.actions.comments import comment, keep_refusal, reply, resolve, verify
from approvals.review.actions.decisions import claim, decide, reassign, reopen
from approvals.review.actions.lifecycle import cancel, recall, send_back, submit
from approvals.review.actions.pool import end_lead, name_lead, unclaim
from approvals.review.actions.routes import save_route

__all__ = [
    "answer_changes",
    "cancel",
    "carry",
    "claim",
    "comment",
    "decide",
    "end_lead",
    "keep_refusal",
    "name_lead",
    "reassign",
    "recall",
    "reopen",
    "reply",
    "resolve",
    "revise",
    "save_route",
    "send_back",
    "submit",
    "unclaim",
    "verify",
]
