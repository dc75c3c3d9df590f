"""The words of a stored file and where they stand; what crashes or never ends answers nothing."""

import io
from pathlib import Path

import pikepdf
import pytest

from content.assets import text_reader
from content.assets.document_text import boxes_in, read_text
from content.files import keep
from tests.factories.assets import make_html, make_image, make_zip, pdf_bytes


def kept(content: bytes) -> str:
    return keep(io.BytesIO(content)).sha256


def linked(content: bytes, address: str, *, turned: int = 0) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
        )
        pdf.pages[0].Annots = pikepdf.Array([note])
        pdf.pages[0].Rotate = turned
        stream = io.BytesIO()
        pdf.save(stream)
    return stream.getvalue()


def test_each_page_of_a_pdf_with_its_links_and_the_place_of_its_words() -> None:
    address = "https://base-donnees-publique.medicaments.gouv.fr/"
    sha256 = kept(linked(pdf_bytes("CARDIOMED 10 mg", pages=2), address))
    found = read_text(sha256, "pdf")
    assert found is not None
    assert [part.text.strip() for part in found.parts] == ["CARDIOMED 10 mg"] * 2
    assert (found.links, found.whole, found.is_blank) == ((address,), True, False)
    (box,) = boxes_in(sha256, [(2, 0, 9)])
    assert box is not None
    x, y, width, height = box
    # 72 points from the left and 770 from the bottom of an A4 page.
    assert x == pytest.approx(72 / 595, abs=0.01)
    assert y + height == pytest.approx((842 - 770) / 842, abs=0.02)
    assert 0.05 < width < 0.3
    assert height < 0.05


def test_a_turned_page_is_told_as_it_is_drawn() -> None:
    sha256 = kept(linked(pdf_bytes("CARDIOMED"), "https://x.example/", turned=90))
    (box,) = boxes_in(sha256, [(1, 0, 9)])
    assert box is not None
    # Written along the top, drawn down the right side.
    assert box[0] > 0.8
    assert box[3] > box[2]


def test_a_page_is_read_as_people_see_it() -> None:
    body = "<style>x</style><p>Lire <b>atten</b>tivement</p><script>y</script><img alt='Logo'>"
    file = make_html(body + "<a href='https://x.example/'>lien</a>")
    found = read_text(kept(file.read()), "html")
    assert found is not None
    assert " ".join(found.text.split()) == "Lire attentivement Logo lien"
    assert found.links == ("https://x.example/",)


def test_the_pages_of_a_package_by_their_names() -> None:
    entries = {"b/two.html": b"<p>Deux</p>", "a/one.html": b"<p>Un</p>", "a/x.js": b"<p>Non</p>"}
    found = read_text(kept(make_zip(entries).read()), "zip")
    assert found is not None
    assert [(part.name, part.text.strip()) for part in found.parts] == [
        ("a/one.html", "Un"),
        ("b/two.html", "Deux"),
    ]


@pytest.mark.parametrize("file_format", ["pdf", "zip"])
def test_what_is_broken_answers_nothing(file_format: str) -> None:
    sha256 = kept(b"%PDF-1.7 nothing of the kind")
    assert read_text(sha256, file_format) is None
    assert boxes_in(sha256, [(1, 0, 3)]) == [None]


def test_images_and_sound_hold_no_words() -> None:
    assert read_text(kept(make_image().read()), "png") is None


@pytest.mark.parametrize("fault", ["while True: pass", "import os; os.abort()", "x = 'a' * 2**40"])
def test_a_reader_that_never_ends_or_crashes_answers_nothing(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "reader.py"
    script.write_text(fault)
    monkeypatch.setattr(text_reader, "__file__", str(script))
    monkeypatch.setattr(text_reader, "CPU_SECONDS", 1)
    assert read_text(kept(pdf_bytes()), "pdf") is None


@pytest.mark.parametrize("short", [0, 1, 5])
@pytest.mark.parametrize("kind", ["zip", "pdf"])
def test_a_last_page_that_is_cut_is_not_the_whole(
    kind: str, short: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = make_zip({"a.html": b"<b>Abc</b>", "b.html": b"<b>Defg</b>"}).read()
    content = package if kind == "zip" else pdf_bytes("Abcdefg")
    read = text_reader.READERS[kind]
    length = sum(len(part["text"]) for part in read(content)["parts"])
    monkeypatch.setattr(text_reader, "LONGEST_TEXT", length - short)
    said = read(content)
    assert sum(len(part["text"]) for part in said["parts"]) == length - short
    assert said["whole"] == (short == 0)


def test_a_page_of_a_package_that_is_read_in_part_is_not_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_reader, "LONGEST_PAGE", 5)
    package = make_zip({"a.html": b"<b>Abc</b>"}).read()
    assert not text_reader.READERS["zip"](package)["whole"]
