"""Look into files before the act that keeps them, as credentials are proved before a signed act.

A large PDF is parsed for up to ten seconds; an act, which holds locks, is short. What opens a
transaction round the act (a form sent once, an ``Idempotency-Key``) calls these before it; the
actions call them for whatever was not inspected yet, so that nothing is kept without.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from approvals.audit import StateConflict
from approvals.people.models import User
from content.assets.inspection import Inspected, inspect_files
from content.assets.models import Asset, AssetType, Version
from content.assets.policies import check_can_create_version, check_can_upload

Uploaded = Sequence["UploadedFile[Any] | Inspected"]


def inspected_for_asset(
    asset_id: int, files: Uploaded, *, by: User, now: datetime
) -> list[Inspected]:
    """Return the files of a new version, each inspected; there may be none.

    :raises PolicyDenied: ``not_owner``: only for who may keep them does the machine work.
    :raises StateConflict: ``open_version``.
    :raises InvalidInput: field ``files``.
    """
    asset = Asset.objects.select_related("asset_type", "owner").get(pk=asset_id)
    check_can_create_version(asset, by, now)
    return _inspected(files, asset.asset_type) if files else []


def inspected_for_version(
    version_id: int, files: Uploaded, *, by: User, now: datetime
) -> list[Inspected]:
    """Return the files of a new revision, each inspected.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    :raises InvalidInput: field ``files``, also where there are none.
    """
    versions = Version.objects.select_related("asset__asset_type", "asset__owner")
    version: Version = versions.get(pk=version_id)
    check_can_upload(version, by, now)
    return _inspected(files, version.asset.asset_type)


def _inspected(files: Uploaded, asset_type: AssetType) -> list[Inspected]:
    """Inspect what was not yet: all of the files, or none where all were.

    :raises TypeError: for some of each, which no caller means.
    """
    done = [file for file in files if isinstance(file, Inspected)]
    if done and len(done) < len(files):
        raise TypeError("Inspect all files of an upload together.")
    return done or inspect_files(files, asset_type)


def check_inspected_for(files: Sequence[Inspected], asset: Asset) -> None:
    """Refuse files that were inspected for what the asset is no longer.

    :raises StateConflict: ``changed_meanwhile``.
    """
    if any(file.asset_type_id != asset.asset_type_id for file in files):
        raise StateConflict(
            "changed_meanwhile",
            _("The type of the asset changed while you uploaded: upload the files again."),
        )
