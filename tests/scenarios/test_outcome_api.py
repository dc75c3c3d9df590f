"""From a product manager's upload to the field rep's list, by its six people, through the API."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from approvals.audit.models import AuditEvent
from approvals.audit.verification import Verification
from approvals.signatures.models import Signature
from approvals.submissions.models import DepositWindow
from content.assets.models import Revision, Version
from tests.factories import T0
from tests.scenarios.api_walk import (
    REVIEW,
    People,
    a_file,
    deposited,
    draft,
    identity,
    listed,
    open_window,
    released,
    signed,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.mark.slow
class TestOutcome:
    def test_the_rep_finds_it_and_no_longer_once_its_two_years_are_over(
        self, people: People
    ) -> None:
        code, version = released(people)
        told = people.ask("pharmacist", f"versions/{version}/")
        assert (told["state"], told["usable_today"]) == ("released", True)
        assert told["visa"]["starts_on"] == "2026-05-12"
        assert told["expires_on"] == "2028-05-12"
        assert told["last_usable_day"] == "2028-05-11"
        assert listed(people, "rep", code)
        assert not listed(people, "rep2", code)
        people.at(datetime.fromisoformat("2028-05-11T21:59:59+00:00"))
        assert listed(people, "rep", code)
        people.at(datetime.fromisoformat("2028-05-11T22:00:00+00:00"))
        # No job has run: the comparison with the day happens when somebody asks.
        assert not listed(people, "rep", code)
        assert listed(people, "rep", code, "on=2028-05-11")
        status = people.ask("rep", f"status/{code}/?version=1")
        assert [reason["code"] for reason in status["why_not"]] == ["expired"]

    def test_the_rep_no_longer_finds_it_once_it_is_withdrawn(self, people: People) -> None:
        code, version = released(people)
        people.later(days=10)
        body = {"reason": "Le prix a changé.", "signature": signed("withdrawal")}
        people.do("pharmacist", f"versions/{version}/withdraw/", body)
        assert not listed(people, "rep", code)
        gone = people.ask("rep", "negative-list/")["results"]
        assert [(row["code"], row["reason"]) for row in gone] == [(code, "withdrawn")]

    def test_i02_i09_every_act_left_its_evidence(self, people: People) -> None:
        _code, version = released(people)
        lines = people.ask("inspector", f"versions/{version}/signatures/")["results"]
        digest = Revision.objects.get(version=version).digest
        assert {line["digest"] for line in lines} == {digest}
        meanings = [*REVIEW.values(), "batch_freeze", "deposit", "decision", "release"]
        assert [line["meaning"] for line in lines] == meanings
        assert Signature.objects.count() == len(meanings)
        rows = people.ask("inspector", f"versions/{version}/history/")["results"]
        states = list(dict.fromkeys(row["state"] for row in rows))
        assert states == [
            *("draft", "in_review", "approved", "in_batch", "deposited", "cleared", "released")
        ]
        assert Verification().run().fault is None

    def test_i03_the_author_decides_nothing(self, people: People) -> None:
        _code, version = submitted(people)
        for task in people.ask("medical", "tasks/?open=true")["results"]:
            body = {"verdict": "approved", "signature": signed("medical_accuracy")}
            response = people.send("pm", "post", f"tasks/{task['id']}/decide/", body)
            assert response.status_code in {400, 403}
        assert Version.objects.get(pk=version).state == "in_review"


class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("empty.pdf", b""),
            ("notes.pdf", b"Just words, no PDF at all."),
            ("picture.png", b"%PDF-1.7\n"),
        ],
    )
    def test_a_file_that_is_empty_or_another_than_it_says(
        self, people: People, name: str, content: bytes
    ) -> None:
        code, version = draft(people)
        for path in (f"versions/{version}/revisions/", f"assets/{code}/versions/"):
            if path.startswith("assets"):
                people.do("pm", f"versions/{version}/cancel/", {"reason": "x"})
            people.refused("pm", path, a_file(content, name), 400, "files", form=True)
        assert not Revision.objects.exists()

    def test_an_encrypted_pdf(self, people: People) -> None:
        _code, version = draft(people)
        locked = BytesIO()
        with pikepdf.open(BytesIO(people.document(""))) as plain:
            plain.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
        body = a_file(locked.getvalue())
        people.refused("pm", f"versions/{version}/revisions/", body, 400, "files", form=True)

    def test_a_file_over_the_limit(self, people: People, settings: Any) -> None:
        settings.UPLOAD_MAX_MB = 1
        _code, version = draft(people)
        body = a_file(people.document("") + b"\n%" + b"x" * 1_100_000)
        path = f"versions/{version}/revisions/"
        people.refused("pm", path, body, 400, "files", form=True)

    def test_an_unknown_product(self, people: People) -> None:
        people.refused("pm", "assets/", identity("99999999"), 400, "products")

    def test_for_the_public_about_a_prescription_medicine(self, people: People) -> None:
        body = identity(people.cast.product.cis, audience="public")
        people.refused("pm", "assets/", body, 400, "audience")

    def test_a_window_in_the_past(self, people: People) -> None:
        _code, version = draft(people)
        past = DepositWindow.objects.filter(category="PM", closes_on__lt=T0.date()).first()
        assert past is not None
        path = f"versions/{version}/plan/"
        assert people.refused("pm", path, {"window": past.pk}, 400, "window") == "window_closed"

    @pytest.mark.slow  # walked until the deposit
    def test_a_decision_dated_before_the_deposit(self, people: People) -> None:
        _code, _version, dossier = deposited(people)
        people.later(days=30)
        body = {
            "outcome": "granted",
            "decided_on": "2026-04-13",
            "signature": signed("decision"),
        }
        people.refused("regulatory", f"dossiers/{dossier}/decide/", body, 400, "decided_on")

    def test_submitting_without_a_file(self, people: People) -> None:
        _code, version = draft(people)
        people.do("pm", f"versions/{version}/plan/", {"window": open_window().pk})
        people.refused("pm", f"versions/{version}/submit/", {}, 400, "files")

    def test_i06_a_second_open_cycle(self, people: People) -> None:
        _code, version = submitted(people)
        people.refused("pm", f"versions/{version}/submit/", {}, 409, "")

    def test_a_wrong_password_signs_nothing(self, people: People) -> None:
        _code, version = submitted(people)
        task = people.ask("medical", "tasks/?mine=true&open=true")["results"][0]
        body = {
            "verdict": "approved",
            "checklist": {item["key"]: {"answer": "yes"} for item in task["checklist"]},
            "signature": {"password": "wrong", "meaning": "medical_accuracy"},
        }
        response = people.send("medical", "post", f"tasks/{task['id']}/decide/", body)
        assert (response.status_code, response.json()["code"]) == (403, "wrong_credentials")
        assert Signature.objects.count() == 0
        assert AuditEvent.objects.in_order().last().kind == "signature_refused"  # type: ignore[union-attr]
        assert Version.objects.get(pk=version).state == "in_review"
