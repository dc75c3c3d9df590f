"""The pages and calls of decisions: entries in order, corrections, letters, silence, clocks."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from approvals.people.models import User
from approvals.submissions.models import Dossier
from content.assets.enums import State
from content.assets.models import Version
from tests.factories.people import PASSWORD, Cast
from tests.factories.releases import release_now
from tests.factories.submissions import (
    make_deposited,
    record_correction,
    record_decision,
    state_of,
    upload,
)

pytestmark = pytest.mark.django_db

JULY_1 = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(JULY_1, tick=False):
        yield


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def api_of(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"submissions:{name}", args=args)


def signed(meaning: str, **body: Any) -> dict[str, Any]:
    return {**body, "signature": {"password": PASSWORD, "meaning": meaning}}


class TestPages:
    def test_a_decision_with_its_letter(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        form = {"outcome": "granted", "decided_on": "2026-06-10", "password": PASSWORD}
        form["letter_file"] = upload("visa.pdf")  # type: ignore[assignment]

        answer = client_of(cast.regulatory).post(at("decide", dossier.pk), form, follow=True)

        assert answer.status_code == 200
        assert answer.redirect_chain[-1][0] == at("decisions", dossier.pk)
        page = answer.content.decode()
        assert "visa.pdf" in page
        assert "Without a document." not in page
        assert state_of(dossier.version) == State.CLEARED

    def test_without_a_letter_it_says_so_and_takes_it_later(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        decision = record_decision(cast, dossier)
        regulatory = client_of(cast.regulatory)
        assert "Without a document." in regulatory.get(at("decisions", dossier.pk)).content.decode()
        empty = regulatory.post(at("letter", decision.pk), {})
        assert empty.status_code == 400
        assert "Add the letter." in empty.content.decode()

        form = {"letter_file": upload("visa.pdf")}
        answer = regulatory.post(at("letter", decision.pk), form, follow=True)

        assert "visa.pdf" in answer.content.decode()
        assert dossier.decisions.get().letter is not None

    def test_silence_is_confirmed_only_once_the_box_is_ticked(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        regulatory = client_of(cast.regulatory)
        refused = regulatory.post(at("tacit", dossier.pk), {"password": PASSWORD})
        assert refused.status_code == 400
        assert state_of(dossier.version) == State.DEPOSITED

        form = {"password": PASSWORD, "no_letter": "on"}
        answer = regulatory.post(at("tacit", dossier.pk), form, follow=True)

        assert state_of(dossier.version) == State.CLEARED
        assert "no letter of the authority came" in answer.content.decode()

    def test_a_correction_strikes_the_wrong_entry_through_and_lists_the_days(
        self, cast: Cast
    ) -> None:
        dossier = make_deposited(cast)
        wrong = record_decision(cast, dossier)
        version = Version.objects.get(pk=dossier.version_id)
        assert version.expires_on is not None
        released_at = datetime(2026, 6, 15, 9, tzinfo=UTC)
        release_now(version.pk, by=cast.pharmacist, now=released_at, expires_on=version.expires_on)
        form = {
            "outcome": "refused",
            "decided_on": "2026-06-10",
            "reason": "Read too fast.",
            "authority_reasons": "Outside the indication.",
            "password": PASSWORD,
        }

        answer = client_of(cast.regulatory).post(at("correct", wrong.pk), form, follow=True)

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<del>" in page
        assert "Read too fast." in page
        assert "wrongly usable from 15 June 2026 to 1 July 2026 included" in page
        assert state_of(version) == State.REFUSED

    def test_a_correction_that_changes_nothing_says_so_and_keeps_what_was_typed(
        self, cast: Cast
    ) -> None:
        dossier = make_deposited(cast)
        wrong = record_decision(cast, dossier)
        form = {
            "outcome": "granted",
            "decided_on": "2026-06-10",
            "reason": "Nothing.",
            "password": PASSWORD,
        }

        answer = client_of(cast.regulatory).post(at("correct", wrong.pk), form)

        assert answer.status_code == 409
        assert "This is what is recorded already" in answer.content.decode()
        assert "Nothing." in answer.content.decode()

    def test_who_may_only_read_is_offered_no_act(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        wrong = record_decision(cast, dossier)
        pm = client_of(cast.pm)
        page = pm.get(at("decisions", dossier.pk)).content.decode()
        assert at("correct", wrong.pk) not in page
        assert pm.get(at("correct", wrong.pk)).status_code == 403

    def test_the_clocks(self, cast: Cast) -> None:
        due = make_deposited(cast)
        regulatory = client_of(cast.regulatory)
        page = regulatory.get(at("clocks")).content.decode()
        assert at("tacit", due.pk) in page
        assert "The evaluation ended on 25 June 2026, 6 days ago." in page
        reader = client_of(cast.pharmacist).get(at("clocks")).content.decode()
        assert at("tacit", due.pk) not in reader

        with time_machine.travel(datetime(2026, 6, 20, 8, tzinfo=UTC), tick=False):
            page = regulatory.get(at("clocks")).content.decode()
        assert at("tacit", due.pk) not in page
        assert "5 days left: the evaluation ends on 25 June 2026." in page

    def test_another_team_sees_none_of_it(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        decision = record_decision(cast, dossier)
        other = client_of(cast.pm2)
        for address in (at("decisions", dossier.pk), at("correct", decision.pk)):
            assert other.get(address).status_code == 404


class TestApi:
    def test_a_correction_after_the_contract(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        body = signed(
            "correction", outcome="refused", decided_on="2026-06-10", reason="Indication."
        )

        answer = api_of(cast.regulatory).post(
            f"/api/v1/dossiers/{dossier.pk}/correct/", body, format="json"
        )

        assert answer.status_code == 200, answer.json()
        told = answer.json()
        assert told["state"] == "refused"
        first, second = told["decisions"]
        assert (first["standing"], second["standing"]) == (False, True)
        assert second["corrects"] == first["id"]
        assert second["reason"] == second["correction_reason"] == "Indication."
        assert second["wrong_days"] == []

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"outcome": "granted", "decided_on": "2026-06-10"}, 409, "nothing_corrected"),
            ({"outcome": "refused", "decided_on": "2026-07-02"}, 400, "invalid"),
            ({"outcome": "maybe", "decided_on": "2026-06-10"}, 400, "invalid"),
        ],
    )
    def test_what_is_refused(
        self, cast: Cast, body: dict[str, str], status: int, code: str
    ) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        answer = api_of(cast.regulatory).post(
            f"/api/v1/dossiers/{dossier.pk}/correct/",
            signed("correction", reason="?", **body),
            format="json",
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert dossier.decisions.count() == 1

    def test_another_meaning_is_refused(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        body = signed("decision", outcome="refused", decided_on="2026-06-10", reason="?")
        answer = api_of(cast.regulatory).post(
            f"/api/v1/dossiers/{dossier.pk}/correct/", body, format="json"
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_meaning")

    def test_silence_with_its_check_and_what_is_due(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        regulatory = api_of(cast.regulatory)
        due = regulatory.get("/api/v1/dossiers/?due=tacit").json()["results"]
        assert [(row["id"], row["days_left"]) for row in due] == [(dossier.pk, -6)]
        body = signed(
            "tacit_grant_confirmed",
            outcome="tacit",
            decided_on="2026-07-01",
            no_letter_received=True,
        )

        answer = regulatory.post(f"/api/v1/dossiers/{dossier.pk}/decide/", body, format="json")

        assert answer.status_code == 200
        assert answer.json()["decisions"][0]["silence_statement"]
        assert regulatory.get("/api/v1/dossiers/?due=tacit").json()["results"] == []
        listed = regulatory.get("/api/v1/dossiers/?state=granted").json()["results"]
        assert [row["id"] for row in listed] == [dossier.pk]
        assert regulatory.get("/api/v1/dossiers/?due=soon").status_code == 400

    def test_a_letter_by_its_piece(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        decision = record_decision(cast, dossier)
        regulatory = api_of(cast.regulatory)
        piece = regulatory.post(
            f"/api/v1/dossiers/{dossier.pk}/pieces/", {"kind": "letter", "file": upload()}
        ).json()["id"]

        answer = regulatory.post(
            f"/api/v1/decisions/{decision.pk}/letter/", {"letter": piece}, format="json"
        )

        assert answer.status_code == 200
        assert answer.json()["decisions"][0]["letter"] == piece

    def test_the_record_holds_the_wrong_entry_and_its_correction(self, cast: Cast) -> None:
        dossier: Dossier = make_deposited(cast)
        record_decision(cast, dossier)
        record_correction(cast, dossier, "refused", now=JULY_1)

        told = api_of(cast.regulatory).get(f"/api/v1/versions/{dossier.version_id}/record.json")

        wrong, right = told.json()["authority"][0]["decisions"]
        assert wrong["corrected_by"] == right["id"]
        assert right["corrects"] == wrong["id"]
        assert right["correction_reason"] == "Mal lu."
