"""The outcome for a real medicine: its rows of the public database, its SmPC as the document."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.test import Client

from approvals.people.actions import system_actor
from content.access.actions import add_product_to_team
from content.catalogue.actions import import_public_database
from content.catalogue.bdpm import FILES, read_extract
from content.catalogue.models import Product
from tests.factories import T0
from tests.scenarios.api_walk import People, listed, released, signed

CIS = "65000788"  # ZYPADHERA 300 mg
PAGES = 2 + 50  # the brochure, then the SmPC

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("shared_data"),
]


class RealPeople(People):
    """The cast with the real product, and a file made of its real SmPC."""

    def __init__(self, people: People, product: Product, smpc: Path) -> None:
        super().__init__(people.cast, people.clock)
        self.product = product
        self.smpc = smpc

    def document(self, reference: str) -> bytes:
        """Return the SmPC's own pages behind the brochure that shows the reference."""
        written = BytesIO()
        with (
            pikepdf.open(BytesIO(super().document(reference))) as joined,
            pikepdf.open(self.smpc) as smpc,
        ):
            joined.pages.extend(smpc.pages)
            joined.save(written)
        return written.getvalue()


def imported(folder: Path, rows: Path) -> Product:
    """Import the product's own rows, as they stand in the real files."""
    for name in FILES:
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        (rows / name).write_bytes(b"".join(line for line in lines if line.startswith(CIS.encode())))
    report = import_public_database(read_extract(rows), by=system_actor(), now=T0)
    assert (report.added, report.skipped) == (1, [])
    return Product.objects.get(cis=CIS)


def test_a_real_medicine_goes_from_upload_to_the_field(
    people: People, shared_data: Path, tmp_path: Path
) -> None:
    product = imported(shared_data / "bdpm", tmp_path)
    assert product.name.startswith("ZYPADHERA 300 mg")
    add_product_to_team(people.cast.cardiology.pk, product.pk, by=system_actor(), now=T0)
    real = RealPeople(people, product, shared_data / "pdf" / "spc_zypadhera_fr.pdf")

    code, version = released(real)

    assert listed(real, "rep", code, f"product={CIS}")
    assert not listed(real, "rep2", code)
    rep = Client()
    rep.force_login(people.cast.rep)
    shown = rep.get(f"/a/{code}/1/files/1/")
    with pikepdf.open(BytesIO(b"".join(shown.streaming_content))) as read:  # type: ignore[attr-defined]
        assert len(read.pages) == PAGES
    body = {"reason": "Le RCP a changé.", "signature": signed("withdrawal")}
    real.do("pharmacist", f"versions/{version}/withdraw/", body)
    assert not listed(real, "rep", code)
