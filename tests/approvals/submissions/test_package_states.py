"""A package under way, void with its freeze, failed and made again; who is handed it."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from approvals.audit import PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.enums import Role
from approvals.submissions.actions import (
    add_piece,
    build,
    cancel_batch,
    package_file,
    record_package,
    retry_package,
)
from approvals.submissions.actions import packages as acts
from approvals.submissions.enums import PackageFault, PackageState
from approvals.submissions.models import Batch, DepositPackage
from approvals.submissions.package import sheets
from approvals.submissions.tasks import make_package
from content import printing
from content.files import path_of
from content.outbox.enums import DispatchState
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.packages import (
    LATER,
    bytes_of,
    frozen_batch,
    package_of,
    print_quickly,
    reopen,
    run_job,
)
from tests.factories.people import Cast, make_person
from tests.factories.submissions import freeze, make_approved, make_batch, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    print_quickly(monkeypatch)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def package_path(batch: Batch) -> str:
    return f"/api/v1/batches/{batch.pk}/package/"


def told_of(batch: Batch, by: Any) -> Any:
    return signed_in(by).get(f"/api/v1/batches/{batch.pk}/").json()["package"]


def page_of(batch: Batch, by: Any) -> Any:
    return signed_in(by).get(reverse("submissions:batch", args=[batch.pk]), headers=FRENCH)


JSON = "application/json"
FRENCH = {"accept-language": "fr"}


def refusal(batch: Batch, by: Any) -> str:
    with pytest.raises((StateConflict, PolicyDenied)) as refused:
        package_file(batch, by=by, now=LATER)
    return refused.value.code


def spoilt_batch(cast: Cast) -> tuple[Batch, Path, bytes]:
    """Freeze a batch with a file of its own in the store; return where that is, and its bytes."""
    batch = make_batch(cast, make_approved(cast))
    own = f"%PDF-1.4 {uuid.uuid4()}".encode()
    file = upload("lettre.pdf", own)
    piece = add_piece(batch.dossiers.get().pk, kind="letter", file=file, by=cast.regulatory, now=T0)
    freeze(cast, batch)
    path = Path(storages["revisions"].path(path_of(piece.sha256)))
    path.chmod(0o640)
    return batch, path, own


class TestUnderWay:
    def test_it_is_not_handed_over_and_says_how_far_it_is(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "TOGETHER", 2)
        batch = frozen_batch(cast, 3)
        set_quickly = sheets.printed_together
        seen: list[Any] = []

        def watched(pages: Any) -> list[bytes]:
            seen.append(package_of(batch).done)
            if len(seen) == 2:
                answer = page_of(batch, cast.regulatory)
                assert "1 sur 3" in answer.content.decode()
                assert answer["Refresh"] == "3"
            return set_quickly(pages)

        monkeypatch.setattr(sheets, "printed_together", watched)
        assert run_job(batch).state == PackageState.READY, Message.objects.get(
            topic=acts.MAKE_PACKAGE
        ).last_error
        # The cover and a dossier, then two dossiers.
        assert seen == [0, 1]

    def test_the_api_says_that_it_is_not_ready(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        told = told_of(batch, cast.inspector)
        assert (told["state"], told["done"], told["total"]) == ("building", 0, 1)
        refused = signed_in(cast.pharmacist).get(package_path(batch))
        assert (refused.status_code, refused.json()["code"]) == (409, "package_not_ready")

    def test_a_build_that_stopped_goes_on_where_it_was(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "TOGETHER", 2)
        batch = frozen_batch(cast, 3)
        set_quickly = sheets.printed_together
        asked: list[int] = []

        def stops(pages: Any) -> list[bytes]:
            asked.append(len(pages))
            if len(asked) == 2:
                raise SystemExit("the worker is killed")
            return set_quickly(pages)

        monkeypatch.setattr(sheets, "printed_together", stops)
        with pytest.raises(SystemExit):
            build(package_of(batch).pk)
        assert package_of(batch).done == 1
        assert run_job(batch).state == PackageState.READY
        assert asked == [2, 2, 2]

    def test_a_worker_that_stopped_three_times_is_a_failure_that_can_be_retried(
        self, cast: Cast
    ) -> None:
        batch = frozen_batch(cast, 1)
        job = Message.objects.get(topic=acts.MAKE_PACKAGE)
        Message.objects.filter(pk=job.pk).update(last_error="killed", state=DispatchState.FAILED)
        assert refusal(batch, cast.regulatory) == "package_failed"
        assert told_of(batch, cast.regulatory)["state"] == "failed"
        assert "s’est arrêté trois fois" in page_of(batch, cast.regulatory).content.decode()
        retry_package(batch.pk, by=cast.regulatory, now=LATER)
        assert run_job(batch).state == PackageState.READY

    def test_a_job_that_comes_late_changes_nothing(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        package = run_job(batch)
        events = AuditEvent.objects.count()
        make_package(package.pk)
        assert AuditEvent.objects.count() == events
        assert package_of(batch).made_at == package.made_at


class TestVoid:
    def test_reopening_voids_it_and_a_new_freeze_makes_another(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        first = run_job(batch)
        reopen(cast, batch)
        void = package_of(batch)
        assert (void.pk, void.state, void.voided_at) == (first.pk, PackageState.VOID, LATER)
        refused = signed_in(cast.regulatory).get(package_path(batch))
        assert (refused.status_code, refused.json()["code"]) == (409, "package_void")
        assert told_of(batch, cast.regulatory)["state"] == "void"
        shown = page_of(batch, cast.regulatory).content.decode()
        assert "Annulé depuis le" in shown
        assert package_path(batch) not in shown
        freeze(cast, batch, now=LATER + timedelta(minutes=1))
        assert refusal(batch, cast.regulatory) == "package_not_ready"
        make_package(package_of(batch).pk)
        second = package_of(batch)
        assert second.state == PackageState.READY
        assert second.pk != first.pk
        assert second.sha256 != first.sha256

    def test_cancelling_a_frozen_batch_voids_it(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        run_job(batch)
        cancel_batch(batch.pk, reason="abandon", by=cast.regulatory, now=LATER)
        assert refusal(batch, cast.inspector) == "package_void"

    def test_reopened_while_it_is_made_it_stays_void(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = frozen_batch(cast, 1)
        package = package_of(batch)
        made = build(package.pk)
        assert made is not None
        reopen(cast, batch)
        record_package(package.pk, made, by=system_actor(), now=LATER)
        assert package_of(batch).state == PackageState.VOID
        assert build(package.pk) is None
        assert not Message.objects.filter(topic="package").exists()

    def test_one_that_failed_is_void_too(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        batch, path, _own = spoilt_batch(cast)
        path.write_bytes(b"other bytes")
        assert run_job(batch).state == PackageState.FAILED
        reopen(cast, batch)
        assert package_of(batch).state == PackageState.VOID


class TestFailure:
    def test_altered_bytes_are_never_packed(self, cast: Cast) -> None:
        batch, path, before = spoilt_batch(cast)
        path.write_bytes(b"other bytes")
        package = run_job(batch)
        assert (package.state, package.failure) == (PackageState.FAILED, PackageFault.ALTERED)
        assert package.sha256 == ""
        refused = signed_in(cast.regulatory).get(package_path(batch), headers=FRENCH)
        assert (refused.status_code, refused.json()["code"]) == (409, "package_failed")
        assert "absent ou a été altéré" in refused.json()["detail"]
        assert "absent ou a été altéré" in page_of(batch, cast.pharmacist).content.decode()
        told = Message.objects.told_to(cast.regulatory).get(topic="package")
        assert "altéré" in told.body or "altered" in told.body
        # Brought back, it is made again.
        path.write_bytes(before)
        retry_package(batch.pk, by=cast.regulatory, now=LATER)
        assert run_job(batch).state == PackageState.READY

    def test_a_cleared_package_whose_files_were_altered_fails_loudly(self, cast: Cast) -> None:
        batch, path, before = spoilt_batch(cast)
        package = run_job(batch)
        first = bytes_of(batch, cast.regulatory)
        storages["derived"].delete(f"packages/{package.sha256[:2]}/{package.sha256}.zip")
        path.write_bytes(b"other bytes")
        assert refusal(batch, cast.regulatory) == "package_failed"
        assert package_of(batch).state == PackageState.FAILED
        path.write_bytes(before)
        retry_package(batch.pk, by=cast.regulatory, now=LATER)
        again = run_job(batch)
        assert (again.state, again.sha256) == (PackageState.READY, package.sha256)
        assert bytes_of(batch, cast.regulatory) == first

    @pytest.mark.parametrize(
        ("fault", "recorded"),
        [
            (printing.PangoMissing, PackageFault.NO_PANGO),
            (printing.PrintingFailed, PackageFault.NOT_SET),
            (OSError, PackageFault.NO_ROOM),
        ],
    )
    def test_what_cannot_be_made_says_why(
        self,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
        fault: type[Exception],
        recorded: PackageFault,
    ) -> None:
        def fails(pages: Any) -> list[bytes]:
            raise fault

        monkeypatch.setattr(sheets, "printed_together", fails)
        batch = frozen_batch(cast, 1)
        assert run_job(batch).failure == recorded
        assert package_of(batch).done == 0

    def test_another_zip_than_the_recorded_one_is_refused(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = frozen_batch(cast, 1)
        package = run_job(batch)
        storages["derived"].delete(f"packages/{package.sha256[:2]}/{package.sha256}.zip")

        def writes_another(target: Any, manifest: str, *, frozen_at: Any) -> None:
            target.write(b"PK another")

        monkeypatch.setattr(acts, "write_archive", writes_another)
        assert refusal(batch, cast.regulatory) == "package_failed"
        assert package_of(batch).failure == PackageFault.NOT_THE_SAME

    def test_only_a_failed_one_is_made_again(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        for _state in ("building", "ready"):
            with pytest.raises(StateConflict) as refused:
                retry_package(batch.pk, by=cast.regulatory, now=LATER)
            assert refused.value.code == "package_not_failed"
            run_job(batch)

    def test_nobody_but_regulatory_has_it_made_again(self, cast: Cast) -> None:
        batch, path, _own = spoilt_batch(cast)
        path.write_bytes(b"other bytes")
        run_job(batch)
        page = reverse("submissions:retry_package", args=[batch.pk])
        for person in (cast.pharmacist, cast.inspector):
            with pytest.raises(PolicyDenied) as refused:
                retry_package(batch.pk, by=person, now=LATER)
            assert refused.value.code == "role_missing"
            assert signed_in(person).post(package_path(batch), {}, JSON).status_code == 403
        assert page not in page_of(batch, cast.pharmacist).content.decode()

    def test_regulatory_has_it_made_again_on_page_and_api(self, cast: Cast) -> None:
        batch, path, before = spoilt_batch(cast)
        path.write_bytes(b"other bytes")
        run_job(batch)
        page = reverse("submissions:retry_package", args=[batch.pk])
        assert page in page_of(batch, cast.regulatory).content.decode()
        client = signed_in(cast.regulatory)
        assert client.post(page).status_code == 302
        assert package_of(batch).state == PackageState.BUILDING
        make_package(package_of(batch).pk)
        answer = client.post(package_path(batch), {}, JSON)
        assert answer.json()["package"]["state"] == "building"
        path.write_bytes(before)
        make_package(package_of(batch).pk)
        assert package_of(batch).state == PackageState.READY


class TestWho:
    def test_those_who_answer_for_the_batch_download_it(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        package = run_job(batch)
        for person in (cast.regulatory, cast.pharmacist, cast.inspector):
            answer: Any = signed_in(person).get(package_path(batch))
            assert answer.status_code == 200
            assert answer["Content-Type"] == "application/zip"
            assert answer["Content-Disposition"] == f'attachment; filename="lot-{batch.pk}.zip"'
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert len(b"".join(answer.streaming_content)) == package.size
            shown = page_of(batch, person).content.decode()
            assert package.sha256 in shown
            assert "sha256sum -c manifest.sha256" in shown
            assert package_path(batch) in shown

    def test_the_others_see_the_batch_without_its_package(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        package = run_job(batch)
        for person in (cast.pm, cast.medical, cast.compliance):
            assert refusal(batch, person) == "role_missing"
            refused = signed_in(person).get(package_path(batch))
            assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
            assert told_of(batch, person) is None
            assert package.sha256 not in page_of(batch, person).content.decode()

    def test_who_does_not_see_the_batch_finds_none(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        run_job(batch)
        for person in (cast.pm2, cast.rep, cast.admin, make_person(Role.AGENCY)):
            assert signed_in(person).get(package_path(batch)).status_code == 404

    def test_a_batch_that_was_never_frozen_has_none(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        assert refusal(batch, cast.regulatory) == "batch_not_frozen"
        assert told_of(batch, cast.regulatory) is None

    def test_only_the_system_records_what_was_made(self, cast: Cast) -> None:
        batch = frozen_batch(cast, 1)
        with pytest.raises(PolicyDenied) as refused:
            record_package(
                package_of(batch).pk,
                acts.Made(failure=PackageFault.ALTERED),
                by=cast.regulatory,
                now=T0,
            )
        assert refused.value.code == "system_only"
        assert DepositPackage.objects.get().state == PackageState.BUILDING
