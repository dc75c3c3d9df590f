"""The record of a version: JSON written in the act, PDF made in a job, both the same for ever."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.audit import PolicyDenied, act
from approvals.audit.actions import take_checkpoint
from approvals.audit.hashing import canonical, chain_hash
from approvals.audit.models import AuditEvent
from approvals.desk.actions import ask_record
from approvals.desk.pack.verify import signature_holds
from approvals.desk.record import making
from approvals.desk.record.making import make_pdf, pdf_of, twin_of
from approvals.people.models import User
from approvals.review.actions import comment, reply
from content import printing
from content.assets.models import Asset, Version
from content.outbox.actions import Undeliverable, dispatch
from content.outbox.models import Message
from tests.approvals.desk.conftest import SignIn
from tests.factories import T0
from tests.factories.assets import make_asset
from tests.factories.people import Cast
from tests.factories.review import give, in_review, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(cast: Cast, system: User, key: str) -> Version:
    """In review, with a thread, a verdict and its checklist; a checkpoint after them."""
    cycle = in_review(cast)
    # The pre-checks of the upload are done: nothing else is recorded about it later.
    dispatch(T0)
    said = comment(cycle.version_id, body="Vérifier", severity="question", by=cast.legal, now=T0)
    reply(said.pk, body="Vu", by=cast.pm, now=T0)
    give(task_of(cycle, "medical_reviewer"), cast.medical)
    take_checkpoint(by=system, now=T0)
    return Version.objects.get(pk=cycle.version_id)


@pytest.fixture
def key(settings: Any) -> str:
    settings.SIGNING_KEY = "11" * 32
    return "11" * 32


@act("both")
def change_two(version: Version, cast: Cast, *, by: User, now: datetime) -> Asset:
    """One act that changes a version and another thing, as the freeze of a product does."""
    version.change_summary = "Les deux."
    version.save()
    return make_asset(by=by, products=[cast.product])


def ask(version: Version, by: User, *, now: datetime = T0) -> str:
    return ask_record(version.pk, language="fr", by=by, now=now)


def read(sha256: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(twin_of(sha256) or b"")
    return told


class TestAsking:
    def test_the_event_names_the_bytes(self, version: Version, cast: Cast) -> None:
        by = cast.inspector
        before = AuditEvent.objects.count()
        sha256 = ask(version, by)
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        assert AuditEvent.objects.count() == before + 1
        details = json.loads(event.payload)["details"]
        assert details["record"] == sha256 == hashlib.sha256(twin_of(sha256) or b"").hexdigest()
        assert details["digest"] == version.current_revision.digest
        assert Message.objects.filter(topic="approvals.desk.tasks.make_record").count() == 1

    def test_the_same_record_while_nothing_changes(self, version: Version, cast: Cast) -> None:
        first = ask(version, cast.inspector)
        events = AuditEvent.objects.count()
        assert ask(version, cast.inspector, now=T0 + timedelta(hours=1)) == first
        assert AuditEvent.objects.count() == events
        # To another person it is another handing over.
        assert ask(version, cast.pharmacist) != first
        comment(version.pk, body="Encore", severity="question", by=cast.legal, now=T0)
        assert ask(version, cast.inspector) != first

    def test_what_one_does_not_see_is_refused(self, version: Version, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            ask(version, cast.pm2)
        assert refused.value.code == "not_visible"
        assert not AuditEvent.objects.filter(kind="export_record").exists()

    def test_it_holds_everything(self, version: Version, cast: Cast) -> None:
        told = read(ask(version, cast.inspector))
        (verdict,) = told["cycles"][0]["verdicts"]
        assert verdict["by"]["username"] == "medical"
        assert all(item["answer"] == "yes" for item in verdict["checklist"])
        (signature,) = told["signatures"]
        assert signature["zone"] == "Europe/Paris"
        assert signature["signed_at"] == "2026-04-14T08:00:00+00:00"
        (remark,) = told["comments"]
        assert remark["replies"][0]["body"] == "Vu"
        assert [one["state"]["code"] for one in told["states"]] == ["draft", "in_review"]
        assert {one["sha256"] for one in told["revisions"][0]["files"]}
        assert told["checkpoint"]["seq"] > max(one["seq"] for one in told["audit"])

    def test_it_holds_what_the_prechecks_found(self, version: Version, cast: Cast) -> None:
        run = read(ask(version, cast.inspector))["prechecks"][-1]
        assert (run["revision"], run["fault"]) == (1, "")
        assert run["tool"]
        found = {one["check"]["code"]: one["outcome"]["code"] for one in run["results"]}
        assert found
        assert set(found.values()) <= {"pass", "warn", "fail"}

    def test_an_act_over_several_things_is_withheld_from_who_does_not_see_all(
        self, version: Version, cast: Cast
    ) -> None:
        another = change_two(version, cast, by=cast.pm, now=T0)
        sees_all = {one["seq"]: one for one in read(ask(version, cast.inspector))["audit"]}
        owner = {one["seq"]: one for one in read(ask(version, cast.pm))["audit"]}
        (bulk,) = AuditEvent.objects.filter(kind="both").values_list("seq", flat=True)
        assert another.code in sees_all[bulk]["payload"]
        assert owner[bulk]["payload"] is None
        assert owner[bulk]["hash"] == sees_all[bulk]["hash"]
        assert sum(one["payload"] is None for one in owner.values()) == 1

    def test_b32_the_copy_carries_signatures_and_trail_and_verifies_offline(
        self, version: Version, cast: Cast, key: str
    ) -> None:
        told = read(ask(version, cast.inspector))
        for event in told["audit"]:
            assert event["hash"] == chain_hash(event["prev_hash"], event["payload"])
        revision = told["revisions"][-1]
        files = [(f["position"], f["name"], f["sha256"]) for f in revision["files"]]
        assert files
        assert (
            revision["digest"]
            == told["metadata"]["digest"]
            == told["signatures"][0]["covers"][0]["digest"]
        )
        signed = told["checkpoint"]
        # With the stand-alone verifier's own arithmetic.
        assert signature_holds(
            bytes.fromhex(signed["public_key"]),
            signed["text"].encode(),
            bytes.fromhex(signed["signature"]),
        )


class TestPdf:
    def test_b15_the_pdf_shows_name_role_meaning_time_and_zone(
        self, version: Version, cast: Cast
    ) -> None:
        sha256 = ask(version, cast.inspector)
        dispatch(T0)
        made = pdf_of(sha256) or b""
        document = pypdfium2.PdfDocument(made)
        pages = [page.get_textpage().get_text_bounded() for page in document]
        text = " ".join(" ".join(pages).split())
        signature = read(sha256)["signatures"][0]
        for said in (signature["name"], "medical", signature["role"]["words"]):
            assert said in text
        assert signature["meaning"]["words"] in text
        assert "08:00:00 UTC (10" in text
        assert "Europe/Paris" in text
        digest = version.current_revision.digest
        # On every page: the digest, the record's number, "n / m".
        assert all(digest in page and sha256 in page for page in pages)
        assert f"1 / {len(pages)}" in pages[0]

    def test_it_is_an_archive_with_its_twin_and_the_same_bytes_twice(
        self, version: Version, cast: Cast
    ) -> None:
        sha256 = ask(version, cast.inspector)
        make_pdf(sha256)
        made = pdf_of(sha256) or b""
        told = read(sha256)
        again = printing.printed(
            making.page_of(told, sha256),
            twin=(twin_of(sha256) or b"").decode(),
            at=told["exported_at"],
            identifier=sha256,
        )
        assert again == made
        with pikepdf.open(io.BytesIO(made)) as pdf:
            assert pdf.attachments["record.json"].get_file().read_bytes() == twin_of(sha256)
            metadata = pdf.open_metadata()
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
            assert pdf.Root.Lang == "fr"
            assert "/StructTreeRoot" in pdf.Root

    def test_it_fetches_nothing(self, tmp_path: Any) -> None:
        secret = tmp_path / "secret.png"
        secret.write_bytes(b"secret")
        html = (
            f'<html lang="fr"><title>x</title><link rel=attachment href="file://{secret}">'
            f'<style>@import "file://{secret}";</style><img src="file://{secret}">x</html>'
        )
        made = printing.printed(html, twin="{}", at="2026-04-14T08:00:00+00:00", identifier="x")
        with pikepdf.open(io.BytesIO(made)) as pdf:
            assert list(pdf.attachments) == ["record.json"]

    def test_where_pango_is_missing_it_says_so(
        self, version: Version, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing(*args: Any, **kwargs: Any) -> bytes:
            raise printing.PangoMissing

        monkeypatch.setattr(making, "printed", missing)
        sha256 = ask(version, cast.inspector, now=timezone.now())
        with pytest.raises(Undeliverable, match="Pango"):
            make_pdf(sha256)
        dispatch(timezone.now())
        answer = signed_in(cast.inspector).get(reverse("desk:record", args=[version.pk]))
        assert "Pango" in answer.content.decode()
        path = f"/api/v1/versions/{version.pk}/record.pdf"
        assert signed_in(cast.inspector).get(path).status_code == 409


class TestPagesAndApi:
    def test_the_page_asks_waits_and_hands_over(
        self, version: Version, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "printed", lambda *a, **k: b"%PDF-")
        client = signed_in(cast.pharmacist)
        page = reverse("desk:record", args=[version.pk])
        assert "Refresh" not in client.get(page)
        assert client.post(page).status_code == 302
        assert client.get(page)["Refresh"] == "3"
        dispatch(timezone.now())
        answer = client.get(page)
        assert f"/api/v1/versions/{version.pk}/record.pdf" in answer.content.decode()
        assert signed_in(cast.pm2).get(page).status_code == 404

    def test_the_api_gives_it_whether_a_job_ran_or_not(
        self, version: Version, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client: Client = signed_in(cast.inspector)
        path = f"/api/v1/versions/{version.pk}/record"

        def fails(*args: Any, **kwargs: Any) -> bytes:
            raise printing.PrintingFailed

        monkeypatch.setattr(making, "printed", fails)
        refused = client.get(f"{path}.pdf")
        assert (refused.status_code, refused.json()["code"]) == (409, "record_not_made")
        monkeypatch.setattr(making, "printed", lambda *a, **k: b"%PDF-")
        made = client.get(f"{path}.pdf")
        assert (made.status_code, made.content) == (200, b"%PDF-")
        monkeypatch.setattr(making, "printed", fails)
        assert client.get(f"{path}.pdf").content == b"%PDF-"
        twin = json.loads(client.get(f"{path}.json").content)
        assert twin["metadata"]["code"] == version.asset.code
        assert canonical(twin)
        assert AuditEvent.objects.filter(kind="export_record").count() == 1
