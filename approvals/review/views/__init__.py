"""Pages of review: one's tasks, the workspace, and a version's way to review and back."""

from approvals.review.views.comments import NewComment, Reply, Resolve, Verify
from approvals.review.views.decision import DecisionPage, ReopenPage
from approvals.review.views.document import (
    BesideDocument,
    BesidePicture,
    DocumentPage,
    DocumentPicture,
    EarlierDocument,
)
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
    "BesideDocument",
    "BesidePicture",
    "CancelPage",
    "CarryPage",
    "CommentPage",
    "DecisionPage",
    "DocumentPage",
    "DocumentPicture",
    "EarlierDocument",
    "NewComment",
    "RecallPage",
    "ReopenPage",
    "Reply",
    "Resolve",
    "ResolvePage",
    "SendBackPage",
    "SubmitPage",
    "TaskList",
    "Verify",
]
