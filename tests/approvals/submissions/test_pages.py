"""The pages of a deposit, walked as a person does; what is refused is said there."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals.people.models import User
from approvals.submissions.models import Batch, Dossier
from content.assets.enums import State
from content.assets.models import Version
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


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"submissions:{name}", args=args)


@pytest.mark.slow  # the whole walk
def test_a_product_manager_plans_and_regulatory_deposits(cast: Cast) -> None:
    pm, regulatory = client_of(cast.pm), client_of(cast.regulatory)
    version = make_draft(cast)

    answer = pm.post(at("plan", version.pk), {"window": pm_window().pk}, follow=True)
    assert answer.status_code == 200
    reference = Version.objects.with_asset().get(pk=version.pk).reference
    assert reference is not None
    assert reference.value in answer.content.decode()
    approve(version, text=reference.value)

    regulatory.post(at("create_batch"), {"window": pm_window().pk})
    batch = Batch.objects.get()
    assert "Add a version" in regulatory.get(at("batch", batch.pk)).content.decode()
    regulatory.post(at("add", batch.pk), {"version": version.pk})
    dossier = Dossier.objects.get()
    page = regulatory.get(at("batch", batch.pk)).content.decode()
    assert reference.value in page
    assert at("dossier", dossier.pk) in page

    form = regulatory.get(at("dossier", dossier.pk)).context["form"]
    body = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    body |= {"receipt_number": "12345678901", "context": "campaign"}
    regulatory.post(at("dossier", dossier.pk), body)
    for kind in ("receipt", "smpc"):
        regulatory.post(at("piece", dossier.pk), {"kind": kind, "file": upload()})
    assert at("freeze", batch.pk) in regulatory.get(at("batch", batch.pk)).content.decode()
    regulatory.post(at("freeze", batch.pk), {"password": PASSWORD})
    assert Batch.objects.get().state == "frozen"

    regulatory.post(at("piece", dossier.pk), {"kind": "proof", "file": upload("ar.pdf")})
    proof = dossier.pieces.get(kind="proof")
    body = {
        "deposited_at": "2026-04-14T10:00",
        "portal_number": "DS-1",
        "proof": proof.pk,
        "password": PASSWORD,
    }
    regulatory.post(at("deposit", dossier.pk), body)
    assert state_of(version) == State.DEPOSITED

    body = {"outcome": "granted", "decided_on": "2026-04-14", "password": PASSWORD}
    regulatory.post(at("decide", dossier.pk), body)
    assert state_of(version) == State.CLEARED
    assert Batch.objects.get().state == "closed"


def test_silence_is_confirmed_on_its_own_page(cast: Cast) -> None:
    dossier = make_deposited(cast)
    regulatory = client_of(cast.regulatory)
    assert regulatory.get(at("tacit", dossier.pk)).status_code == 409

    with time_machine.travel(datetime(2026, 6, 26, 8, tzinfo=UTC), tick=False):
        regulatory = client_of(cast.regulatory)
        page = regulatory.get(at("batch", dossier.batch_id)).content.decode()
        assert at("tacit", dossier.pk) in page
        body = {"no_letter": "on", "password": PASSWORD}
        assert regulatory.post(at("tacit", dossier.pk), body).status_code == 302

    assert state_of(dossier.version) == State.CLEARED


def test_what_is_refused_is_said_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    dossier = make_deposited(cast)
    body = {
        "outcome": "refused",
        "decided_on": "2026-04-13",
        "reason": "Mentions manquantes",
        "password": PASSWORD,
    }

    answer = client_of(cast.regulatory).post(at("decide", dossier.pk), body)

    assert answer.status_code == 400
    assert answer.context["form"].errors["decided_on"]
    assert "Mentions manquantes" in answer.content.decode()
    assert state_of(dossier.version) == State.DEPOSITED


def test_a_wrong_password_signs_nothing(cast: Cast) -> None:
    dossier = make_deposited(cast)
    body = {"outcome": "granted", "decided_on": "2026-04-14", "password": "wrong"}

    answer = client_of(cast.regulatory).post(at("decide", dossier.pk), body)

    assert answer.status_code == 403
    assert answer.context["form"].errors["password"]
    assert state_of(dossier.version) == State.DEPOSITED


def test_an_incomplete_batch_says_what_is_missing(cast: Cast) -> None:
    batch = make_batch(cast, make_approved(cast), complete=False)

    answer = client_of(cast.regulatory).post(at("freeze", batch.pk), {"password": PASSWORD})

    assert answer.status_code == 409
    assert "11" in answer.content.decode()
    assert Batch.objects.get().state == "preparing"


def test_who_may_not_act_sees_why_and_no_form(cast: Cast) -> None:
    batch = make_batch(cast, make_approved(cast))

    answer = client_of(cast.pm).get(at("freeze", batch.pk))

    assert answer.status_code == 403
    assert answer.context["refusal"]
    assert b'type="password"' not in answer.content


def test_what_is_not_visible_is_not_there(cast: Cast) -> None:
    batch = make_batch(cast, make_approved(cast))

    assert client_of(cast.pm2).get(at("batch", batch.pk)).status_code == 404
    assert client_of(cast.rep).get(at("batches")).status_code == 403


def test_the_plan_says_whether_one_is_in_time(cast: Cast) -> None:
    make_approved(cast)
    late = make_draft(cast)
    client = client_of(cast.pm)
    client.post(at("plan", late.pk), {"window": pm_window().pk})

    for address in ("/plan/", at("windows")):
        page = client.get(address)
        assert page.status_code == 200
        rows = page.context["rows"][0].planned
        assert [row.outlook for row in rows] == ["too_late", "on_track"]


@pytest.mark.parametrize("name", ["windows", "batches", "record_window", "create_batch"])
def test_lists_and_empty_forms_open(cast: Cast, name: str) -> None:
    assert client_of(cast.regulatory).get(at(name)).status_code == 200


def test_the_number_of_queries_does_not_grow(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client = client_of(cast.regulatory)
    batch = make_batch(cast, *[make_approved(cast) for _ in range(3)])
    client.get(at("batch", batch.pk))

    with django_assert_max_num_queries(30):
        client.get(at("batch", batch.pk))
    with django_assert_max_num_queries(30):
        client.get(at("windows"))


def test_a_piece_is_opened_from_its_batch_by_those_who_see_the_dossier(cast: Cast) -> None:
    dossier = make_deposited(cast)
    piece = dossier.pieces.order_by("pk").first()
    assert piece is not None
    address = at("piece_file", piece.pk)

    regulatory = client_of(cast.regulatory)
    assert address in regulatory.get(at("batch", dossier.batch_id)).content.decode()
    answer = regulatory.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 piece"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"

    assert client_of(cast.pm2).get(address).status_code == 404
    assert client_of(cast.rep).get(address).status_code == 403
