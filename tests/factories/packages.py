"""Packages of frozen batches, made by their job."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from approvals.people.models import User
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import package_file, unfreeze_batch
from approvals.submissions.models import Batch, DepositPackage
from approvals.submissions.package import sheets
from content.outbox.actions import dispatch
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import freeze, make_approved, make_batch, proof_for

LATER = T0 + timedelta(hours=1)


def print_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bytes of a sheet follow from its HTML without a child: how it is set has its test."""

    def printed_together(pages: Any) -> list[bytes]:
        return [b"%PDF-1.7 " + page["html"].encode() for page in pages]

    monkeypatch.setattr(sheets, "printed_together", printed_together)


def frozen_batch(cast: Cast, count: int = 2) -> Batch:
    return freeze(cast, make_batch(cast, *(make_approved(cast) for _ in range(count))))


def reopen(cast: Cast, batch: Batch) -> Batch:
    return unfreeze_batch(
        batch.pk,
        reason="une pièce manque",
        credentials=proof_for(cast.regulatory, Meaning.BATCH_UNFREEZE, LATER),
        by=cast.regulatory,
        now=LATER,
    )


def package_of(batch: Batch) -> DepositPackage:
    """Return the newest package of a batch."""
    return DepositPackage.objects.of(batch)[0]


def run_job(batch: Batch) -> DepositPackage:
    """Dispatch what waits, and return the package as it is then."""
    dispatch(LATER)
    return package_of(batch)


def bytes_of(batch: Batch, by: User) -> bytes:
    with package_file(batch, by=by, now=LATER) as file:
        return bytes(file.read())


def unpacked(batch: Batch, by: User) -> dict[str, bytes]:
    """Return each file of a batch's package by its name."""
    with zipfile.ZipFile(io.BytesIO(bytes_of(batch, by))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
