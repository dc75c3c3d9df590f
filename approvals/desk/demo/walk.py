"""The whole lifecycle through the REST API, one call after the other, each checked and told.

Nothing here reaches into the database: what is not in the API's answers is not known.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from approvals.desk.demo.cast import PASSWORD
from approvals.desk.demo.papers import Paper, letter, upload
from content.calendar import paris_day
from content.catalogue.models import Product

ROOT = "/api/v1/"
MEANINGS = {
    "medical": "medical_accuracy",
    "regulatory": "regulatory_conformity",
    "compliance": "compliance_conformity",
    "pharmacist": "pharmacist_approval",
}


class WalkFailed(Exception):
    """A step did not answer as it must."""


class Walk:
    """The people of the cast, calling the API; ``say`` prints one line per step."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.client = Client(SERVER_NAME="localhost")
        self.say = say
        self.tokens: dict[str, str] = {}
        self.now = timezone.now()

    @property
    def today(self) -> date:
        return paris_day(self.now)

    def call(self, who: str, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """Make one call as somebody; return the answer.

        :raises WalkFailed: if the status is not the one expected.
        """
        headers = {"Authorization": f"Token {self._token(who)}"}
        options: dict[str, Any] = {"headers": headers}
        if body is not None:
            multipart = any(isinstance(value, SimpleUploadedFile) for value in body.values())
            options |= {"data": body} if multipart else _json(body)
        response = getattr(self.client, method.lower())(ROOT + path, **options)
        self.say(f"{who:<11} {method:<6} {ROOT}{path}  → {response.status_code}")
        if response.status_code != expect:
            raise WalkFailed(
                f"{who} {method} {path}: {response.status_code} instead of {expect}: "
                f"{response.content.decode(errors='replace')[:500]}"
            )
        return response.json() if response.content else None

    def _token(self, who: str) -> str:
        if who not in self.tokens:
            credentials = {"username": who, "password": PASSWORD}
            response = self.client.post(ROOT + "auth/token/", **_json(credentials))
            if response.status_code != 200:
                raise WalkFailed(f"{who} cannot sign in: {response.content!r}")
            self.tokens[who] = response.json()["token"]
        return self.tokens[who]

    def check(self, holds: bool, what: str) -> None:
        """Say what came of it, or fail.

        :raises WalkFailed: if it does not hold.
        """
        if not holds:
            raise WalkFailed(f"It does not hold that {what}.")
        self.say(f"{'':<11} … {what}")


def _json(body: Any) -> dict[str, Any]:
    return {"data": body, "content_type": "application/json"}


def signature(meaning: str) -> dict[str, str]:
    return {"password": PASSWORD, "meaning": meaning}


def walk_all(walk: Walk) -> None:
    """From an empty portfolio to a brochure in the field, and out of it again."""
    version, code = create(walk)
    approve(walk, version)
    deposit_and_grant(walk, version)
    release_and_look(walk, version, code)
    withdraw_and_look(walk, version, code)


def create(walk: Walk) -> tuple[int, str]:
    """The product manager creates, plans, uploads with the reference printed, and submits."""
    product = walk.call("pm", "GET", "products/?q=cardioval")["results"][0]
    body = {
        "title": "Protéger le cœur",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": [product["cis"]],
        "lead_product": product["cis"],
    }
    code = walk.call("pm", "POST", "assets/", body, expect=201)["code"]
    version = walk.call("pm", "POST", f"assets/{code}/versions/", {}, expect=201)["id"]
    walk.check(True, f"{code} is created, version 1 is a draft")
    window = open_window(walk)
    planned = {"window": window["id"], "planned_on": walk.today.isoformat()}
    reference = walk.call("pm", "POST", f"versions/{version}/plan/", planned)["reference"]
    walk.check(product["cis"] in reference, f"{reference} is reserved, to be printed")
    paper = Paper(
        title=body["title"],  # type: ignore[arg-type]
        products=[Product(cis=product["cis"], name=product["name"])],
        prepared_on=walk.today,
        reference=reference,
    )
    form = {"files": upload(paper, "brochure.pdf"), "prepared_on": walk.today.isoformat()}
    walk.call("pm", "POST", f"versions/{version}/revisions/", form, expect=201)
    walk.call("pm", "POST", f"versions/{version}/submit/")
    told = walk.call("pm", "GET", f"versions/{version}/")
    walk.check(
        told["state"] == "in_review" and told["digest"], "it is in review, its digest frozen"
    )
    return version, code


def open_window(walk: Walk) -> Any:
    """Return the window for professionals that is open today."""
    day = walk.today.isoformat()
    path: str | None = "windows/"
    while path:
        page = walk.call("pm", "GET", path)
        for window in page["results"]:
            is_open = window["opens_on"] <= day <= window["closes_on"]
            if window["category"] == "PM" and is_open and not window["provisional"]:
                return window
        path = page["next"] and page["next"].partition(ROOT)[2]
    raise WalkFailed("No window for professionals is open today.")


def approve(walk: Walk, version: int) -> None:
    """Three reviewers sign side by side, then the pharmacist."""
    for who, meaning in MEANINGS.items():
        tasks = walk.call(who, "GET", "tasks/?mine=true&open=true")["results"]
        task = next(task for task in tasks if task["version"] == version)
        verdict = {
            "verdict": "approved",
            "checklist": {row["key"]: {"answer": "yes"} for row in task["checklist"]},
            "signature": signature(meaning),
        }
        walk.call(who, "POST", f"tasks/{task['id']}/decide/", verdict)
    told = walk.call("pharmacist", "GET", f"versions/{version}/")
    walk.check(told["state"] == "approved", "all have signed: it is approved")
    signed = walk.call("inspector", "GET", f"versions/{version}/signatures/")["results"]
    names = ", ".join(row["name"] for row in signed)
    walk.check(len(signed) == len(MEANINGS), f"four signatures bind its digest: {names}")


def deposit_and_grant(walk: Walk, version: int) -> None:
    """Regulatory affairs batch, complete, freeze and deposit; then record the decision."""
    window = open_window(walk)
    body = {"window": window["id"]}
    batch = walk.call("regulatory", "POST", "batches/", body, expect=201)["id"]
    added = walk.call("regulatory", "POST", f"batches/{batch}/add/", {"version": version})
    (dossier,) = added["dossiers"]
    walk.check(bool(dossier["missing"]), f"the dossier still owes: {dossier['missing']}")
    number = "24000000001"
    path = f"dossiers/{dossier['id']}/"
    walk.call("regulatory", "PATCH", path, {"receipt_number": number, "context": "campaign"})
    _piece(walk, path, "receipt", f"{number}.pdf", "Quittance")
    _piece(walk, path, "smpc", "rcp.pdf", "Résumé des caractéristiques du produit")
    frozen = {"signature": signature("batch_freeze")}
    walk.call("regulatory", "POST", f"batches/{batch}/freeze/", frozen)
    proof = _piece(walk, path, "proof", "accuse.pdf", "Accusé de réception")
    walk.now = timezone.now()
    deposit = {
        "deposited_at": walk.now.isoformat(),
        "portal_number": "DS-12345678",
        "proof": proof,
        "signature": signature("deposit"),
    }
    walk.call("regulatory", "POST", f"{path}deposit/", deposit)
    decision = {
        "outcome": "granted",
        "decided_on": walk.today.isoformat(),
        "signature": signature("decision"),
    }
    walk.call("regulatory", "POST", f"{path}decide/", decision)
    told = walk.call("regulatory", "GET", f"versions/{version}/")
    walk.check(told["state"] == "cleared", f"the visa stands until {told['visa']['ends_on']}")


def _piece(walk: Walk, path: str, kind: str, name: str, title: str) -> int:
    file = SimpleUploadedFile(name, letter(title), content_type="application/pdf")
    piece = walk.call(
        "regulatory", "POST", f"{path}pieces/", {"kind": kind, "file": file}, expect=201
    )
    return int(piece["id"])


def release_and_look(walk: Walk, version: int, code: str) -> None:
    """The pharmacist releases; the rep finds it, and not once its two years are over."""
    walk.check(not listed(walk, code), "the rep does not have it yet")
    body = {"signature": signature("release")}
    walk.call("pharmacist", "POST", f"versions/{version}/release/", body)
    told = walk.call("pharmacist", "GET", f"versions/{version}/")
    walk.check(listed(walk, code), f"the rep has it, until {told['last_usable_day']} included")
    last, after = told["last_usable_day"], told["expires_on"]
    walk.check(listed(walk, code, on=last), f"on {last} the rep still has it")
    walk.check(not listed(walk, code, on=after), f"on {after} it is gone: its two years are over")


def withdraw_and_look(walk: Walk, version: int, code: str) -> None:
    """The pharmacist withdraws; the rep no longer finds it, and is told why."""
    body = {"reason": "Le prix a changé.", "signature": signature("withdrawal")}
    walk.call("pharmacist", "POST", f"versions/{version}/withdraw/", body)
    walk.check(not listed(walk, code), "the rep no longer has it")
    status = walk.call("rep", "GET", f"status/{code}/?version=1")
    why = [reason["code"] for reason in status["why_not"]]
    walk.check(why[:1] == ["withdrawn"], f"asked about the printed piece, the answer is: {why[0]}")
    gone = walk.call("rep", "GET", "negative-list/")["results"]
    walk.check(any(row["code"] == code for row in gone), "it stands on the negative list")


def listed(walk: Walk, code: str, *, on: str = "") -> bool:
    """Whether the rep's positive list holds an asset, today or on a day."""
    path = "positive-list/?q=" + code + (f"&on={on}" if on else "")
    return any(row["code"] == code for row in walk.call("rep", "GET", path)["results"])
