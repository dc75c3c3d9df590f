"""Pages of review: one's tasks, the workspace, and a version's way to review and back."""

from approvals.review.views.agencies import (
    InvitationComment,
    InvitationFile,
    InvitationList,
    InvitationPage,
    InvitationUpload,
)
from approvals.review.views.comments import NewComment, Reply, Resolve, Verify
from approvals.review.views.decision import DecisionPage, ReopenPage
from approvals.review.views.document import (
    BesideDocument,
    BesidePicture,
    DocumentPage,
    DocumentPicture,
    EarlierDocument,
)
from approvals.review.views.figures import FiguresPage
from approvals.review.views.minor_modifications import MinorModification, NewMinorModification
from approvals.review.views.pool import (
    AssignPage,
    ClaimPage,
    EndLeadPage,
    LeadList,
    LoadPage,
    NameLeadPage,
    UnclaimPage,
)
from approvals.review.views.prechecks import RunPrechecksPage, SeverityPage
from approvals.review.views.reminders import RemindersPage
from approvals.review.views.routes import (
    CopyRoute,
    NewRoute,
    RouteEditor,
    RouteList,
    RoutePage,
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
    "AssignPage",
    "BesideDocument",
    "BesidePicture",
    "CancelPage",
    "CarryPage",
    "ClaimPage",
    "CommentPage",
    "CopyRoute",
    "DecisionPage",
    "DocumentPage",
    "DocumentPicture",
    "EarlierDocument",
    "EndLeadPage",
    "FiguresPage",
    "InvitationComment",
    "InvitationFile",
    "InvitationList",
    "InvitationPage",
    "InvitationUpload",
    "LeadList",
    "LoadPage",
    "MinorModification",
    "NameLeadPage",
    "NewComment",
    "NewMinorModification",
    "NewRoute",
    "RecallPage",
    "RemindersPage",
    "ReopenPage",
    "Reply",
    "Resolve",
    "ResolvePage",
    "RouteEditor",
    "RouteList",
    "RoutePage",
    "RunPrechecksPage",
    "SendBackPage",
    "SeverityPage",
    "SubmitPage",
    "TaskList",
    "UnclaimPage",
    "Verify",
]
