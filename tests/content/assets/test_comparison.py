"""What differs between two revisions: pages, regions, words, packages, regulated data."""

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from rest_framework.test import APIClient

from approvals.review.actions import recall
from content import child as children
from content.assets.actions import upload_revision
from content.assets.comparison import child as engine
from content.assets.comparison import compare, earlier_than, fields_that_differ
from content.assets.models import Revision, Version
from tests.factories import T0
from tests.factories.assets import (
    PREPARED_ON,
    make_asset,
    make_html,
    make_image,
    make_pdf,
    make_version,
    make_zip,
    upload,
)
from tests.factories.people import Cast
from tests.factories.review import in_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storages["derived"], "_location", str(tmp_path))
    for name in ("base_location", "location"):
        storages["derived"].__dict__.pop(name, None)


def revised(cast: Cast, before: Any, after: Any, **fields: Any) -> tuple[Revision, Revision]:
    version = make_version(make_asset(by=cast.pm, products=[cast.product], **fields), files=before)
    first = version.current_revision
    second = upload_revision(
        version.pk, files=after, prepared_on=PREPARED_ON, by=cast.pm, now=T0, change_summary=""
    )
    return first, second


class TestPdf:
    def test_the_changed_word_is_found_with_its_place(self, cast: Cast) -> None:
        before, after = revised(
            cast, [make_pdf("Efficace chez 80 patients")], [make_pdf("Efficace chez 90 patients")]
        )
        [file] = compare(before, after)
        assert (file.status, file.compared) == ("changed", True)
        [page] = file.changed_places
        assert (page["before"], page["after"], page["status"]) == (1, 1, "changed")
        assert [run for run in page["words"] if run[0] != "="] == [["-", "80"], ["+", "90"]]
        [(x, y, width, height)] = page["regions"]
        # The words stand near the top left of the page; only the number differs.
        assert 0.1 < x < 0.5
        assert y < 0.15
        assert width < 0.2
        assert height < 0.1

    def test_a_page_put_in_the_middle_moves_no_other(self, cast: Cast) -> None:
        def document(*texts: str) -> Any:
            import pikepdf

            whole = pikepdf.new()
            for text in texts:
                with pikepdf.open(make_pdf(text)) as part:
                    whole.pages.extend(part.pages)
            stream = io.BytesIO()
            whole.save(stream, deterministic_id=True)
            return upload("brochure.pdf", stream.getvalue())

        before, after = revised(cast, [document("Un", "Trois")], [document("Un", "Deux", "Trois")])
        [file] = compare(before, after)
        assert [(p["before"], p["after"], p["status"]) for p in file.places or []] == [
            (1, 1, "same"),
            (None, 2, "added"),
            (2, 3, "same"),
        ]

    def test_other_bytes_that_look_the_same_differ_nowhere(self, cast: Cast) -> None:
        same = make_pdf("Texte").read()
        before, after = revised(
            cast, [upload("a.pdf", same)], [upload("a.pdf", same + b"\n% a comment\n")]
        )
        [file] = compare(before, after)
        assert (file.status, file.changed_places) == ("changed", [])

    def test_what_was_compared_is_kept(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        before, after = revised(cast, [make_pdf("Un")], [make_pdf("Deux")])
        first = compare(before, after)
        monkeypatch.setattr(children, "answer_of", lambda *a, **k: pytest.fail("compared twice"))
        assert compare(before, after) == first

    def test_what_never_ends_is_said_and_not_kept(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, after = revised(cast, [make_pdf("Un")], [make_pdf("Deux")])
        with monkeypatch.context() as patch:
            patch.setattr(children, "answer_of", lambda *a, **k: None)
            [file] = compare(before, after)
        assert (file.status, file.compared) == ("changed", False)
        assert compare(before, after)[0].compared


def with_checksum(content: bytes, wanted: int) -> bytes:
    """Return content with four bytes more, which give it the CRC-32 that is wanted."""
    state = wanted ^ 0xFFFFFFFF
    for _bit in range(32):
        state = (((state ^ 0xEDB88320) << 1) | 1) if state >> 31 else state << 1
    return content + (state ^ zlib.crc32(content) ^ 0xFFFFFFFF).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<p>Dose : 5\xe9</p>", b"<p>Dose : 5\xe8</p>"),
        (b"a " * engine.MAX_TEXT + b"5 mg", b"a " * engine.MAX_TEXT + b"9 mg"),
    ],
)
def test_what_words_do_not_show_is_a_change_all_the_same(before: bytes, after: bytes) -> None:
    [place] = engine.compare_sources(before, after)
    assert place["status"] == "changed"
    [place] = engine.compare_sources(before, before + b"\n")
    assert place["status"] == "same"


@pytest.mark.parametrize("seen", [(255, 255, 80, 255), (255, 255, 255, 0)])
def test_pale_colours_and_transparency_are_seen(seen: tuple[int, ...]) -> None:
    before = Image.new("RGBA", (80, 80), "white")
    after = before.copy()
    ImageDraw.Draw(after).rectangle((16, 16, 31, 31), fill=seen)
    assert engine.regions_that_differ(before, after) == [[0.2, 0.2, 0.2, 0.2]]


