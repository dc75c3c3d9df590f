"""Pictures of a PDF's pages: made once, within limits, for whom may see the file."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image
from rest_framework.test import APIClient

from approvals.people.models import User
from content import child
from content.assets.page_images import page_count, page_image
from content.files import keep
from tests.factories.assets import make_asset, make_pdf, make_version
from tests.factories.people import Cast

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _fresh_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each test's pictures apart: they are kept by the file's hash."""
    monkeypatch.setattr(storages["derived"], "_location", str(tmp_path))
    for name in ("base_location", "location"):
        storages["derived"].__dict__.pop(name, None)


def stored(content: Any) -> str:
    return keep(content).sha256


def test_a_page_is_drawn_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = stored(make_pdf("Protéger le cœur"))
    assert page_count(sha256) == 1
    picture = page_image(sha256, 1)
    assert picture is not None
    assert picture.startswith(PNG)
    width, height = Image.open(BytesIO(picture)).size
    assert width > 400
    assert height > 400

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("It was drawn before.")

    monkeypatch.setattr(child, "answer_of", never)
    assert page_image(sha256, 1) == picture


@pytest.mark.parametrize("page", [0, 2, 10**9])
def test_there_is_no_picture_of_a_page_that_is_not(page: int) -> None:
    assert page_image(stored(make_pdf("un")), page) is None


def test_what_cannot_be_drawn_has_no_page_and_the_failure_is_not_kept() -> None:
    sha256 = stored(ContentFile(b"%PDF-1.7 nothing of a PDF", name="broken.pdf"))
    assert page_count(sha256) == 0
    assert page_image(sha256, 1) is None
    assert not storages["derived"].exists(f"pages/{sha256[:2]}/{sha256}/count")


def test_a_drawing_that_never_ends_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text("while True: pass")
    assert child.answer_of(str(script), file=ContentFile(b"x"), cpu_seconds=1) is None


def test_a_drawing_that_eats_the_memory_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "hungry.py"
    script.write_text("b'x' * (2 * 1024 ** 3)")
    assert child.answer_of(str(script), file=ContentFile(b"x"), cpu_seconds=2) is None


@pytest.mark.slow
def test_the_real_smpc_has_fifty_pages(shared_data: Path) -> None:
    with (shared_data / "pdf" / "spc_zypadhera_fr.pdf").open("rb") as smpc:
        sha256 = stored(smpc)
    assert page_count(sha256) == 50
    last = page_image(sha256, 50)
    assert last is not None
    assert Image.open(BytesIO(last)).size[0] == 893  # A4, at 108 dots an inch


@pytest.mark.django_db
class TestApi:
    @staticmethod
    def get(person: User | None, address: str, **headers: str) -> Any:
        client = APIClient()
        if person is not None:
            client.force_login(person)
        return client.get(f"/api/v1/{address}", **headers)

    def test_it_answers_with_a_png_and_304_to_whom_has_it(self, cast: Cast) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        address = f"versions/{version.pk}/files/1/pages/1.png"
        answer = self.get(cast.medical, address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer.content.startswith(PNG)
        again = self.get(cast.medical, address, HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again.content) == (304, b"")

    def test_no_such_page_file_or_revision_is_404(self, cast: Cast) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        for rest in ("1/pages/2.png", "2/pages/1.png", "1/pages/1.png?revision=9"):
            answer = self.get(cast.pm, f"versions/{version.pk}/files/{rest}")
            assert answer.status_code == 404, rest
            assert answer["Content-Type"] == "application/problem+json"

    def test_only_for_those_who_see_the_version(self, cast: Cast) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        address = f"versions/{version.pk}/files/1/pages/1.png"
        for person in (cast.pm2, cast.rep, cast.admin, cast.agency):
            assert self.get(person, address).status_code == 404
        assert self.get(None, address).status_code == 401
