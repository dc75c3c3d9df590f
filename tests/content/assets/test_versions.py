"""Open versions and upload revisions."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from content import files as storage
from content.assets.actions import create_version, edit_asset, transfer_asset, upload_revision
from content.assets.enums import State
from content.assets.models import Revision, RevisionFile, Version
from content.assets.signals import revision_added
from tests.factories.assets import (
    PREPARED_ON,
    WAYS,
    drive,
    make_asset,
    make_html,
    make_pdf,
    make_version,
    make_zip,
    pdf_bytes,
)
from tests.factories.people import Cast, make_person

pytestmark = pytest.mark.django_db


class TestCreateVersion:
    def test_the_first_version_with_its_file(self, cast: Cast, now: datetime) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        version = create_version(
            asset.pk, files=[make_pdf("CARDIOMED")], prepared_on=PREPARED_ON, by=cast.pm, now=now
        )
        assert (version.number, version.state, version.change_kind) == (1, State.DRAFT, "content")
        assert (version.visa_category, version.needs_visa) == ("PM", True)
        revision = version.current_revision
        assert (revision.number, revision.prepared_on, revision.digest) == (1, PREPARED_ON, "")
        kept = revision.files.get()
        assert (kept.position, kept.name, kept.format) == (1, "brochure.pdf", "pdf")
        with storage.open_stored(kept.sha256) as stored:
            assert stored.read() == pdf_bytes("CARDIOMED")
        kinds = set(version.involvements.values_list("user__username", "kind"))
        assert kinds == {("pm", "owned"), ("pm", "uploaded")}

    def test_one_event_names_every_row(self, cast: Cast, now: datetime) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        before = AuditEvent.objects.count()
        version = make_version(asset)
        assert AuditEvent.objects.count() == before + 1
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        assert event.kind == "create_version"
        for label in ("assets.version", "assets.revision", "assets.revisionfile"):
            assert f'"model":"{label}"' in event.payload
        assert version.history.get().history_user == cast.pm

    def test_an_empty_version_takes_its_file_later(self, cast: Cast, now: datetime) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]), files=[])
        assert version.current_revision is None
        assert set(version.involvements.values_list("kind", flat=True)) == {"owned"}

    def test_whether_a_visa_is_needed_follows_from_the_jurisdiction(
        self, cast: Cast, now: datetime
    ) -> None:
        cases: list[tuple[dict[str, Any], str]] = [
            ({}, "PM"),
            ({"audience": "public", "products": [cast.free_product]}, "GP"),
            ({"audience": "internal"}, ""),
            ({"nature": "institutional"}, ""),
            ({"jurisdiction": "GLOBAL"}, ""),
            ({"asset_type": "email_fragment"}, ""),
        ]
        for fields, category in cases:
            asset = make_asset(by=cast.pm, **{"products": [cast.product], **fields})
            version = make_version(asset)
            assert (version.visa_category, version.needs_visa) == (category, bool(category))

    def test_a_renewal_or_minor_modification_follows_a_cleared_version(
        self, cast: Cast, now: datetime
    ) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        drive(make_version(asset), State.CANCELLED)
        for kind in ("renewal", "minor_modification"):
            with pytest.raises(InvalidInput) as refusal:
                make_version(asset, change_kind=kind)
            assert list(refusal.value.errors) == ["change_kind"]
        drive(make_version(asset), State.RELEASED)
        assert make_version(asset, change_kind="renewal").number == 3

    def test_the_first_version_is_content_and_kinds_are_a_list(
        self, cast: Cast, now: datetime
    ) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        for kind in ("safety", "renewal", "whim"):
            with pytest.raises(InvalidInput) as refusal:
                make_version(asset, change_kind=kind)
            assert list(refusal.value.errors) == ["change_kind"]

    def test_only_emails_have_a_subject(self, cast: Cast, now: datetime) -> None:
        email = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        assert make_version(email, subject=" Votre  visite ").subject == "Votre visite"
        brochure = make_asset(by=cast.pm, products=[cast.product])
        with pytest.raises(InvalidInput) as refusal:
            make_version(brochure, subject="Votre visite")
        assert list(refusal.value.errors) == ["subject"]

    @pytest.mark.parametrize("state", [state for state in State if state in WAYS])
    def test_invariant_6_one_version_is_open_at_a_time(
        self, cast: Cast, now: datetime, state: State
    ) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        drive(make_version(asset), state)
        in_hand = {State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED}
        if state not in in_hand:
            assert make_version(asset).number == 2
            return
        with pytest.raises(StateConflict) as refusal:
            make_version(asset)
        assert refusal.value.code == "open_version"
        assert asset.versions.count() == 1

    def test_only_the_owner(self, cast: Cast, now: datetime) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        for name, person in cast.everybody().items():
            if name == "pm":
                continue
            with pytest.raises(PolicyDenied) as refusal:
                create_version(
                    asset.pk, files=[make_pdf()], prepared_on=PREPARED_ON, by=person, now=now
                )
            assert refusal.value.code == "not_owner", name
        assert not asset.versions.exists()

    def test_a_file_needs_its_date_of_preparation_and_nothing_is_written(
        self, cast: Cast, now: datetime
    ) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        before = AuditEvent.objects.count()
        with pytest.raises(InvalidInput) as refusal:
            make_version(asset, prepared_on=None)
        assert list(refusal.value.errors) == ["prepared_on"]
        assert not Version.objects.exists()
        assert not Revision.objects.exists()
        assert AuditEvent.objects.count() == before

    def test_who_edited_the_asset_before_is_involved(self, cast: Cast, now: datetime) -> None:
        pm, colleague = cast.pm, make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        asset = make_asset(by=pm, products=[cast.product])
        edit_asset(asset.pk, changes={"title": "Autre"}, by=pm, now=now)
        transfer_asset(asset.pk, to=colleague, reason="congé", by=pm, now=now)
        asset.refresh_from_db()
        version = make_version(asset)
        kinds = set(version.involvements.values_list("user__username", "kind"))
        assert kinds == {
            ("pm", "edited"),
            (colleague.username, "owned"),
            (colleague.username, "uploaded"),
        }


class TestUploadRevision:
    def test_a_correction_is_a_new_revision_and_the_old_one_stays(
        self, cast: Cast, now: datetime
    ) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        first = version.current_revision
        heard: list[Any] = []

        def hear(sender: Any, **said: Any) -> None:
            heard.append((sender, said["revision"], said["by"], said["now"]))

        revision_added.connect(hear)
        try:
            second = upload_revision(
                version.pk,
                files=[make_pdf("corrigé"), make_pdf("annexe", name="annexe.pdf")],
                prepared_on=date(2026, 4, 1),
                change_summary="coquille",
                by=cast.pm,
                now=now,
            )
        finally:
            revision_added.disconnect(hear)
        assert heard == [(Revision, second, cast.pm, now)]
        assert (second.number, second.change_summary) == (2, "coquille")
        assert [kept.name for kept in second.files.all()] == ["brochure.pdf", "annexe.pdf"]
        assert first is not None
        assert first.files.get().sha256 != second.files.first().sha256  # type: ignore[union-attr]

    @pytest.mark.parametrize("state", list(WAYS))
    def test_only_while_the_version_may_change(
        self, cast: Cast, now: datetime, state: State
    ) -> None:
        version = drive(make_version(make_asset(by=cast.pm, products=[cast.product])), state)
        act: dict[str, Any] = {"prepared_on": PREPARED_ON, "by": cast.pm, "now": now}
        if state in {State.DRAFT, State.CHANGES_REQUESTED}:
            assert upload_revision(version.pk, files=[make_pdf("b")], **act).number == 2
            return
        with pytest.raises(StateConflict) as refusal:
            upload_revision(version.pk, files=[make_pdf("b")], **act)
        assert refusal.value.code == "not_editable"
        assert version.revisions.count() == 1

    def test_only_the_owner(self, cast: Cast, now: datetime) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        for name, person in cast.everybody().items():
            if name == "pm":
                continue
            with pytest.raises(PolicyDenied) as refusal:
                upload_revision(
                    version.pk, files=[make_pdf()], prepared_on=PREPARED_ON, by=person, now=now
                )
            assert refusal.value.code == "not_owner", name

    def test_a_delegate_uploads_in_the_owners_place_and_is_involved(
        self, cast: Cast, now: datetime
    ) -> None:
        from content.access.actions import delegate

        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        colleague = cast.pm2
        given = delegate(
            colleague.pk,
            roles=[Role.PRODUCT_MANAGER],
            starts_on=date(2026, 4, 14),
            ends_on=date(2026, 4, 15),
            by=cast.pm,
            now=now,
        )
        assert given.pk
        act: dict[str, Any] = {"files": [make_pdf("b")], "prepared_on": PREPARED_ON}
        assert upload_revision(version.pk, by=colleague, now=now, **act).number == 2
        assert version.involvements.filter(user=colleague, kind="uploaded").exists()
        with pytest.raises(PolicyDenied):
            upload_revision(version.pk, by=colleague, now=now + timedelta(days=1), **act)

    def test_a_refused_file_leaves_nothing(self, cast: Cast, now: datetime) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        before = (Revision.objects.count(), RevisionFile.objects.count())
        for files in ([], [make_pdf(), make_html()], [make_zip()]):
            with pytest.raises(InvalidInput) as refusal:
                upload_revision(
                    version.pk, files=files, prepared_on=PREPARED_ON, by=cast.pm, now=now
                )
            assert list(refusal.value.errors) == ["files"]
        assert (Revision.objects.count(), RevisionFile.objects.count()) == before
