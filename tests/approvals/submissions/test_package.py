"""The package of a frozen batch: what it holds, and that its bytes never change."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import storages
from django.utils import translation

from approvals.audit.models import AuditEvent
from approvals.submissions.actions import add_piece, build, edit_dossier, miss
from approvals.submissions.enums import PackageState
from approvals.submissions.models import Batch, PackageSheet
from content.files import open_stored
from content.outbox.actions import dispatch
from content.outbox.models import Message
from tests.factories import T0, keep
from tests.factories.packages import (
    LATER,
    bytes_of,
    frozen_batch,
    package_of,
    print_quickly,
    reopen,
    run_job,
    unpacked,
)
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    record_deposit,
    upload,
)

pytestmark = pytest.mark.django_db
FOLDER = "26-04-60000001-PM-001"


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "slow" not in request.keywords:
        print_quickly(monkeypatch)


def rows_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


class TestContents:
    def test_each_dossier_has_its_folder_and_everything_is_in_the_manifest(
        self, cast: Cast
    ) -> None:
        batch = make_batch(cast, make_approved(cast), make_approved(cast))
        dossier = batch.dossiers.earliest("pk")
        for kind in ("script", "reference", "letter", "other"):
            add_piece(dossier.pk, kind=kind, file=upload(), by=cast.regulatory, now=T0)
        freeze(cast, batch)
        package = run_job(batch)
        files = unpacked(batch, cast.regulatory)
        receipt = batch.dossiers.get(pk=dossier.pk)
        assert [name for name in files if name.startswith(FOLDER)] == [
            f"{FOLDER}/{receipt.receipt_number}.pdf",
            f"{FOLDER}/autres/piece.pdf",
            f"{FOLDER}/fiche.pdf",
            f"{FOLDER}/form.csv",
            f"{FOLDER}/form.json",
            f"{FOLDER}/lettres/piece.pdf",
            f"{FOLDER}/rcp/rcp.pdf",
            f"{FOLDER}/references/piece.pdf",
            f"{FOLDER}/script/piece.pdf",
            f"{FOLDER}/support/01_file.pdf",
        ]
        assert [name for name in files if "/" not in name] == [
            *("batch.json", "bordereau.pdf", "lot.csv", "manifest.sha256"),
        ]
        lines = files.pop("manifest.sha256").decode().splitlines()
        assert lines == [
            f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)
        ]
        assert (package.state, package.done, package.total) == (PackageState.READY, 2, 2)

    def test_the_files_of_the_frozen_revision_are_there_byte_for_byte(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        run_job(batch)
        (file,) = batch.dossiers.get().revision.files.all()
        with open_stored(file.sha256) as stored:
            kept = stored.read()
        assert unpacked(batch, cast.regulatory)[f"{FOLDER}/support/01_file.pdf"] == kept

    def test_the_form_is_told_in_the_authority_s_order_in_french(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        dossier = batch.dossiers.get()
        change = {"context": "campaign"}
        edit_dossier(dossier.pk, changes=change, by=cast.regulatory, now=T0)
        with translation.override("en"):
            freeze(cast, batch)
            run_job(batch)
        files = unpacked(batch, cast.regulatory)
        told = json.loads(files[f"{FOLDER}/form.json"])
        heads, *rows = rows_in(files[f"{FOLDER}/form.csv"])
        assert heads == ["clé", "question", "réponse", "obligatoire"]
        assert [row[0] for row in rows] == [answer["key"] for answer in told]
        values = {answer["value"] for answer in told}
        assert {"26/04/60000001/PM/001", "60000001", "campagne"} <= values
        assert batch.dossiers.get().receipt_number in values

    def test_a_cell_is_no_formula(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        dossier = batch.dossiers.get()
        change = {"former_reference": "=1+1", "modified_elements": "@SUM(A1)"}
        edit_dossier(dossier.pk, changes=change, by=cast.regulatory, now=T0)
        freeze(cast, batch)
        run_job(batch)
        files = unpacked(batch, cast.regulatory)
        _heads, row = rows_in(files["lot.csv"])
        cells = {*row, *(cell for row in rows_in(files[f"{FOLDER}/form.csv"]) for cell in row)}
        assert {"'=1+1", "'@SUM(A1)"} <= cells
        assert not any(cell.startswith(("=", "@", "+", "-")) for cell in cells)

    def test_what_came_after_the_freeze_is_not_in_it(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        dossier = batch.dossiers.get()
        add_piece(dossier.pk, kind="letter", file=upload("tard.pdf"), by=cast.regulatory, now=T0)
        record_deposit(cast, dossier)
        late = {"registration_number": "ANSM-77"}
        edit_dossier(dossier.pk, changes=late, by=cast.regulatory, now=T0)
        run_job(batch)
        files = unpacked(batch, cast.regulatory)
        assert not any("tard" in name or "ar.pdf" in name for name in files)
        assert b"ANSM-77" not in b"".join(files.values())

    def test_hostile_names_stay_in_their_folder(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        dossier = batch.dossiers.get()
        names = [
            *("..%2f..%2fetc.pdf", "œuvre d'été.pdf", "OEUVRE_D_ETE.PDF", "con.pdf", "-rf.pdf"),
            *(f"{'long ' * 38}.pdf", '"; rm -rf ~; #.pdf', "日本.pdf", "a=b*c?.pdf"),
        ]
        for name in names:
            add_piece(dossier.pk, kind="other", file=upload(name), by=cast.regulatory, now=T0)
        freeze(cast, batch)
        run_job(batch)
        inside = [name for name in unpacked(batch, cast.regulatory) if "/autres/" in name]
        assert len(inside) == len(names) == len({name.casefold() for name in inside})
        for name in inside:
            folder, autres, last = name.split("/")
            assert (folder, autres) == (FOLDER, "autres")
            assert set(last) <= set(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
            )
            assert len(last) <= 80
            assert not last.startswith((".", "-"))
            assert last.casefold().endswith(".pdf")


class TestSameBytes:
    def test_it_is_dated_with_the_freeze_and_not_compressed(self, cast: Cast) -> None:
        batch = frozen_batch(cast)
        run_job(batch)
        with zipfile.ZipFile(io.BytesIO(bytes_of(batch, cast.regulatory))) as archive:
            entries = archive.infolist()
            assert archive.testzip() is None
        # 10:00 in Paris, as people there see it.
        assert {entry.date_time for entry in entries} == {(2026, 4, 14, 10, 0, 0)}
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
        names = [entry.filename for entry in entries]
        assert names == sorted(set(names))

    def test_cleared_away_it_comes_back_identical(self, cast: Cast) -> None:
        batch = frozen_batch(cast)
        package = run_job(batch)
        first = bytes_of(batch, cast.regulatory)
        assert hashlib.sha256(first).hexdigest() == package.sha256
        assert len(first) == package.size
        path = f"packages/{package.sha256[:2]}/{package.sha256}.zip"
        storages["derived"].delete(path)
        assert bytes_of(batch, cast.inspector) == first
        # A kept copy that was altered is not handed over either.
        storages["derived"].delete(path)
        storages["derived"].save(path, upload(content=first[:-1]))
        assert bytes_of(batch, cast.pharmacist) == first

    def test_made_from_nothing_on_another_day_it_is_the_same(self, cast: Cast) -> None:
        batch = frozen_batch(cast)
        first = run_job(batch).sha256
        PackageSheet.objects.all().delete()
        package = package_of(batch)
        package.manifest, package.sha256, package.size = "", "", None
        package.state = PackageState.BUILDING
        keep(package, by=cast.regulatory)
        again = build(package.pk)
        assert again is not None
        assert again.sha256 == first

    def test_frozen_again_only_what_changed_differs(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 2)
        run_job(batch)
        before = unpacked(batch, cast.regulatory)
        first, second = batch.dossiers.order_by("pk")
        reopen(cast, batch)
        change = {"context": "update"}
        edit_dossier(second.pk, changes=change, by=cast.regulatory, now=LATER)
        freeze(cast, batch, now=LATER)
        dispatch(LATER + timedelta(minutes=1))
        after = unpacked(batch, cast.regulatory)
        assert before.keys() == after.keys()
        changed = {name for name in after if after[name] != before[name]}
        other = "26-04-60000001-PM-002"
        assert changed == {
            *("batch.json", "lot.csv", "bordereau.pdf", "manifest.sha256"),
            *(f"{other}/fiche.pdf", f"{other}/form.csv", f"{other}/form.json"),
        }
        assert first.reference.value.replace("/", "-") == FOLDER


class TestSheets:
    @pytest.mark.slow
    def test_they_are_real_pdfs_with_pages_digest_and_bookmarks(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        dossier = batch.dossiers.get()
        change = {"modified_elements": "Bénéfice attendu\n" * 60}
        edit_dossier(dossier.pk, changes=change, by=cast.regulatory, now=T0)
        freeze(cast, batch)
        run_job(batch)
        files = unpacked(batch, cast.regulatory)
        sheet = pypdfium2.PdfDocument(files[f"{FOLDER}/fiche.pdf"])
        texts = [page.get_textpage().get_text_bounded() for page in sheet]
        assert len(texts) > 1
        for number, text in enumerate(texts, 1):
            assert f"page {number} / {len(texts)}" in text
            assert dossier.digest in text
            assert dossier.reference.value in text
        assert "FICHE DU DOSSIER" in texts[0]
        assert [mark.get_title() for mark in sheet.get_toc()][1:] == [
            *("Demande", "Formulaire de l’autorité", "Fichiers du dossier"),
        ]
        with pikepdf.open(io.BytesIO(files["bordereau.pdf"])) as cover:
            assert cover.Root.MarkInfo.Marked
            assert str(cover.Root.Lang) == "fr"
            assert [round(float(side)) for side in cover.pages[0].MediaBox[2:]] == [595, 842]
        digest = hashlib.sha256(files["batch.json"]).hexdigest()
        text = pypdfium2.PdfDocument(files["bordereau.pdf"])[0].get_textpage().get_text_bounded()
        assert digest in text
        assert dossier.reference.value in text


class TestTrail:
    def test_the_freeze_orders_it_in_its_own_event(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        events = AuditEvent.objects.count()
        freeze(cast, batch)
        assert AuditEvent.objects.count() == events + 1
        package = package_of(batch)
        assert (package.state, package.done) == (PackageState.BUILDING, 0)
        assert Message.objects.filter(topic="approvals.submissions.tasks.make_package").count() == 1

    def test_who_froze_it_is_told_once_and_who_takes_it_stands_in_the_trail(
        self, cast: Cast
    ) -> None:
        batch = frozen_batch(cast, 1)
        package = run_job(batch)
        told = Message.objects.told_to(cast.regulatory).filter(topic="package")
        assert told.count() == 1
        assert package.sha256 in told.get().body
        assert told.get().link == f"/admin/submissions/batches/{batch.pk}/"
        bytes_of(batch, cast.inspector)
        event: Any = AuditEvent.objects.in_order().last()
        assert (event.kind, event.actor) == ("export_package", cast.inspector)
        assert json.loads(event.payload)["details"] == {
            "batch": batch.pk,
            "package": package.pk,
            "sha256": package.sha256,
        }

    def test_a_dossier_missed_after_the_freeze_stays_in_it(self, cast: Cast) -> None:
        batch: Batch = frozen_batch(cast, 2)
        miss(
            batch.dossiers.earliest("pk").pk,
            reason="le portail est fermé",
            by=cast.regulatory,
            now=LATER,
        )
        assert run_job(batch).total == 2
