"""R.5122-2-1, walked on the pages and through the API: planned, batched, deposited, evaluated."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from approvals.submissions.models import Batch, Dossier, PlannedDeposit
from content.assets.enums import ChangeKind, State
from content.assets.models import Version
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast
from tests.factories.submissions import (
    approve,
    fill_in,
    make_deposited,
    make_draft,
    record_decision,
    state_of,
    upload,
)
from tests.security.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # whole walks
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
STATED = {
    "reason": "Réévaluation du rapport bénéfice/risque.",
    "proof": "Courrier ANSM du 2 juin 2026",
    "planned_on": "2026-06-20",
}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def successor(cast: Cast) -> Version:
    """A version for safety of what the authority granted."""
    first = make_deposited(cast, now=T0)
    record_decision(cast, first, now=NOW)
    return make_draft(cast, asset=first.version.asset, change_kind=ChangeKind.SAFETY, now=NOW)


def at(name: str, *args: Any) -> str:
    return reverse(f"submissions:{name}", args=args)


def test_on_the_pages(cast: Cast, successor: Version) -> None:
    pm, regulatory = client_of(cast.pm), client_of(cast.regulatory)
    refused = pm.post(at("plan", successor.pk), {"window": "outside", "planned_on": "2026-06-20"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (
        400,
        {"reason", "proof"},
    )
    assert pm.post(at("plan", successor.pk), {"window": "outside", **STATED}).status_code == 302
    plan = PlannedDeposit.objects.current().get(version=successor)
    assert (plan.window, plan.out_of_window_proof) == (None, STATED["proof"])
    again = pm.get(at("plan", successor.pk)).context["form"]
    assert (again.initial["window"], again.initial["proof"]) == ("outside", STATED["proof"])
    approve(successor, text=plan.reference.value, now=NOW)

    regulatory.post(at("create_batch"), {"window": "PM"})
    batch = Batch.objects.get(window=None)
    assert regulatory.post(at("add", batch.pk), {"version": successor.pk}).status_code == 302
    dossier = batch.dossiers.get()
    assert (dossier.context, dossier.former_reference) == ("update", "26/04/60000001/PM/001")
    fill_in(cast, dossier, now=NOW)
    page = regulatory.get(at("batch", batch.pk)).content.decode()
    assert "R.5122-2-1" in page
    assert f"{at('piece', dossier.pk)}?kind=letter" in page
    denied = regulatory.post(at("freeze", batch.pk), {"password": PASSWORD})
    assert (denied.status_code, Batch.objects.get(pk=batch.pk).state) == (409, "preparing")
    regulatory.post(at("piece", dossier.pk), {"kind": "letter", "file": upload("lettre.pdf")})
    assert regulatory.post(at("freeze", batch.pk), {"password": PASSWORD}).status_code == 302

    regulatory.post(at("piece", dossier.pk), {"kind": "proof", "file": upload("ar.pdf")})
    body = {
        "deposited_at": "2026-06-15T10:00",
        "portal_number": "DS-2",
        "proof": dossier.pieces.get(kind="proof").pk,
        "password": PASSWORD,
    }
    assert regulatory.post(at("deposit", dossier.pk), body).status_code == 302
    assert state_of(successor) == State.DEPOSITED
    assert dossier_of(successor).evaluation_ends_on is None

    # The authority's letter comes later: its day is entered then.
    assert at("dossier", dossier.pk) in regulatory.get(at("batch", batch.pk)).content.decode()
    early = regulatory.post(at("dossier", dossier.pk), {"received_on": "2026-06-14"})
    assert (early.status_code, list(early.context["form"].errors)) == (400, ["received_on"])
    known = {"received_on": "2026-06-15", "registration_number": "26.123"}
    assert regulatory.post(at("dossier", dossier.pk), known).status_code == 302
    assert dossier_of(successor).evaluation_ends_on == date(2026, 8, 15)
    assert dossier_of(successor).registration_number == "26.123"


def dossier_of(version: Version) -> Dossier:
    found: Dossier = Dossier.objects.with_page().get(version=version)
    return found


def test_through_the_api(cast: Cast, successor: Version) -> None:
    pm, regulatory = client_of(cast.pm), client_of(cast.regulatory)

    def post(client: Any, path: str, body: dict[str, Any], meaning: str = "") -> Any:
        signed = {"signature": {"password": PASSWORD, "meaning": meaning}} if meaning else {}
        return client.post(f"/api/v1/{path}", {**body, **signed}, content_type="application/json")

    bare = post(pm, f"versions/{successor.pk}/plan/", {"out_of_window": {**STATED, "proof": " "}})
    assert bare.status_code == 400
    planned = post(pm, f"versions/{successor.pk}/plan/", {"out_of_window": STATED})
    assert planned.status_code == 200
    approve(successor, text=planned.json()["reference"], now=NOW)

    batch = post(regulatory, "batches/", {"out_of_window": "PM"}).json()["id"]
    added = post(regulatory, f"batches/{batch}/add/", {"version": successor.pk}).json()
    (row,) = added["dossiers"]
    assert "letter" in row["missing"]
    path = f"dossiers/{row['id']}/"
    change = {
        "receipt_number": "24000000001",
        "modified_elements": "Nouvelle mise en garde.",
    }
    regulatory.patch(f"/api/v1/{path}", change, content_type="application/json")
    for kind in ("receipt", "smpc"):
        regulatory.post(f"/api/v1/{path}pieces/", {"kind": kind, "file": upload()})
    denied = post(regulatory, f"batches/{batch}/freeze/", {}, "batch_freeze")
    assert (denied.status_code, denied.json()["code"]) == (409, "batch_incomplete")
    assert "R.5122-2-1" in denied.json()["detail"]
    regulatory.post(f"/api/v1/{path}pieces/", {"kind": "letter", "file": upload()})
    assert post(regulatory, f"batches/{batch}/freeze/", {}, "batch_freeze").status_code == 200
    proof = regulatory.post(f"/api/v1/{path}pieces/", {"kind": "proof", "file": upload()}).json()
    body = {
        "deposited_at": NOW.isoformat(),
        "portal_number": "DS-2",
        "proof": proof["id"],
        "received_on": "2026-06-15",
    }
    deposited = post(regulatory, f"{path}deposit/", body, "deposit").json()
    assert (deposited["state"], deposited["evaluation_ends_on"]) == ("deposited", "2026-08-15")
