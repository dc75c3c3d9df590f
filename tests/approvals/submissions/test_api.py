"""The spine's part of the API: from the plan to the decision, and what is refused."""

from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from approvals.people.models import User
from approvals.submissions.actions import plan
from content.assets.enums import FileFormat, State
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast
from tests.factories.submissions import (
    approve,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    state_of,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


def client_of(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def signed(meaning: str, **body: Any) -> dict[str, Any]:
    return {**body, "signature": {"password": PASSWORD, "meaning": meaning}}


def test_the_whole_walk(cast: Cast) -> None:
    pm, regulatory = client_of(cast.pm), client_of(cast.regulatory)
    version = make_draft(cast)

    windows = pm.get("/api/v1/windows/?category=PM").json()["results"]
    window = next(row for row in windows if row["closes_on"] == "2026-04-24")
    planned = pm.post(
        f"/api/v1/versions/{version.pk}/plan/", {"window": window["id"]}, format="json"
    )
    assert planned.status_code == 200
    reference = planned.json()["reference"]
    assert reference == "26/04/60000001/PM/001"
    approve(version, text=reference)

    batch = regulatory.post("/api/v1/batches/", {"window": window["id"]}, format="json")
    assert batch.status_code == 201
    at = f"/api/v1/batches/{batch.json()['id']}/"
    added = regulatory.post(f"{at}add/", {"version": version.pk}, format="json")
    assert added.status_code == 200
    row = added.json()["dossiers"][0]
    assert row["reference"] == reference
    assert row["missing"] == ["receipt_number", "context", "receipt", "smpc"]
    refused = regulatory.post(f"{at}freeze/", signed("batch_freeze"), format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_incomplete")

    dossier = f"/api/v1/dossiers/{row['id']}/"
    answers = {"receipt_number": "12345678901", "context": "campaign"}
    filled = regulatory.patch(dossier, answers, format="json")
    assert filled.status_code == 200
    for kind in ("receipt", "smpc"):
        piece = regulatory.post(f"{dossier}pieces/", {"kind": kind, "file": upload()})
        assert piece.status_code == 201
    assert regulatory.get(at).json()["dossiers"][0]["missing"] == []
    frozen = regulatory.post(f"{at}freeze/", signed("batch_freeze"), format="json")
    assert frozen.json()["state"] == "frozen"

    proof = regulatory.post(f"{dossier}pieces/", {"kind": "proof", "file": upload()}).json()["id"]
    body = {"deposited_at": T0.isoformat(), "portal_number": "DS-1", "proof": proof}
    deposited = regulatory.post(f"{dossier}deposit/", signed("deposit", **body), format="json")
    assert deposited.json()["state"] == "deposited"
    assert regulatory.get(at).json()["state"] == "deposited"

    body = {"outcome": "granted", "decided_on": "2026-04-14"}
    decided = regulatory.post(f"{dossier}decide/", signed("decision", **body), format="json")
    assert decided.json()["state"] == "granted"
    assert state_of(version) == State.CLEARED
    assert regulatory.get(at).json()["state"] == "closed"


def test_a_file_without_text_owes_a_reason_before_the_freeze(cast: Cast) -> None:
    version = make_draft(cast)
    plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
    batch = make_batch(cast, approve(version, content=b"ID3", file_format=FileFormat.MP3))
    regulatory, at = client_of(cast.regulatory), f"/api/v1/batches/{batch.pk}/"
    row = regulatory.get(at).json()["dossiers"][0]
    assert (row["missing"], row["reference_printed"]) == (["reference_unreadable"], "unreadable")
    refused = regulatory.post(f"{at}freeze/", signed("batch_freeze"), format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_incomplete")

    body = {"reference_exempt_reason": "Spot radio."}
    saved = regulatory.patch(f"/api/v1/dossiers/{row['id']}/", body, format="json").json()
    assert (saved["missing"], saved["reference_exempt_reason"]) == ([], "Spot radio.")
    frozen = regulatory.post(f"{at}freeze/", signed("batch_freeze"), format="json")
    assert frozen.json()["state"] == "frozen"


def test_a_window_in_the_past_is_refused_at_its_field(cast: Cast) -> None:
    version = make_draft(cast)
    window = pm_window()
    with time_machine.travel("2026-04-24T22:00:00Z", tick=False):
        answer = client_of(cast.pm).post(
            f"/api/v1/versions/{version.pk}/plan/", {"window": window.pk}, format="json"
        )

    assert (answer.status_code, answer.json()["code"]) == (400, "window_closed")
    assert "window" in answer.json()["errors"]


def test_a_decision_before_the_deposit_is_refused_at_its_field(cast: Cast) -> None:
    dossier = make_deposited(cast)

    answer = client_of(cast.regulatory).post(
        f"/api/v1/dossiers/{dossier.pk}/decide/",
        signed("decision", outcome="granted", decided_on="2026-04-13"),
        format="json",
    )

    assert answer.status_code == 400
    assert "decided_on" in answer.json()["errors"]


def test_a_decision_takes_only_its_own_meaning(cast: Cast) -> None:
    dossier = make_deposited(cast)

    answer = client_of(cast.regulatory).post(
        f"/api/v1/dossiers/{dossier.pk}/decide/",
        signed("release", outcome="granted", decided_on="2026-04-14"),
        format="json",
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_meaning")


def test_a_plan_of_another_team_is_not_there(cast: Cast) -> None:
    version = make_draft(cast)

    answer = client_of(cast.pm2).post(
        f"/api/v1/versions/{version.pk}/plan/", {"window": pm_window().pk}, format="json"
    )

    assert answer.status_code == 404


def test_regulatory_does_not_plan(cast: Cast) -> None:
    version = make_draft(cast)

    answer = client_of(cast.regulatory).post(
        f"/api/v1/versions/{version.pk}/plan/", {"window": pm_window().pk}, format="json"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_owner")


def test_who_owns_a_dossier_sees_its_batch_but_does_not_freeze_it(cast: Cast) -> None:
    batch = make_batch(cast, make_approved(cast))
    pm = client_of(cast.pm)

    assert pm.get(f"/api/v1/batches/{batch.pk}/").json()["allowed_actions"] == []
    answer = pm.post(f"/api/v1/batches/{batch.pk}/freeze/", signed("batch_freeze"), format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert client_of(cast.pm2).get(f"/api/v1/batches/{batch.pk}/").status_code == 404


def test_the_field_sees_no_window(cast: Cast) -> None:
    assert client_of(cast.rep).get("/api/v1/windows/").json()["results"] == []


def test_a_filter_that_does_not_exist_is_refused(cast: Cast) -> None:
    client = client_of(cast.regulatory)

    assert client.get("/api/v1/windows/?category=XX").status_code == 400
    assert client.get("/api/v1/batches/?state=lost").status_code == 400
    for window in ("last", "999999", "9" * 30):
        answer = client.get(f"/api/v1/batches/?window={window}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["window"])
    assert client.get(f"/api/v1/batches/?window={pm_window().pk}").json()["results"] == []


def test_windows_are_recorded_and_corrected_with_a_reason(cast: Cast) -> None:
    client = client_of(cast.regulatory)
    body = {"category": "PM", "opens_on": "2027-01-11", "closes_on": "2027-01-29"}

    made = client.post("/api/v1/windows/", body, format="json")
    assert (made.status_code, made.json()["evaluation_ends_on"]) == (201, "2027-03-30")
    at = f"/api/v1/windows/{made.json()['id']}/"
    refused = client.patch(at, {"closes_on": "2027-01-28"}, format="json")
    assert "reason" in refused.json()["errors"]
    changed = client.patch(
        at, {"closes_on": "2027-01-28", "reason": "Corrigé par l'ANSM."}, format="json"
    )
    assert changed.json()["closes_on"] == "2027-01-28"
    overlapping = client.post("/api/v1/windows/", body, format="json")
    assert "opens_on" in overlapping.json()["errors"]


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (("9999-12-01", "9999-12-31"), "opens_on"),
        (("0001-01-01", "2027-01-29"), "opens_on"),
        (("2027-01-11", "9999-12-31"), "closes_on"),
        (("20270111", "2027-01-29"), "opens_on"),
    ],
)
def test_a_window_on_an_impossible_day_is_refused_at_its_field(
    cast: Cast, days: tuple[str, str], field: str
) -> None:
    body = {"category": "PM", "opens_on": days[0], "closes_on": days[1]}

    answer = client_of(cast.regulatory).post("/api/v1/windows/", body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_piece_is_what_its_extension_says(cast: Cast) -> None:
    dossier = make_batch(cast, make_approved(cast)).dossiers.get()
    regulatory = client_of(cast.regulatory)
    pieces = dossier.pieces.count()

    for file in (upload("piece.pdf", b"hello"), upload("piece.png"), upload("piece.pdf", b"")):
        body = {"kind": "receipt", "file": file}
        answer = regulatory.post(f"/api/v1/dossiers/{dossier.pk}/pieces/", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])

    assert dossier.pieces.count() == pieces
    body = {"kind": "letter", "file": upload("courrier.eml", b"From: ansm")}
    assert regulatory.post(f"/api/v1/dossiers/{dossier.pk}/pieces/", body).status_code == 201


def test_a_batch_and_its_dossiers_offer_what_is_accepted(cast: Cast) -> None:
    version = make_approved(cast)
    batch = make_batch(cast, version)
    at = f"/api/v1/batches/{batch.pk}/"
    told = client_of(cast.regulatory).get(at).json()

    assert told["allowed_actions"] == ["add", "remove", "freeze", "cancel"]
    assert told["dossiers"][0]["allowed_actions"] == ["edit", "pieces", "miss"]
    assert client_of(cast.pm).get(at).json()["dossiers"][0]["allowed_actions"] == []
    deposited = make_deposited(cast)
    told = client_of(cast.regulatory).get(f"/api/v1/batches/{deposited.batch_id}/").json()
    assert told["allowed_actions"] == []
    assert told["dossiers"][0]["allowed_actions"] == ["pieces", "decide"]
