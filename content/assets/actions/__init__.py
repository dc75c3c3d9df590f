"""The only writers of assets, versions and what is remembered of them."""

from content.assets.actions.assets import create_asset, edit_asset, transfer_asset
from content.assets.actions.dependencies import (
    add_dependency,
    remove_dependency,
    set_minimum_components,
)
from content.assets.actions.invitations import invite, withdraw_invitation
from content.assets.actions.uploads import inspected_for_asset, inspected_for_version
from content.assets.actions.versions import create_version, freeze_revision, upload_revision

__all__ = [
    "add_dependency",
    "create_asset",
    "create_version",
    "edit_asset",
    "freeze_revision",
    "inspected_for_asset",
    "inspected_for_version",
    "invite",
    "remove_dependency",
    "set_minimum_components",
    "transfer_asset",
    "upload_revision",
    "withdraw_invitation",
]
