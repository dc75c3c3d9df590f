"""The package of a batch: ordered by the freeze, made by a job, void with the freeze (ADR 0032).

Files are read and sheets are set before the act that records the result: no lock waits for them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File

from approvals.audit import StateConflict, act, current_act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.submissions.actions.locking import lock_batch
from approvals.submissions.enums import PackageFault, PackageState
from approvals.submissions.models import Batch, BatchSeal, DepositPackage, Dossier, PackageSheet
from approvals.submissions.notifications import tell_package
from approvals.submissions.package.archive import keep_manifest, write_archive
from approvals.submissions.package.contents import keep_contents, read_contents
from approvals.submissions.package.sheets import sheets_of
from approvals.submissions.policies import (
    BATCH_ROLES,
    PACKAGE_READERS,
    check_can_download,
    check_can_retry,
    job_key,
)
from content.assets.derived import keep_file, kept_file
from content.files import StoredFileFault, hash_of, keep
from content.outbox.actions import queue_job
from content.printing import PangoMissing, PrintingFailed

# The job's registered name.
MAKE_PACKAGE = "approvals.submissions.tasks.make_package"
FAULTS: dict[type[Exception], PackageFault] = {
    StoredFileFault: PackageFault.ALTERED,
    PangoMissing: PackageFault.NO_PANGO,
    PrintingFailed: PackageFault.NOT_SET,
    OSError: PackageFault.NO_ROOM,
}


@dataclass(frozen=True)
class Made:
    """What a build ended with: the names of its bytes, or why there are none."""

    manifest: str = ""
    sha256: str = ""
    size: int = 0
    failure: str = ""


def order_package(seal: BatchSeal, dossiers: Sequence[Dossier], *, now: datetime) -> DepositPackage:
    """Tell what the freeze under way covers, and have its package made by a job."""
    package = DepositPackage(seal=seal, contents=keep_contents(seal, dossiers), total=len(dossiers))
    package.save(force_insert=True)
    _queue(package, now)
    return package


def _queue(package: DepositPackage, now: datetime) -> None:
    key = f"{job_key(package)}{now.isoformat()}"
    queue_job(MAKE_PACKAGE, {"package": package.pk}, key=key, now=now)


def void_package(batch: Batch, *, now: datetime) -> None:
    """Void the package of a batch that is reopened or cancelled, inside the act under way."""
    for package in DepositPackage.objects.of(batch).exclude(state=PackageState.VOID):
        package.state, package.failure, package.voided_at = PackageState.VOID, "", now
        package.save()


def build(package_id: int) -> Made | None:
    """Make a package that is in preparation; None where it is not, or was voided meanwhile.

    Not one act: each few sheets are kept as they are made, so that a build goes on where one
    stopped.
    """
    package = DepositPackage.objects.with_batch().get(pk=package_id)
    try:
        manifest = package.manifest or _manifest(package)
        return _archive(package, manifest) if manifest else None
    except tuple(FAULTS) as fault:
        return Made(failure=next(FAULTS[kind] for kind in FAULTS if isinstance(fault, kind)))


def _manifest(package: DepositPackage) -> str:
    contents = read_contents(package.contents)
    made = dict(package.sheets.values_list("position", "sha256"))
    if not _in_preparation(package):
        return ""
    for few in sheets_of(contents, set(made)):
        if not _in_preparation(package):
            return ""
        made |= _keep_sheets(package, few)
    return keep_manifest(contents, made)


def _in_preparation(package: DepositPackage) -> bool:
    building = DepositPackage.objects.filter(pk=package.pk, state=PackageState.BUILDING)
    return building.exists()


def _keep_sheets(package: DepositPackage, few: Sequence[tuple[int, bytes]]) -> Mapping[int, str]:
    """Keep printed sheets; what another run of the same job kept first stands."""
    rows = [
        PackageSheet(package=package, position=position, sha256=keep(ContentFile(pdf)).sha256)
        for position, pdf in few
    ]
    PackageSheet.objects.bulk_create(rows, ignore_conflicts=True)
    positions = [position for position, _pdf in few]
    return dict(package.sheets.filter(position__in=positions).values_list("position", "sha256"))


def _archive(package: DepositPackage, manifest: str) -> Made:
    """Write the ZIP on disk, never all in memory, and keep it where what is derived is."""
    with tempfile.TemporaryFile() as target:
        write_archive(target, manifest, frozen_at=package.seal.sealed_at)
        found = hash_of(target)
        if package.sha256 and found.sha256 != package.sha256:
            return Made(failure=PackageFault.NOT_THE_SAME)
        keep_file(_path(found.sha256), target)
    return Made(manifest, found.sha256, found.size)


def _path(sha256: str) -> str:
    return f"packages/{sha256[:2]}/{sha256}.zip"


@act("record_package")
def record_package(package_id: int, made: Made, *, by: User, now: datetime) -> DepositPackage:
    """Record that a package is made, or why not, and tell who froze the batch.

    :raises PolicyDenied: unless ``by`` is the system.
    """
    check_system(by)
    package = _locked(package_id)
    wanted = PackageState.FAILED if made.failure else PackageState.READY
    if package.state in (PackageState.VOID, wanted):
        return package
    package.state, package.failure = wanted, made.failure
    if wanted == PackageState.READY:
        package.manifest, package.sha256, package.size = made.manifest, made.sha256, made.size
        package.made_at = package.made_at or now
    package.save()
    tell_package(package, now=now)
    return package


def _locked(package_id: int) -> DepositPackage:
    """Lock a package through its batch; return it as it is under the lock."""
    package = DepositPackage.objects.with_batch().get(pk=package_id)
    lock_batch(package.seal.batch_id)
    return DepositPackage.objects.with_batch().get(pk=package_id)


@act("retry_package", roles=BATCH_ROLES)
def retry_package(batch_id: int, *, by: User, now: datetime) -> DepositPackage:
    """Have a package made again that could not be made.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``package_not_failed``.
    """
    batch = lock_batch(batch_id)
    package = DepositPackage.objects.of(batch).first()
    check_can_retry(package, by)
    assert package is not None
    package.state, package.failure = PackageState.BUILDING, ""
    package.save()
    _queue(package, now)
    return package


def package_file(batch: Batch, *, by: User, now: datetime) -> File:
    """Hand over the ZIP of a batch; cleared away, it is made again from its manifest.

    Who took it stands in the trail. Not one act: where its bytes are not the recorded ones, that
    is recorded before the refusal.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``batch_not_frozen``, ``package_void``, ``package_not_ready``,
        ``package_failed``.
    """
    package = check_can_download(batch, DepositPackage.objects.of(batch).first(), by)
    found = _kept_unaltered(package)
    if found is None:
        made = build(package.pk)
        if made is not None and made.failure:
            record_package(package.pk, made, by=system_actor(), now=now)
        package = check_can_download(batch, DepositPackage.objects.of(batch).first(), by)
        found = kept_file(_path(package.sha256))
    if found is None:
        raise StateConflict("package_failed", str(PackageFault.NO_ROOM.label))
    record_package_taken(package, by=by, now=now)
    return found


def _kept_unaltered(package: DepositPackage) -> Any:
    """Open the kept ZIP where its bytes are the recorded ones."""
    found = kept_file(_path(package.sha256))
    if found is None:
        return None
    if hash_of(found).sha256 != package.sha256:
        found.close()
        return None
    found.seek(0)
    return found


@act("export_package", roles=PACKAGE_READERS)
def record_package_taken(package: DepositPackage, *, by: User, now: datetime) -> None:
    """Record that a package is handed over, and which bytes it is.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: where it is void or not made.
    """
    check_can_download(package.seal.batch, package, by)
    current_act().note(batch=package.seal.batch_id, package=package.pk, sha256=package.sha256)
