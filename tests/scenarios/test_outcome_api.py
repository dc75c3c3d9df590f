"""From a product manager's upload to the field rep's list, by its six people, through the API."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals.audit.chain import Verification
from approvals.audit.models import AuditEvent
from approvals.desk.demo.papers import Paper, letter, pdf
from approvals.signatures.models import Signature
from approvals.submissions.models import DepositWindow
from content.assets.models import Revision, Version
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db
API = "/api/v1/"
REVIEW = {
    "medical": "medical_accuracy",
    "regulatory": "regulatory_conformity",
    "compliance": "compliance_conformity",
    "pharmacist": "pharmacist_approval",
}


class People:
    """The cast, calling the API with a session each, at the hour of the clock."""

    def __init__(self, cast: Cast, clock: Any) -> None:
        self.cast = cast
        self.clock = clock

    def send(
        self, who: str, method: str, path: str, body: Any = None, *, form: bool = False
    ) -> Any:
        client = Client()
        client.force_login(getattr(self.cast, who))
        options: dict[str, Any] = {}
        if body is not None:
            options = {"data": body} if form else {"data": body, "content_type": "application/json"}
        return getattr(client, method)(API + path, **options)

    def ask(self, who: str, path: str) -> Any:
        response = self.send(who, "get", path)
        assert response.status_code == 200, response.content
        return response.json()

    def do(self, who: str, path: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        response = self.send(who, more.pop("method", "post"), path, body or {}, **more)
        assert response.status_code == status, response.content
        return response.json()

    def refused(self, who: str, path: str, body: Any, status: int, field: str, **more: Any) -> str:
        """Expect a refusal with a sentence at its field, and nothing written; return its code."""
        events = AuditEvent.objects.count()
        response = self.send(who, more.pop("method", "post"), path, body, **more)
        assert response.status_code == status, response.content
        assert response["Content-Type"] == "application/problem+json"
        problem = response.json()
        assert problem["detail"]
        if field:
            assert problem["errors"][field][0]
        assert AuditEvent.objects.count() == events
        return str(problem["code"])

    def later(self, **time: int) -> None:
        self.clock.shift(timedelta(**time))

    def at(self, instant: datetime) -> None:
        self.clock.move_to(instant)


@pytest.fixture
def people(cast: Cast) -> Iterator[People]:
    cast.everybody()
    with time_machine.travel(T0, tick=False) as clock:
        yield People(cast, clock)


def signed(meaning: str) -> dict[str, str]:
    return {"password": PASSWORD, "meaning": meaning}


def identity(cis: str, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Protéger le cœur",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": [cis],
        "lead_product": cis,
    } | changes


def open_window() -> DepositWindow:
    """The published PM window of April 2026."""
    return DepositWindow.objects.open_on(T0.date()).get(category="PM")


def a_file(content: bytes, name: str = "brochure.pdf") -> dict[str, Any]:
    return {"files": SimpleUploadedFile(name, content), "prepared_on": "2026-04-14"}


def draft(people: People) -> tuple[str, int]:
    code = people.do("pm", "assets/", identity(people.cast.product.cis), status=201)["code"]
    version = people.do("pm", f"assets/{code}/versions/", status=201)["id"]
    return code, version


def document(people: People, reference: str) -> bytes:
    paper = Paper("Protéger le cœur", [people.cast.product], T0.date(), reference)
    return pdf(paper)


def submitted(people: People) -> tuple[str, int]:
    code, version = draft(people)
    reference = people.do("pm", f"versions/{version}/plan/", {"window": open_window().pk})
    content = document(people, reference["reference"])
    people.do("pm", f"versions/{version}/revisions/", a_file(content), status=201, form=True)
    people.do("pm", f"versions/{version}/submit/")
    return code, version


def decide(people: People, who: str, version: int) -> None:
    tasks = people.ask(who, "tasks/?mine=true&open=true")["results"]
    task = next(task for task in tasks if task["version"] == version)
    body = {
        "verdict": "approved",
        "checklist": {item["key"]: {"answer": "yes"} for item in task["checklist"]},
        "signature": signed(REVIEW[who]),
    }
    people.do(who, f"tasks/{task['id']}/decide/", body)


def approved(people: People) -> tuple[str, int]:
    code, version = submitted(people)
    for who in REVIEW:
        people.later(hours=1)
        decide(people, who, version)
    return code, version


def deposited(people: People) -> tuple[str, int, int]:
    code, version = approved(people)
    window = open_window().pk
    batch = people.do("regulatory", "batches/", {"window": window}, status=201)["id"]
    (dossier,) = people.do("regulatory", f"batches/{batch}/add/", {"version": version})["dossiers"]
    assert dossier["missing"]
    path = f"dossiers/{dossier['id']}/"
    receipt = {"receipt_number": "24000000001", "context": "campaign"}
    people.do("regulatory", path, receipt, method="patch")
    add_piece(people, path, "receipt")
    people.do("regulatory", f"batches/{batch}/freeze/", {"signature": signed("batch_freeze")})
    body = {
        "deposited_at": "2026-04-14T12:00:00Z",
        "portal_number": "DS-1",
        "proof": add_piece(people, path, "proof"),
        "signature": signed("deposit"),
    }
    people.later(hours=3)
    people.do("regulatory", f"{path}deposit/", body)
    return code, version, dossier["id"]


def add_piece(people: People, path: str, kind: str) -> int:
    body = {"kind": kind, "file": SimpleUploadedFile(f"{kind}.pdf", letter(kind))}
    return int(people.do("regulatory", f"{path}pieces/", body, status=201, form=True)["id"])


def released(people: People) -> tuple[str, int]:
    code, version, dossier = deposited(people)
    people.at(T0 + timedelta(days=30))
    decision = {"outcome": "granted", "decided_on": "2026-05-12", "signature": signed("decision")}
    people.do("regulatory", f"dossiers/{dossier}/decide/", decision)
    people.do("pharmacist", f"versions/{version}/release/", {"signature": signed("release")})
    return code, version


def listed(people: People, who: str, code: str, query: str = "") -> bool:
    rows = people.ask(who, f"positive-list/?{query}")["results"]
    return code in [row["code"] for row in rows]


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
        with pikepdf.open(BytesIO(document(people, ""))) as plain:
            plain.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
        body = a_file(locked.getvalue())
        people.refused("pm", f"versions/{version}/revisions/", body, 400, "files", form=True)

    def test_a_file_over_the_limit(self, people: People, settings: Any) -> None:
        settings.UPLOAD_MAX_MB = 1
        _code, version = draft(people)
        body = a_file(document(people, "") + b"\n%" + b"x" * 1_100_000)
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
