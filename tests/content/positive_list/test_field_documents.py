"""Documents that carry who opened them, and codes to print."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from approvals.people.actions import system_actor
from content import files as storage
from content.assets.enums import FileFormat
from content.assets.models import RevisionFile, Version
from content.positive_list import watermark
from content.positive_list.qr import address_of
from tests.factories import T0, keep
from tests.factories.assets import pdf_bytes
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _afternoon(cast: Cast, settings: Any) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    settings.FIELD_WATERMARK = True
    with time_machine.travel(T0 + timedelta(hours=5), tick=False):
        yield


@pytest.fixture
def rep(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rep)
    client.cookies["django_language"] = "en"
    return client


def with_file(version: Version, content: bytes, file_format: str = FileFormat.PDF) -> str:
    kept = storage.keep(ContentFile(content))
    file = RevisionFile(
        revision=version.current_revision,
        position=1,
        name=f"brochure.{file_format}",
        format=file_format,
        size=kept.size,
        sha256=kept.sha256,
    )
    keep(file, by=system_actor())
    return f"/a/{version.asset.code}/{version.number}/files/1/"


def words_on(content: bytes) -> list[str]:
    """Return each page's text, as another library than the one that stamped reads it."""
    pdf = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in pdf]


def turned(content: bytes) -> bytes:
    """Return a PDF of two pages, the second on its side."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.pages.append(pdf.pages[0])
        pdf.pages[1].rotate(90, relative=False)
        pdf.save(written)
    return written.getvalue()


class TestWatermark:
    def test_every_page_names_the_person_and_the_day(self, cast: Cast, rep: Client) -> None:
        original = turned(pdf_bytes("CARDIOMED 10 mg"))
        address = with_file(make_released(cast.product), original)
        answer = rep.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"].startswith("inline")
        pages = words_on(answer.content)
        assert len(pages) == 2
        for text in pages:
            assert "CARDIOMED 10 mg" in text
            assert f"{cast.rep} ({cast.rep.username})" in text
            assert "14 April 2026" in text

    def test_what_is_stored_is_what_was_reviewed(self, cast: Cast, rep: Client) -> None:
        original = pdf_bytes("CARDIOMED 10 mg")
        address = with_file(make_released(cast.product), original)
        sha256 = hashlib.sha256(original).hexdigest()
        assert hashlib.sha256(rep.get(address).content).hexdigest() != sha256
        assert storage.check_stored(sha256).size == len(original)

    def test_without_the_setting_the_file_is_as_it_was(
        self, cast: Cast, rep: Client, settings: Any
    ) -> None:
        settings.FIELD_WATERMARK = False
        original = pdf_bytes("CARDIOMED 10 mg")
        answer: Any = rep.get(with_file(make_released(cast.product), original))
        assert b"".join(answer.streaming_content) == original

    def test_what_cannot_be_marked_is_not_given(self, cast: Cast, rep: Client) -> None:
        address = with_file(make_released(cast.product), b"%PDF-1.7 broken")
        answer = rep.get(address)
        assert answer.status_code == 409
        assert b"%PDF" not in answer.content
        assert "could not be marked with your name" in answer.content.decode()

    def test_what_takes_too_long_is_not_given(
        self, cast: Cast, rep: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = with_file(make_released(cast.product), pdf_bytes("CARDIOMED 10 mg"))
        monkeypatch.setattr(watermark, "CPU_SECONDS", 0)
        assert rep.get(address).status_code == 409

    def test_other_formats_are_given_as_they_are(self, cast: Cast, rep: Client) -> None:
        address = with_file(make_released(cast.product), b"PK", FileFormat.ZIP)
        answer: Any = rep.get(address)
        assert b"".join(answer.streaming_content) == b"PK"


def modules_of(png: bytes) -> list[list[bool]]:
    """Return the dark modules of a code, from its picture."""
    picture = Image.open(io.BytesIO(png)).convert("1")
    side = picture.width // 10 - 8
    return [
        [picture.getpixel(((x + 4) * 10 + 5, (y + 4) * 10 + 5)) == 0 for x in range(side)]
        for y in range(side)
    ]


class TestCodes:
    def test_leads_to_the_very_version_even_a_draft(
        self, cast: Cast, client: Client, settings: Any
    ) -> None:
        settings.SITE_URL = "https://imprimatur.example"
        version = make_cleared(make_bare_asset(cast.product))
        address = f"https://imprimatur.example/a/{version.asset.code}/1/"
        assert address_of(version, settings.SITE_URL) == address
        client.force_login(cast.regulatory)
        answer = client.get(f"/admin/positive_list/qr/{version.asset.code}/1/png/")
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"].endswith(f'"{version.asset.code}-v1.png"')
        expected = segno.make(address, error="q", micro=False, boost_error=False).matrix
        assert modules_of(answer.content) == [[bool(one) for one in row] for row in expected]
        drawing = client.get(f"/admin/positive_list/qr/{version.asset.code}/1/svg/")
        assert drawing["Content-Type"] == "image/svg+xml"
        assert drawing.content.startswith(b"<?xml")

    def test_offered_on_the_versions_page(self, cast: Cast, client: Client) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        for person, offered in ((cast.pm, True), (cast.regulatory, True), (cast.medical, False)):
            client.force_login(person)
            page = client.get(version.get_absolute_url()).content.decode()
            address = f"/admin/positive_list/qr/{version.asset.code}/1/"
            assert (address in page) is offered, person

    def test_another_teams_is_not_there(self, cast: Cast, client: Client) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        client.force_login(cast.pm2)
        for code, number in ((version.asset.code, 1), ("FR-2026-999999", 1)):
            answer = client.get(f"/admin/positive_list/qr/{code}/{number}/svg/")
            assert answer.status_code == 404
        client.force_login(cast.pm)
        for rest in ("2/svg", "1/pdf"):
            answer = client.get(f"/admin/positive_list/qr/{version.asset.code}/{rest}/")
            assert answer.status_code == 404

    @pytest.mark.parametrize("name", ["rep", "msl", "medical", "pharmacist", "inspector", "agency"])
    def test_nobody_else_draws_one(self, cast: Cast, client: Client, name: str) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        client.force_login(getattr(cast, name))
        answer = client.get(f"/admin/positive_list/qr/{version.asset.code}/1/svg/")
        assert answer.status_code == 403
