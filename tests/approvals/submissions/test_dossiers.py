"""Dossiers: the form, the pieces, and what is owed before the freeze."""

from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.submissions.actions import (
    add_piece,
    edit_dossier,
    plan,
)
from approvals.submissions.completeness import missing_in
from approvals.submissions.models import Dossier
from content.assets.actions import add_dependency
from content.assets.enums import ChangeKind, FileFormat
from content.assets.models import Version
from content.catalogue.actions import add_source_document
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    approve,
    fill_in,
    freeze,
    make_approved,
    make_batch,
    make_draft,
    pm_window,
    proof_piece,
    record_decision,
    record_deposit,
    text_pdf,
    upload,
    window_of,
)

pytestmark = pytest.mark.django_db


def the_dossier(version: Version) -> Dossier:
    found: Dossier = Dossier.objects.with_page().get(version=version)
    return found


def codes(version: Version) -> list[str]:
    return [item.code for item in missing_in(the_dossier(version))]


class TestMissing:
    def test_says_what_each_dossier_owes(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        assert codes(version) == ["receipt_number", "context", "receipt", "smpc"]

        fill_in(cast, the_dossier(version))
        assert codes(version) == []

    def test_a_file_that_does_not_show_its_reference(self, cast: Cast) -> None:
        draft = make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        batch = make_batch(cast, approve(draft, text="Autre chose"))
        assert codes(draft) == ["reference_printed"]

        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)

        assert refused.value.code == "batch_incomplete"
        assert "26/04/60000001/PM/001" in str(refused.value)

    def test_a_file_without_text_does_not_freeze_until_exempted(self, cast: Cast) -> None:
        draft = make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        approve(draft, content=b"ID3 sound", file_format=FileFormat.MP3)
        batch = make_batch(cast, draft)
        assert codes(draft) == ["reference_unreadable"]
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "batch_incomplete"
        assert "26/04/60000001/PM/001" in str(refused.value)
        edit_dossier(
            the_dossier(draft).pk,
            changes={"reference_exempt_reason": "Spot radio."},
            by=cast.regulatory,
            now=T0,
        )
        assert codes(draft) == []
        freeze(cast, batch)

    @pytest.mark.parametrize(
        ("content", "file_format"),
        [
            (text_pdf(""), FileFormat.PDF),
            (b"\x89PNG picture", FileFormat.PNG),
            (b"film", FileFormat.MP4),
        ],
    )
    def test_a_scan_an_image_and_a_film_owe_the_reason_too(
        self, cast: Cast, content: bytes, file_format: str
    ) -> None:
        draft = make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        make_batch(cast, approve(draft, content=content, file_format=file_format))
        assert codes(draft) == ["reference_unreadable"]

    def test_a_file_that_can_be_read_is_not_exempt(self, cast: Cast) -> None:
        draft = make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        make_batch(cast, approve(draft, text="Autre chose"))
        changes = {"reference_exempt_reason": "Nous n’avons pas le temps."}
        with pytest.raises(InvalidInput) as refused:
            edit_dossier(the_dossier(draft).pk, changes=changes, by=cast.regulatory, now=T0)
        assert set(refused.value.errors) == {"reference_exempt_reason"}
        assert codes(draft) == ["reference_printed"]

    def test_pieces_follow_the_kind_of_support(self, cast: Cast) -> None:
        version = make_approved(cast, support_kind="spot radio")
        batch = make_batch(cast, version)
        assert codes(version) == ["script"]

        with pytest.raises(StateConflict):
            freeze(cast, batch)
        add_piece(the_dossier(version).pk, kind="script", file=upload(), by=cast.regulatory, now=T0)

        freeze(cast, batch)

    def test_a_cited_publication_is_joined(self, cast: Cast) -> None:
        draft = make_draft(cast)
        article = add_source_document(
            cast.product.pk,
            kind="publication",
            dated=date(2025, 9, 1),
            title="Étude CŒUR-10",
            file=upload("etude.pdf"),
            by=cast.regulatory,
            now=T0,
        )
        add_dependency(draft.pk, document=article.pk, kind="cites", by=cast.pm, now=T0)
        reference = plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        make_batch(cast, approve(draft, text=reference.value))
        assert codes(draft) == ["reference"]
        add_piece(
            the_dossier(draft).pk, kind="reference", file=upload(), by=cast.regulatory, now=T0
        )
        assert codes(draft) == []

    def test_a_renewal_names_the_former_reference(self, cast: Cast) -> None:
        version = make_approved(cast, change_kind=ChangeKind.RENEWAL)
        make_batch(cast, version)
        assert codes(version) == ["former_reference", "modified_elements"]

    def test_a_successor_finds_its_former_reference(self, cast: Cast) -> None:
        first = make_approved(cast)
        dossier = freeze(cast, make_batch(cast, first)).dossiers.get()
        record_decision(cast, record_deposit(cast, dossier))
        now = datetime(2026, 6, 16, 8, tzinfo=UTC)
        window = window_of(date(2026, 7, 28))

        second = make_approved(
            cast, window, asset=first.asset, change_kind=ChangeKind.RENEWAL, now=now
        )
        make_batch(cast, second, window=window, now=now)

        assert the_dossier(second).former_reference == "26/04/60000001/PM/001"
        assert the_dossier(second).context == "renewal"
        assert codes(second) == []


