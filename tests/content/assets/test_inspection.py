"""Upload attacks (SECURITY.md, attacks 6): each refused at ``files``, with its sentence."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.audit import InvalidInput
from content.assets import packages
from content.assets.enums import FileFormat
from content.assets.inspection import Inspected, inspect, inspect_files
from content.assets.models import AssetType
from tests.factories.assets import make_html, make_image, make_pdf, make_zip, pdf_bytes, upload

EVERYTHING = AssetType(
    code="all", name_fr="Tout", name_en="All", formats=[str(code) for code in FileFormat]
)


class Named:
    """A file whose name no framework has cleaned."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.size, self._file = name, len(content), io.BytesIO(content)
        self.read, self.seek, self.tell = self._file.read, self._file.seek, self._file.tell


def refusal_of(file: Any, asset_type: AssetType = EVERYTHING) -> str:
    with pytest.raises(InvalidInput) as refusal, translation.override("en"):
        inspect(file, asset_type)
    assert list(refusal.value.errors) == ["files"]
    return str(refusal.value.message)


def pdf_with(change: Callable[[pikepdf.Pdf], None], **save: Any) -> SimpleUploadedFile:
    pdf = pikepdf.open(io.BytesIO(pdf_bytes()))
    change(pdf)
    stream = io.BytesIO()
    pdf.save(stream, **save)
    return upload("brochure.pdf", stream.getvalue())


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        ("file", "expected"),
        [
            (make_pdf(), "pdf"),
            (make_pdf("Élégant (été)", pages=3), "pdf"),
            (make_html(), "html"),
            (make_html("<tr><td>Bonjour</td></tr>"), "html"),
            (upload("a.htm", "\ufeff<!-- v1 -->\n<!DOCTYPE html><html>é</html>".encode()), "html"),
            (make_zip(), "zip"),
            (make_image("a.png"), "png"),
            (make_image("a.jpg"), "jpeg"),
            (make_image("A.JPEG"), "jpeg"),
            (upload("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(64)), "mp4"),
            (upload("son.mp3", b"ID3\x04\x00" + bytes(64)), "mp3"),
            (upload("son.mp3", b"\xff\xfb\x90\x64" + bytes(64)), "mp3"),
            (upload("Fiche posologique – v2 (été).pdf", pdf_bytes()), "pdf"),
        ],
        ids=lambda value: getattr(value, "name", value),
    )
    def test_a_real_file_is_known_by_its_bytes(self, file: Any, expected: str) -> None:
        found = inspect(file, EVERYTHING)
        assert found == Inspected(file.name, FileFormat(expected), file, EVERYTHING.pk)
        assert file.tell() == 0

    def test_the_smpc_of_the_shared_data_opens(self, shared_data: Path) -> None:
        content = (shared_data / "pdf" / "spc_zypadhera_fr.pdf").read_bytes()
        assert inspect(upload("rcp.pdf", content), EVERYTHING).format == FileFormat.PDF


class TestNamesAndSizes:
    @pytest.mark.parametrize(
        "name",
        [
            "brochure\x00.pdf",
            "brochure.pdf\r\nSet-Cookie: a=b.pdf",
            "brochure\u202efdp.pdf",
            "bro\u200bchure.pdf",
            "bro\u2028chure.pdf",
            "../brochure.pdf",
            "a/b.pdf",
            "a\\b.pdf",
            "x" * 200 + ".pdf",
            "..",
            " ",
            "",
        ],
    )
    def test_a_name_that_lies_or_is_a_path(self, name: str) -> None:
        said = refusal_of(Named(name, pdf_bytes()))
        assert all(char.isprintable() for char in said)

    def test_an_empty_file(self) -> None:
        assert "empty" in refusal_of(upload("brochure.pdf", b""))

    def test_over_the_limit(self, settings: Any) -> None:
        settings.UPLOAD_MAX_MB = 1
        file = upload("brochure.pdf", pdf_bytes() + bytes(1024 * 1024))
        assert "1 MB" in refusal_of(file)

    def test_no_file_and_too_many_files(self) -> None:
        for files in ([], [make_pdf(name=f"{n}.pdf") for n in range(101)]):
            with pytest.raises(InvalidInput) as refusal:
                inspect_files(files, EVERYTHING)
            assert list(refusal.value.errors) == ["files"]

    def test_two_files_of_one_name(self) -> None:
        with pytest.raises(InvalidInput):
            inspect_files([make_pdf(name="a.pdf"), make_pdf(name="A.pdf")], EVERYTHING)


class TestFormats:
    def test_a_format_that_the_type_does_not_take(self) -> None:
        brochure = AssetType(code="b", name_fr="Brochure", name_en="Brochure", formats=["pdf"])
        said = refusal_of(make_zip(name="brochure.zip"), brochure)
        assert "PDF" in said

    @pytest.mark.parametrize(
        "name", ["image.svg", "page.xhtml", "macro.docm", "brochure", "a.pdf.exe", "a.pdf "]
    )
    def test_a_format_that_nobody_takes(self, name: str) -> None:
        assert refusal_of(Named(name, b"<svg onload='alert(1)'/>"))

    @pytest.mark.parametrize("wrong", ["pdf", "png", "jpg", "zip", "mp4", "mp3", "html"])
    @pytest.mark.parametrize("true", ["pdf", "png", "jpg", "zip", "html"])
    def test_an_extension_that_is_not_the_content(self, wrong: str, true: str) -> None:
        contents = {
            "pdf": pdf_bytes(),
            "png": make_image("a.png").read(),
            "jpg": make_image("a.jpg").read(),
            "zip": make_zip().read(),
            "html": make_html().read(),
        }
        file = upload(f"brochure.{wrong}", contents[true])
        if wrong == true:
            assert inspect(file, EVERYTHING)
        else:
            assert refusal_of(file)

    def test_an_svg_with_a_script_under_other_names(self) -> None:
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        for name in ("image.png", "image.jpg", "page.html"):
            assert refusal_of(upload(name, svg))

    @pytest.mark.parametrize("kind", ["png", "jpg"])
    def test_a_polyglot_of_image_and_html(self, kind: str) -> None:
        image = make_image(f"a.{kind}").read()
        both = image + b"<html><script>alert(1)</script></html>"
        assert refusal_of(upload(f"a.{kind}", both))
        assert refusal_of(upload("a.html", both))

    @pytest.mark.parametrize("kind", ["png", "jpg"])
    def test_a_cut_image(self, kind: str) -> None:
        assert refusal_of(upload(f"a.{kind}", make_image(f"a.{kind}").read()[:-20]))

    def test_an_image_of_too_many_pixels(self) -> None:
        header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        import zlib

        bomb = (
            b"\x89PNG\r\n\x1a\n"
            + struct.pack(">I", 13)
            + header
            + struct.pack(">I", zlib.crc32(header))
            + b"\x00\x00\x00\x00IEND\xaeB`\x82"
        )
        assert refusal_of(upload("a.png", bomb))

    @pytest.mark.parametrize(
        "content",
        [
            "<html>é</html>".encode("latin-1"),
            b"<html>\x00</html>",
            "<html></html>".encode("utf-16"),
            b"hello",
            b"<?php echo 1 ?>",
            b"<html>" + b"x" * 5000 + b"\xff</html>",
            b"<html>" + b"x" * 5000 + b"\x00</html>",
        ],
    )
    def test_html_that_is_not_utf8_text_or_not_html(self, content: bytes) -> None:
        assert refusal_of(upload("mail.html", content))


class TestPdf:
    @pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 500])
    def test_a_damaged_pdf(self, content: bytes) -> None:
        assert "damaged" in refusal_of(upload("brochure.pdf", content))

    def test_a_pdf_behind_something_else(self) -> None:
        assert refusal_of(upload("brochure.pdf", b"<html></html>" + pdf_bytes()))

    @pytest.mark.parametrize("user", ["secret", ""])
    def test_an_encrypted_pdf(self, user: str) -> None:
        file = pdf_with(
            lambda pdf: None, encryption=pikepdf.Encryption(user=user, owner="owner", R=6)
        )
        assert "password" in refusal_of(file)

    def test_scripts_wherever_they_hide(self) -> None:
        def on_open(pdf: pikepdf.Pdf) -> None:
            pdf.Root.OpenAction = pikepdf.Dictionary(
                S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
            )

        def by_name(pdf: pikepdf.Pdf) -> None:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pdf.make_stream(b"1"))
            tree = pikepdf.Dictionary(Names=[pikepdf.String("a"), pdf.make_indirect(action)])
            pdf.Root.Names = pikepdf.Dictionary(JavaScript=tree)

        def on_page(pdf: pikepdf.Pdf) -> None:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
            pdf.pages[0].AA = pikepdf.Dictionary(O=action)

        def in_form(pdf: pikepdf.Pdf) -> None:
            pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=[])

        for hide in (on_open, by_name, on_page, in_form):
            for options in ({}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}):
                assert "script" in refusal_of(pdf_with(hide, **options)), hide.__name__

    def test_an_escaped_name_hides_nothing(self) -> None:
        def on_open(pdf: pikepdf.Pdf) -> None:
            pdf.Root.OpenAction = pikepdf.Dictionary(
                S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
            )

        plain = pdf_with(on_open, object_stream_mode=pikepdf.ObjectStreamMode.disable).read()
        assert b"/JavaScript" in plain
        escaped = plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4aS ")
        assert "script" in refusal_of(upload("brochure.pdf", escaped))

    def test_an_embedded_file(self) -> None:
        def attach(pdf: pikepdf.Pdf) -> None:
            pdf.attachments["virus.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ")

        assert "another file" in refusal_of(pdf_with(attach))

    def test_an_action_that_starts_a_program(self) -> None:
        def launch(pdf: pikepdf.Pdf) -> None:
            action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
            pdf.pages[0].Annots = [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=[0, 0, 10, 10],
                    A=action,
                )
            ]

        assert "program" in refusal_of(pdf_with(launch))

    def test_words_that_only_look_like_a_script_are_text(self) -> None:
        def name(pdf: pikepdf.Pdf) -> None:
            pdf.docinfo["/Title"] = pikepdf.String("Les effets (/JS /JavaScript /EF) du score")

        assert inspect(pdf_with(name), EVERYTHING)

    def test_a_pdf_that_unfolds_without_end_is_stopped(self, monkeypatch: Any) -> None:
        from content.assets import pdf_probe

        monkeypatch.setattr(pdf_probe, "CPU_SECONDS", 0)
        assert "complicated" in refusal_of(make_pdf("Never looked at before"))


