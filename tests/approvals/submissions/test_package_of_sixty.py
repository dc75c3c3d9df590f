"""The Done-when of issue 4: sixty dossiers with real PDFs, by the job, within limits, twice.

The test prints what it took; the figure of docs/operations.md comes from here.
"""

import base64
import io
import random
import resource
import subprocess
import time
import tracemalloc
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.storage import storages
from PIL import Image

from approvals.submissions.actions import add_piece
from approvals.submissions.enums import PackageState
from approvals.submissions.models import DepositPackage, PackageSheet
from approvals.submissions.tasks import make_package
from content.outbox.actions import dispatch
from content.printing import printed_together
from tests.factories import T0, keep
from tests.factories.packages import LATER, bytes_of, package_of
from tests.factories.people import Cast
from tests.factories.submissions import (
    approve,
    freeze,
    make_batch,
    make_draft,
    plan,
    pm_window,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.long]
DOSSIERS = 60
# A PDF of several pages whose pictures do not shrink: what a brochure weighs.
PARAGRAPH = "<p>" + "Chaque mention de cette brochure est étayée par une référence. " * 40 + "</p>"
# In bytes: what the job holds at once is a few sheets, never the package.
MEMORY = 20_000_000


def real_pdf(title: str, references: list[str], image: str = "") -> bytes:
    """Set a document of several pages that shows every reference: one file serves them all."""
    listed = "".join(f"<li>{reference}</li>" for reference in references)
    shown = f'<img alt="" src="{image}">' if image else ""
    html = (
        f'<html lang="fr"><title>{title}</title><h1>{title}</h1><ul>{listed}</ul>'
        + f"<h2>Mentions</h2>{PARAGRAPH * 8}{shown}</html>"
    )
    return printed_together([{"html": html, "identifier": title}])[0]


def picture() -> str:
    """Return a picture that does not shrink, as an address that holds it."""
    noise = Image.frombytes("RGB", (600, 600), random.Random(4).randbytes(600 * 600 * 3))
    written = io.BytesIO()
    noise.save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()


def processor_seconds() -> float:
    """Return what this process and the children that ended have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def build_again(package_id: int, cast: Cast) -> tuple[str, int]:
    """Forget all that was made of a package and make it again: its SHA-256, the memory it took."""
    package = DepositPackage.objects.get(pk=package_id)
    storages["derived"].delete(f"packages/{package.sha256[:2]}/{package.sha256}.zip")
    PackageSheet.objects.all().delete()
    package.manifest, package.sha256, package.size, package.made_at = "", "", None, None
    package.state = PackageState.BUILDING
    keep(package, by=cast.regulatory)
    tracemalloc.start()
    make_package(package_id)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return DepositPackage.objects.get(pk=package_id).sha256, peak


def test_sixty_dossiers_are_packed_by_the_job_twice_the_same(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    references = [f"26/04/{cast.product.cis}/PM/{n:03d}" for n in range(1, DOSSIERS + 1)]
    brochure = real_pdf("Protéger le cœur", references, picture())
    study = real_pdf("Étude CARDIO-1", references[:1])
    assert len(pypdfium2.PdfDocument(brochure)) > 3
    versions = []
    for _number in range(DOSSIERS):
        version = make_draft(cast)
        plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        versions.append(approve(version, content=brochure))
    batch = make_batch(cast, *versions)
    for dossier in batch.dossiers.all():
        file = upload("étude.pdf", study)
        add_piece(dossier.pk, kind="reference", file=file, by=cast.regulatory, now=T0)
    freeze(cast, batch)

    started, worked = time.monotonic(), processor_seconds()
    dispatch(LATER)
    seconds, worked = time.monotonic() - started, processor_seconds() - worked

    package = package_of(batch)
    assert (package.state, package.done) == (PackageState.READY, DOSSIERS), package.failure
    assert package.size > 2 * MEMORY
    first = bytes_of(batch, cast.regulatory)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert len(archive.namelist()) == 7 * DOSSIERS + 4
        archive.extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "manifest.sha256"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.count(": OK") == 7 * DOSSIERS + 3
    again, peak = build_again(package.pk, cast)
    assert again == package.sha256
    assert peak < MEMORY
    assert bytes_of(batch, cast.regulatory) == first
    with capsys.disabled():
        print(
            f"\n{DOSSIERS} dossiers, {len(first) / 1e6:.0f} MB: {seconds:.0f} s,"
            f" {worked:.0f} s of processor, at most {peak / 1e6:.0f} MB in the job"
        )
