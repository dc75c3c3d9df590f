"""The package of a frozen batch: what it holds, made twice the same, void with its freeze."""

import csv
import io
import json
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.files.storage import storages
from django.test import Client

from approvals.audit import PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import (
    add_piece,
    build,
    cancel_batch,
    edit_dossier,
    package_file,
    record_package,
    retry_package,
    unfreeze_batch,
)
from approvals.submissions.actions import packages as acts
from approvals.submissions.enums import PackageFault, PackageState
from approvals.submissions.models import Batch, DepositPackage, PackageSheet
from approvals.submissions.package import sheets
from approvals.submissions.package.archive import read_manifest
from content import printing
from content.files import open_stored, path_of
from content.outbox.actions import dispatch
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    proof_for,
    record_deposit,
    upload,
)

pytestmark = pytest.mark.django_db
LATER = T0 + timedelta(hours=1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets whose bytes follow from their HTML, without a child (one test prints real ones)."""

    def set_quickly(pages: Any) -> list[bytes]:
        return [b"%PDF-1.7 " + page["html"].encode() for page in pages]

    monkeypatch.setattr(sheets, "printed_together", set_quickly)


def frozen_batch(cast: Cast, count: int = 2) -> Batch:
    batch = make_batch(cast, *(make_approved(cast) for _ in range(count)))
    return freeze(cast, batch)


def the_package(batch: Batch) -> DepositPackage:
    found: DepositPackage | None = DepositPackage.objects.of(batch).first()
    assert found is not None
    return found


def made(batch: Batch) -> DepositPackage:
    """Have the job make a batch's package."""
    dispatch(LATER)
    package = the_package(batch)
    assert package.state == PackageState.READY, package.failure
    return package


def taken(batch: Batch, by: Any) -> zipfile.ZipFile:
    with package_file(batch, by=by, now=LATER) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def bytes_of(batch: Batch, by: Any) -> bytes:
    with package_file(batch, by=by, now=LATER) as file:
        return bytes(file.read())


@pytest.mark.slow
def test_look(cast: Cast, tmp_path: Path) -> None:
    batch = frozen_batch(cast)
    package = made(batch)
    data = bytes_of(batch, cast.regulatory)
    Path("/tmp/hB2_p.zip").write_bytes(data)
