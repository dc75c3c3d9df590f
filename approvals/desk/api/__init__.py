"""Resources over all apps: a version as a whole, its history and signatures, the trail."""

from approvals.desk.api.record import RecordJson, RecordPdf
from approvals.desk.api.trail import Trail
from approvals.desk.api.versions import VersionDetail, VersionHistory, VersionSignatures

__all__ = [
    "RecordJson",
    "RecordPdf",
    "Trail",
    "VersionDetail",
    "VersionHistory",
    "VersionSignatures",
]
