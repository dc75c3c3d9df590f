"""Pages of review: one's tasks, the decision, and a version's way to review and back."""

from approvals.review.views.decision import DecisionPage
from approvals.review.views.tasks import TaskList
from approvals.review.views.versions import (
    CancelPage,
    CarryPage,
    CommentPage,
    RecallPage,
    SendBackPage,
    SubmitPage,
)

__all__ = [
    "CancelPage",
    "CarryPage",
    "CommentPage",
    "DecisionPage",
    "RecallPage",
    "SendBackPage",
    "SubmitPage",
    "TaskList",
]
