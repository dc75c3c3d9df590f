"""Windows and plans, batches and dossiers, the authority's decisions."""

from approvals.submissions.models.batches import Batch, BatchSeal
from approvals.submissions.models.calendars import CalendarAddress
from approvals.submissions.models.decisions import Decision
from approvals.submissions.models.dossiers import Dossier, DossierPiece
from approvals.submissions.models.form import FormQuestion, PieceRule
from approvals.submissions.models.notices import NoticePlan
from approvals.submissions.models.packages import DepositPackage, PackageSheet
from approvals.submissions.models.windows import DepositWindow, PlannedDeposit, ReferenceCounter

__all__ = [
    "Batch",
    "BatchSeal",
    "CalendarAddress",
    "Decision",
    "DepositPackage",
    "DepositWindow",
    "Dossier",
    "DossierPiece",
    "FormQuestion",
    "NoticePlan",
    "PackageSheet",
    "PieceRule",
    "PlannedDeposit",
    "ReferenceCounter",
]