class TestOtherFormats:
    def test_pictures(self, cast: Cast) -> None:
        picture = Image.new("RGB", (400, 400), "white")
        ImageDraw.Draw(picture).rectangle((300, 40, 360, 80), fill="black")
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        before, after = revised(
            cast,
            [make_image("image.png", size=(400, 400))],
            [upload("image.png", stream.getvalue())],
            asset_type="banner",
        )
        [place] = compare(before, after)[0].changed_places
        [(x, y, width, height)] = place["regions"]
        assert (round(x, 1), round(y, 1)) == (0.7, 0.1)
        assert width < 0.25
        assert height < 0.2

    def test_an_email_by_its_source(self, cast: Cast) -> None:
        before, after = revised(
            cast,
            [make_html("<p>Bonjour {{name}}</p>")],
            [make_html("<p>Bonsoir {{name}}</p>")],
            asset_type="email_template",
        )
        [place] = compare(before, after)[0].changed_places
        assert [run for run in place["words"] if run[0] != "="] == [
            ["-", "Bonjour"],
            ["+", "Bonsoir"],
        ]

    def test_a_package_by_its_entries(self, cast: Cast) -> None:
        old = {"index.html": b"<p>Un</p>", "img/a.png": b"1", "gone.css": b"p{}"}
        new = {"index.html": b"<p>Deux</p>", "img/a.png": b"2", "new.css": b"p{}"}
        before, after = revised(cast, [make_zip(old)], [make_zip(new)], asset_type="slide")
        [file] = compare(before, after)
        assert {p["name"]: p["status"] for p in file.places or []} == {
            "index.html": "changed",
            "img/a.png": "changed",
            "gone.css": "removed",
            "new.css": "added",
        }

    def test_an_entry_with_the_checksum_of_another_is_changed(self, cast: Cast) -> None:
        old = b"500 mg par jour" + bytes(4)
        new = with_checksum(b"900 mg par jour", zlib.crc32(old))
        assert (zlib.crc32(new), len(new)) == (zlib.crc32(old), len(old))
        before, after = revised(
            cast, [make_zip({"a.txt": old})], [make_zip({"a.txt": new})], asset_type="slide"
        )
        [place] = compare(before, after)[0].places or []
        assert place["status"] == "changed"

    def test_files_are_paired_by_name_then_by_place(self, cast: Cast) -> None:
        before, after = revised(
            cast,
            [make_pdf("A", name="a.pdf"), make_pdf("B", name="b.pdf"), make_image("c.png")],
            [make_pdf("B2", name="b.pdf"), make_pdf("D", name="d.pdf")],
        )
        found = [
            (x.name, x.status, x.before and x.before.name, x.after and x.after.name)
            for x in compare(before, after)
        ]
        assert found == [
            ("b.pdf", "changed", "b.pdf", "b.pdf"),
            ("d.pdf", "added", None, "d.pdf"),
            ("a.pdf", "removed", "a.pdf", None),
            ("c.png", "removed", "c.png", None),
        ]


class TestWhatItIsComparedWith:
    def test_the_revision_before_else_the_version_before(self, cast: Cast) -> None:
        before, after = revised(cast, [make_pdf("Un")], [make_pdf("Deux")])
        assert earlier_than(after) == before
        assert earlier_than(before) is None
        assert compare(None, after)[0].status == "added"
        assert fields_that_differ(before, after) == {}

    def test_what_reviewers_last_saw_goes_before_what_was_replaced_unseen(self, cast: Cast) -> None:
        cycle = in_review(cast)
        seen = cycle.revision
        recall(seen.version_id, reason="Un autre fichier", by=cast.pm, now=T0)
        for text in ("Deux", "Trois"):
            third = upload_revision(
                seen.version_id,
                files=[make_pdf(text)],
                prepared_on=PREPARED_ON,
                by=cast.pm,
                now=T0,
                change_summary="",
            )
        assert earlier_than(third) == seen

    def test_the_api_says_it_all(self, cast: Cast) -> None:
        _before, after = revised(cast, [make_pdf("Un")], [make_pdf("Deux")])
        client = APIClient()
        client.force_authenticate(cast.medical)
        path = f"/api/v1/versions/{after.version_id}/compare/"
        said = client.get(path).json()
        assert (said["before"]["revision"], said["after"]["revision"]) == (1, 2)
        assert said["files"][0]["places"][0]["words"] == [["-", "Un"], ["+", "Deux"]]
        assert said["fields"] == {}
        assert client.get(path, {"with": "1"}).json() == said
        same = client.get(path, {"with": "2"}).json()
        assert same["files"][0]["status"] == "same"
        assert client.get(path, {"revision": "1"}).json()["before"] is None
        assert client.get(path, {"with": "9"}).status_code == 404
        refused = client.get(path, {"with": "x"})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["with"])
        empty = Version.objects.get(
            pk=make_version(make_asset(by=cast.pm, products=[cast.product]), files=[]).pk
        )
        assert client.get(f"/api/v1/versions/{empty.pk}/compare/").status_code == 404
        client.force_authenticate(cast.pm2)
        assert client.get(path).status_code == 404


WORDS = st.lists(st.sampled_from(["dose", "10", "mg", "<p>", "par", "jour", "\n"]), max_size=20)


@given(WORDS, WORDS)
def test_the_runs_give_both_texts_back(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    runs = engine.words_that_differ(old, new)
    if old.split() == new.split():
        assert runs == []
        return
    kept_or_removed = " ".join(text for kind, text in runs if kind in "=-")
    kept_or_added = " ".join(text for kind, text in runs if kind in "=+")
    assert kept_or_removed.split() == old.split()
    assert kept_or_added.split() == new.split()


CELLS = st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40)


@given(CELLS)
def test_every_changed_cell_lies_in_a_region(cells: set[tuple[int, int]]) -> None:
    boxes = engine._joined(cells)
    for x, y in cells:
        assert any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)