def package(entries: Mapping[str, bytes] | None = None, **info: Any) -> SimpleUploadedFile:
    """Return a package one of whose entries has the given attributes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("index.html", b"<html></html>")
        if info:
            entry = zipfile.ZipInfo(info.pop("filename", "img/a.png"))
            for name, value in info.items():
                setattr(entry, name, value)
            made.writestr(entry, b"x")
        for name, content in (entries or {}).items():
            made.writestr(name, content)
    return upload("slide.zip", stream.getvalue())


class TestPackages:
    def test_a_package_with_folders_is_accepted(self) -> None:
        entries = {"img/": b"", "img/a.png": b"\x89PNG", "index.html": b"<html></html>"}
        assert inspect(make_zip(entries), EVERYTHING)

    @pytest.mark.parametrize(
        "name",
        [
            "../evil.html",
            "img/../../evil.html",
            "/etc/passwd",
            "C:/evil.html",
            "img\\..\\evil.html",
            "a\x00.html",
            "a\u202egpj.html",
        ],
    )
    def test_a_path_that_leaves_the_package(self, name: str) -> None:
        file = package({name: b"x"})
        if "\x00" in name:
            # zipfile cuts the name when it writes; put the NUL back where it reads.
            raw = make_zip({"aXb.html": b"x"}).read().replace(b"aXb.html", b"a\x00b.html")
            file = upload("slide.zip", raw)
        assert refusal_of(file)

    def test_a_symbolic_link(self) -> None:
        assert "link" in refusal_of(package(create_system=3, external_attr=0o120777 << 16))

    def test_a_device(self) -> None:
        assert "link" in refusal_of(package(create_system=3, external_attr=0o060666 << 16))

    def test_an_encrypted_package(self) -> None:
        raw = bytearray(make_zip({"index.html": b"<html></html>"}).read())
        raw[6] |= 1
        central = raw.rfind(b"PK\x01\x02")
        raw[central + 8] |= 1
        assert "encrypted" in refusal_of(upload("slide.zip", bytes(raw)))

    def test_a_package_in_the_package(self) -> None:
        nested = make_zip().read()
        assert "inside" in refusal_of(package({"a.zip": b"x"}))
        assert "inside" in refusal_of(package({"img/a.png": nested}))
        assert "inside" in refusal_of(package({"a.bin": b"\x1f\x8b\x08"}))

    def test_too_many_entries(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            for number in range(packages.MAX_ENTRIES + 1):
                made.writestr(f"{number}.txt", b"")
        assert "too many" in refusal_of(upload("slide.zip", stream.getvalue()))

    def test_a_hundred_thousand_entries_are_refused_before_they_are_read(
        self, monkeypatch: Any
    ) -> None:
        def never(*args: Any, **kwargs: Any) -> None:
            raise AssertionError("the directory was parsed")

        content = b"PK\x03\x04" + bytes(26)
        directory = 100_000 * 60
        # Its end record lies about the count; the size of the directory does not help it.
        for count, size in ((0xFFFF, directory), (10, directory)):
            record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, 0, 0)
            with monkeypatch.context() as patched:
                patched.setattr(zipfile, "ZipFile", never)
                assert "too many" in refusal_of(upload("slide.zip", content + record))

    def test_a_bomb_by_its_ratio(self) -> None:
        assert "unfolds" in refusal_of(package({"big.txt": bytes(4 * 1024 * 1024)}))

    def test_a_bomb_by_its_size(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(packages, "MAX_BYTES", 10)
        assert "unfolds" in refusal_of(package({"a.txt": b"more than ten bytes"}))

    def test_a_bomb_that_understates_itself(self) -> None:
        raw = bytearray(make_zip({"big.txt": b"a" * 5000}).read())
        central = raw.rfind(b"PK\x01\x02")
        raw[central + 24 : central + 28] = struct.pack("<I", 10)
        assert "damaged" in refusal_of(upload("slide.zip", bytes(raw)))

    def test_the_same_entry_twice(self) -> None:
        with pytest.warns(UserWarning, match="Duplicate"):
            file = package({"index.html": b"<html>other</html>"})
        assert "twice" in refusal_of(file)

    def test_a_damaged_or_empty_package(self) -> None:
        raw = make_zip().read()
        stream = io.BytesIO()
        zipfile.ZipFile(stream, "w").close()
        for content in (raw[:-30], raw[:42] + b"xx" + raw[44:], stream.getvalue(), b"PK\x03\x04"):
            assert refusal_of(upload("slide.zip", content))


def outcome_of(file: Any) -> list[str]:
    """Return the fields of the refusal, or the name of what was accepted; nothing else may come."""
    try:
        return [inspect(file, EVERYTHING).name]
    except InvalidInput as refusal:
        return list(refusal.errors)


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=400),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<html>"]),
    name=st.sampled_from(["a.zip", "a.png", "a.jpg", "a.html", "a.mp4", "a.mp3"]),
)
def test_whatever_the_bytes_are_the_answer_is_yes_or_a_sentence(
    content: bytes, start: bytes, name: str
) -> None:
    assert outcome_of(upload(name, start + content)) in (["files"], [name])


@settings(max_examples=60, deadline=None)
@given(position=st.integers(min_value=0), value=st.integers(min_value=0, max_value=255))
def test_a_package_with_one_byte_changed_is_yes_or_a_sentence(position: int, value: int) -> None:
    raw = bytearray(make_zip({"index.html": b"<html>abc</html>", "img/a.png": b"x"}).read())
    raw[position % len(raw)] = value
    assert outcome_of(upload("slide.zip", bytes(raw))) in (["files"], ["slide.zip"])
