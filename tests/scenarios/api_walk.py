"""The jobs of the outcome, each done by its person through the API alone."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals.audit.models import AuditEvent
from approvals.desk.demo.papers import Paper, letter, pdf
from approvals.submissions.models import DepositWindow
from content.catalogue.models import Product
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast

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
        self.product: Product = cast.product

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

    def document(self, reference: str) -> bytes:
        """Return the brochure as a PDF that shows its reference."""
        return pdf(Paper("Protéger le cœur", [self.product], T0.date(), reference))

    def later(self, **time: int) -> None:
        self.clock.shift(timedelta(**time))

    def at(self, instant: datetime) -> None:
        self.clock.move_to(instant)


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
    code = people.do("pm", "assets/", identity(people.product.cis), status=201)["code"]
    version = people.do("pm", f"assets/{code}/versions/", status=201)["id"]
    return code, version


def submitted(people: People) -> tuple[str, int]:
    code, version = draft(people)
    reference = people.do("pm", f"versions/{version}/plan/", {"window": open_window().pk})
    content = people.document(reference["reference"])
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
    for kind in ("receipt", "smpc"):
        add_piece(people, path, kind)
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