class TestEditDossier:
    def test_fills_the_form_in(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        changes = {
            "receipt_number": " 123456789012 ",
            "context": "campaign",
            "form": {"therapeutic_area": "Cardiologie"},
        }

        edit_dossier(the_dossier(version).pk, changes=changes, by=cast.regulatory, now=T0)

        dossier = the_dossier(version)
        assert dossier.receipt_number == "123456789012"
        assert dossier.form == {"therapeutic_area": "Cardiologie"}

    @pytest.mark.parametrize(
        "changes",
        [
            {"receipt_number": "1234567890"},
            {"receipt_number": "1234567890123"},
            {"receipt_number": "1234567890a"},
            {"context": "whatever"},
            {"form": "text"},
            {"former_reference": "x" * 25},
            {"support_kind": 3},
            {"state": "granted"},
            {"digest": "0" * 64},
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, cast: Cast, changes: dict[str, object]
    ) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        with pytest.raises(InvalidInput) as refused:
            edit_dossier(the_dossier(version).pk, changes=changes, by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == list(changes)

    def test_a_frozen_batch(self, cast: Cast) -> None:
        version = make_approved(cast)
        freeze(cast, make_batch(cast, version))
        with pytest.raises(StateConflict) as refused:
            edit_dossier(
                the_dossier(version).pk,
                changes={"context": "campaign"},
                by=cast.regulatory,
                now=T0,
            )
        assert refused.value.code == "batch_not_preparing"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        with pytest.raises(PolicyDenied):
            edit_dossier(the_dossier(version).pk, changes={}, by=cast.pm, now=T0)


class TestAddPiece:
    def test_keeps_the_bytes_under_their_hash(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        piece = add_piece(
            the_dossier(version).pk, kind="smpc", file=upload("rcp.pdf"), by=cast.regulatory, now=T0
        )
        assert (piece.name, piece.size, len(piece.sha256)) == ("rcp.pdf", 14, 64)

    @pytest.mark.parametrize(
        ("kind", "name", "content", "field"),
        [
            ("receipt", "vide.pdf", b"", "file"),
            ("receipt", "a\u202efdp.exe", b"x", "file"),
            ("invoice", "a.pdf", b"x", "kind"),
        ],
    )
    def test_what_is_no_piece(
        self, cast: Cast, kind: str, name: str, content: bytes, field: str
    ) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        with pytest.raises(InvalidInput) as refused:
            add_piece(
                the_dossier(version).pk,
                kind=kind,
                file=upload(name, content),
                by=cast.regulatory,
                now=T0,
            )
        assert list(refused.value.errors) == [field]
        assert not the_dossier(version).pieces.exists()

    def test_a_frozen_batch_takes_proofs_only(self, cast: Cast) -> None:
        version = make_approved(cast)
        freeze(cast, make_batch(cast, version))
        with pytest.raises(StateConflict) as refused:
            add_piece(
                the_dossier(version).pk, kind="smpc", file=upload(), by=cast.regulatory, now=T0
            )
        assert refused.value.code == "batch_not_preparing"
        assert proof_piece(cast, the_dossier(version)).kind == "proof"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        with pytest.raises(PolicyDenied):
            add_piece(the_dossier(version).pk, kind="smpc", file=upload(), by=cast.pm, now=T0)
