"""Pages over all apps: homes, an asset, a version, one's own profile. Actions write."""

from approvals.desk.views.assets import AssetList, AssetPage
from approvals.desk.views.factors import (
    FactorChallenge,
    FactorCodes,
    FactorCodesRenew,
    FactorKey,
    FactorRemove,
    Factors,
    FactorTotp,
)
from approvals.desk.views.home import Home
from approvals.desk.views.people import (
    Deactivate,
    FactorsReset,
    NewPerson,
    PasswordReset,
    Reactivate,
    RoleGive,
    RoleTake,
    Unlock,
)
from approvals.desk.views.profile import Accountability, Language, PasswordChange, Profile
from approvals.desk.views.public_database import Alerts, Imports
from approvals.desk.views.record import RecordPage
from approvals.desk.views.trail import TrailExport, TrailPage
from approvals.desk.views.versions import VersionFile, VersionPage, VersionTrail

__all__ = [
    "Accountability",
    "Alerts",
    "AssetList",
    "AssetPage",
    "Deactivate",
    "FactorChallenge",
    "FactorCodes",
    "FactorCodesRenew",
    "FactorKey",
    "FactorRemove",
    "FactorTotp",
    "Factors",
    "FactorsReset",
    "Home",
    "Imports",
    "Language",
    "NewPerson",
    "PasswordChange",
    "PasswordReset",
    "Profile",
    "Reactivate",
    "RecordPage",
    "RoleGive",
    "RoleTake",
    "TrailExport",
    "TrailPage",
    "Unlock",
    "VersionFile",
    "VersionPage",
    "VersionTrail",
]
