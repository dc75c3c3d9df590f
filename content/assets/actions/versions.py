"""Open versions, upload their revisions, freeze what is submitted."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act, current_act
from approvals.people.enums import OWNERS, Role
from approvals.people.models import SYSTEM_USERNAME, User
from content.assets.actions.assets import locked_asset, record_involvement, visa_category
from content.assets.actions.uploads import (
    Uploaded,
    check_inspected_for,
    inspected_for_asset,
    inspected_for_version,
)
from content.assets.digests import canonical_metadata, digest_of
from content.assets.enums import ChangeKind, InvolvementKind, State
from content.assets.inspection import Inspected
from content.assets.models import Asset, Revision, RevisionFile, Version
from content.assets.policies import check_can_create_version, check_can_upload
from content.assets.signals import revision_added
from content.files import keep

# A renewal or a minor modification follows a version that the authority once cleared.
NEEDS_A_PREDECESSOR = (ChangeKind.RENEWAL, ChangeKind.MINOR_MODIFICATION)


def create_version(
    asset_id: int, *, files: Uploaded = (), by: User, now: datetime, **given: Any
) -> Version:
    """Open the next version of an asset, with its first revision where files are given.

    The files are inspected before the act; ``given`` are the further fields of the act below.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``open_version``: one version is open at a time.
    :raises InvalidInput: at ``files``, ``prepared_on``, ``change_kind`` or ``subject``.
    """
    inspected = inspected_for_asset(asset_id, files, by=by, now=now)
    return _create_version(asset_id, files=inspected, by=by, now=now, **given)


@act("create_version", roles=OWNERS)
def _create_version(
    asset_id: int,
    *,
    files: Sequence[Inspected],
    prepared_on: date | None = None,
    change_summary: str = "",
    change_kind: str = ChangeKind.CONTENT,
    subject: str = "",
    by: User,
    now: datetime,
) -> Version:
    asset = locked_asset(asset_id)
    check_can_create_version(asset, by, now)
    check_inspected_for(files, asset)
    last = asset.versions.order_by("-number").first()
    category = visa_category(asset)
    version = Version(
        asset=asset,
        number=last.number + 1 if last else 1,
        change_kind=_read_change_kind(asset, change_kind),
        change_summary=_read_summary(change_summary),
        subject=_read_subject(asset, subject),
        created_by=by,
        created_at=now,
        state_since=now,
        visa_category=category,
        needs_visa=bool(category),
    )
    version.save(force_insert=True)
    record_involvement(version, asset.owner, InvolvementKind.OWNED)
    for person in _editors_since(asset, last):
        record_involvement(version, person, InvolvementKind.EDITED)
    if by.pk != asset.owner_id:
        record_involvement(version, by, InvolvementKind.EDITED)
    if files:
        _add_revision(version, files, prepared_on, change_summary, by=by, now=now)
    return version


def _read_change_kind(asset: Asset, change_kind: str) -> str:
    if change_kind not in ChangeKind.values:
        raise InvalidInput.at(
            "change_kind",
            _("“%(value)s” is not one of: %(choices)s.")
            % {"value": change_kind, "choices": ", ".join(ChangeKind.values)},
        )
    if not asset.versions.exists() and change_kind != ChangeKind.CONTENT:
        raise InvalidInput.at(
            "change_kind", _("The first version changes nothing: its kind of change is content.")
        )
    if change_kind in NEEDS_A_PREDECESSOR and not _was_ever_cleared(asset):
        raise InvalidInput.at(
            "change_kind",
            _("No earlier version of %(code)s was cleared or released: choose content.")
            % {"code": asset.code},
        )
    return str(change_kind)


def _was_ever_cleared(asset: Asset) -> bool:
    """Whether a version stands cleared, or was ever released (its visa, if any, remembered)."""
    return any(
        version.state == State.CLEARED
        or version.released_at is not None
        or version.visa_id is not None
        for version in asset.versions.all()
    )


def _read_subject(asset: Asset, subject: str) -> str:
    subject = " ".join(str(subject or "").split())
    if len(subject) > 300:
        raise InvalidInput.at("subject", _("The subject is too long: 300 characters at most."))
    if subject and not asset.asset_type.is_email:
        raise InvalidInput.at("subject", _("Only an e-mail has a subject: leave it empty."))
    return subject


def _read_summary(text: str) -> str:
    text = str(text or "").strip()
    if "\x00" in text or len(text) > 5000:
        raise InvalidInput.at(
            "change_summary", _("Sum the change up in 5,000 plain characters at most.")
        )
    return text


def _editors_since(asset: Asset, last: Version | None) -> list[User]:
    """Return who edited the asset since its last version was opened: they prepared this one."""
    rows = asset.history.all()
    if last is not None:
        rows = rows.filter(history_date__gt=last.created_at)
    editors = set(rows.values_list("history_user", flat=True)) - {None, asset.owner_id}
    found = User.objects.filter(pk__in=editors).exclude(username=SYSTEM_USERNAME)
    return list(found.order_by("pk"))


def upload_revision(
    version_id: int,
    *,
    files: Uploaded,
    prepared_on: date | None,
    change_summary: str = "",
    by: User,
    now: datetime,
) -> Revision:
    """Add a new revision to a version; the earlier ones stay as they are.

    The files are inspected before the act.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    :raises InvalidInput: at ``files``, ``prepared_on`` or ``change_summary``.
    """
    inspected = inspected_for_version(version_id, files, by=by, now=now)
    return _upload_revision(
        version_id,
        files=inspected,
        prepared_on=prepared_on,
        change_summary=change_summary,
        by=by,
        now=now,
    )


@act("upload_revision", roles=(*OWNERS, Role.AGENCY))
def _upload_revision(
    version_id: int,
    *,
    files: Sequence[Inspected],
    prepared_on: date | None,
    change_summary: str,
    by: User,
    now: datetime,
) -> Revision:
    versions = Version.objects.locked().select_related("asset__asset_type", "asset__owner")
    version: Version = versions.get(pk=version_id)
    check_can_upload(version, by, now)
    check_inspected_for(files, version.asset)
    return _add_revision(version, files, prepared_on, change_summary, by=by, now=now)


def _add_revision(
    version: Version,
    files: Sequence[Inspected],
    prepared_on: date | None,
    change_summary: str,
    *,
    by: User,
    now: datetime,
) -> Revision:
    if prepared_on is None:
        raise InvalidInput.at(
            "prepared_on", _("Give the date of preparation that is printed on the material.")
        )
    last = version.current_revision
    revision = Revision(
        version=version,
        number=last.number + 1 if last else 1,
        prepared_on=prepared_on,
        change_summary=_read_summary(change_summary),
        uploaded_by=by,
        uploaded_at=now,
    )
    revision.save(force_insert=True)
    for position, inspected in enumerate(files, start=1):
        stored = keep(inspected.file)
        RevisionFile(
            revision=revision,
            position=position,
            name=inspected.name,
            format=inspected.format,
            size=stored.size,
            sha256=stored.sha256,
        ).save(force_insert=True)
    record_involvement(version, by, InvolvementKind.UPLOADED)
    revision_added.send(Revision, revision=revision, by=by, now=now)
    return revision


def freeze_revision(version: Version, *, now: datetime) -> Revision:
    """Freeze the current revision's regulated metadata and digest, inside the act that submits.

    Submitted again with changed metadata, the same files get another digest, which voids what was
    given on the first (invariant 4).

    :raises WriteOutsideAct: outside an act.
    :raises InvalidInput: field ``files`` where nothing was uploaded.
    """
    current_act()
    revision = version.current_revision
    if revision is None:
        raise InvalidInput.at(
            "files", _("%(version)s has no file: upload one first.") % {"version": version}
        )
    text = canonical_metadata(version, revision)
    hashes = list(revision.files.order_by("position").values_list("sha256", flat=True))
    digest = digest_of(text, hashes)
    if revision.digest != digest:
        revision.metadata_text, revision.digest, revision.frozen_at = text, digest, now
        revision.save()
    frozen: Any = revision
    return frozen  # type: ignore[no-any-return]
