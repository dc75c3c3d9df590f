"""Real small files, assets and versions; a version in any state of its lifecycle."""

import io
import itertools
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions import create_asset, create_version, freeze_revision
from content.assets.actions.facts import mark_released
from content.assets.enums import State
from content.assets.models import Asset, Version
from content.calendar import add_months, paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import Product
from tests.factories import T0
from tests.factories.people import Cast

_numbers = itertools.count(1)
PREPARED_ON = date(2026, 3, 1)


def pdf_bytes(text: str = "CARDIOMED 10 mg", *, pages: int = 1) -> bytes:
    """Return a small real PDF whose text can be extracted."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    shown = text.encode("cp1252", errors="replace")
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    for number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[number]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        lines = b"".join(b"(" + line + b") Tj T* " for line in shown.split(b"\n"))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 14 TL 72 770 Td " + lines + b"ET")
    stream = io.BytesIO()
    pdf.save(stream, deterministic_id=True)
    return stream.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def make_pdf(
    text: str = "CARDIOMED 10 mg", *, name: str = "brochure.pdf", pages: int = 1
) -> SimpleUploadedFile:
    """Return an upload of a small real PDF."""
    return upload(name, pdf_bytes(text, pages=pages))


def make_image(name: str = "image.png", *, size: tuple[int, int] = (20, 20)) -> SimpleUploadedFile:
    """Return an upload of a small real image, its format by the name."""
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, "PNG" if name.endswith("png") else "JPEG")
    return upload(name, stream.getvalue())


def make_html(body: str = "<p>Bonjour</p>", *, name: str = "mail.html") -> SimpleUploadedFile:
    """Return an upload of a whole HTML document, or of a fragment that begins with ``<tr``."""
    whole = body if body.startswith("<tr") else f"<!DOCTYPE html><html><body>{body}</body></html>"
    return upload(name, whole.encode())


def make_zip(
    entries: Mapping[str, bytes] | None = None, *, name: str = "slide.zip"
) -> SimpleUploadedFile:
    """Return an upload of a real package."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in (entries or {"index.html": b"<html></html>"}).items():
            package.writestr(path, content)
    return upload(name, stream.getvalue())


def make_asset(
    *, by: User, products: list[Product] | None = None, now: datetime = T0, **fields: Any
) -> Asset:
    """Create an asset (a promotional brochure for professionals unless said otherwise).

    ``by`` must be in a team of the products; ``products`` are rows, other fields those of
    ``create_asset``.
    """
    given = {
        "title": f"Brochure {next(_numbers)}",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": [product.cis for product in products or []],
        "lead_product": products[0].cis if products else None,
        **fields,
    }
    return create_asset(by=by, now=now, **given)


FILES = {
    "email_template": make_html,
    "email_fragment": lambda: make_html("<tr><td>Texte</td></tr>", name="fragment.html"),
    "template_fragment": lambda: make_html("<tr><td>Pied</td></tr>", name="footer.html"),
    "eadv": make_zip,
    "slide": make_zip,
}


def make_version(
    asset: Asset, *, files: list[Any] | None = None, now: datetime = T0, **fields: Any
) -> Version:
    """Open the next version of an asset as its owner, with a small real file that its type takes.

    ``files=[]`` opens it empty.
    """
    if files is None:
        files = [FILES.get(asset.asset_type.code, make_pdf)()]
    fields = {"prepared_on": PREPARED_ON, **fields}
    return create_version(asset.pk, files=files, by=asset.owner, now=now, **fields)


# The shortest legal way to each state, as names of transitions.
WAYS: dict[str, tuple[str, ...]] = {
    State.DRAFT: (),
    State.IN_REVIEW: ("submit",),
    State.CHANGES_REQUESTED: ("submit", "request_changes"),
    State.APPROVED: ("submit", "approve"),
    State.IN_BATCH: ("submit", "approve", "add_to_batch"),
    State.DEPOSITED: ("submit", "approve", "add_to_batch", "deposit"),
    State.CLEARED: ("submit", "approve", "add_to_batch", "deposit", "grant"),
    State.REFUSED: ("submit", "approve", "add_to_batch", "deposit", "refuse"),
    State.RELEASED: ("submit", "approve", "release"),
    State.SUSPENDED: ("submit", "approve", "release", "suspend"),
    State.WITHDRAWN: ("submit", "approve", "release", "withdraw"),
    State.SUPERSEDED: ("submit", "approve", "release", "supersede"),
    State.EXPIRED: ("submit", "approve", "release", "expire"),
    State.CANCELLED: ("cancel",),
}


def drive(version: Version, to: State, *, now: datetime = T0, months: int = 24) -> Version:
    """Walk a draft to a state by its bare transitions, without the people who decide.

    For tests of what lies beyond: the revision is frozen, a release has its days and periods, but
    there are neither verdicts nor dossiers, visas or signatures.
    """
    return _drive(version.pk, to, months, by=system_actor(), now=now)


@act("factory")
def _drive(version_id: int, to: State, months: int, *, by: User, now: datetime) -> Version:
    lock_list_head()
    version: Version = Version.objects.get(pk=version_id)
    for name in WAYS[to]:
        if name == "submit":
            freeze_revision(version, now=now)
        getattr(version, name)(at=now)
        if name == "release":
            today = paris_day(now)
            end = version.expires_on or add_months(today, months)
            mark_released(version, valid_from=today, expires_on=end, by=by, now=now)
        else:
            version.save()
    return version


def make_released(
    cast: Cast, *, product: Product | None = None, now: datetime = T0, **fields: Any
) -> Version:
    """Return a released version of a new brochure of the cast's ``pm``."""
    asset = make_asset(by=cast.pm, products=[product or cast.product], now=now, **fields)
    return drive(make_version(asset, now=now), State.RELEASED, now=now)
