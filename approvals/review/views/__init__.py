"""Pages of review: one's tasks, the decision, and a version's way to review and back."""

from approvals.review.views.decision import DecisionPage
from approvals.review.views.document import DocumentPage, DocumentPicture
from approvals.review.views.prechecks import RunPrechecksPage, SeverityPage
from approvals.review.views.tasks import TaskList
from approvals.review.views.versions import (
    AnswerPage,
    CancelPage,
    CarryPage,
    CommentPage,
    RecallPage,
    ResolvePage,
    SendBackPage,
    SubmitPage,
)

__all__ = [
    "AnswerPage",
    "CancelPage",
    "CarryPage",
    "CommentPage",
    "DecisionPage",
    "DocumentPage",
    "DocumentPicture",
    "RecallPage",
    "ResolvePage",
    "RunPrechecksPage",
    "SendBackPage",
    "SeverityPage",
    "SubmitPage",
    "TaskList",
]
