"""Assets and their versions, revisions, files and dependencies; visas, references, periods."""

from content.assets.models.assets import Asset, AssetNumber, AssetProduct, AssetType
from content.assets.models.facts import Interruption, Reference, Visa
from content.assets.models.invitations import Invitation
from content.assets.models.periods import Entry, Period
from content.assets.models.revisions import Dependency, Involvement, Revision, RevisionFile
from content.assets.models.versions import Version

__all__ = [
    "Asset",
    "AssetNumber",
    "AssetProduct",
    "AssetType",
    "Dependency",
    "Entry",
    "Interruption",
    "Invitation",
    "Involvement",
    "Period",
    "Reference",
    "Revision",
    "RevisionFile",
    "Version",
    "Visa",
]
