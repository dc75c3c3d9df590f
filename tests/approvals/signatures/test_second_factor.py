"""Signing with a second factor, on the page and over the API, and all that goes wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit.models import AuditEvent
from approvals.people import factors
from approvals.people.actions import give_token
from approvals.people.models import User
from approvals.review.actions import recall, submit
from approvals.review.models import ReviewTask, Verdict
from approvals.signatures.models import Proof, Signature
from tests.factories import T0
from tests.factories.factors import client_with_factor, code_at, with_totp
from tests.factories.people import PASSWORD, Cast
from tests.factories.review import correct, in_review, task_of, yes_to_all

pytestmark = pytest.mark.django_db
NEXT = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(T0, tick=False) as traveller:
        yield traveller


@pytest.fixture
def secret(cast: Cast) -> str:
    return with_totp(cast.medical)


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    return task_of(in_review(cast), "medical_reviewer")


def token_of(person: User) -> Client:
    _token, key = give_token(by=person, now=T0)
    return Client(headers={"Authorization": f"Token {key}"})


def decide(client: Client, task: ReviewTask, otp: str | None = None, **signature: Any) -> Any:
    signed = {"password": PASSWORD, "meaning": "medical_accuracy", **signature}
    if otp is not None:
        signed["otp"] = otp
    body = {"verdict": "approved", "checklist": yes_to_all(task), "signature": signed}
    path = f"/api/v1/tasks/{task.pk}/decide/"
    return client.post(path, body, content_type="application/json")


def answer_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def nothing_signed(task: ReviewTask) -> bool:
    before = task.state
    task.refresh_from_db(fields=["state"])
    written = Signature.objects.exists() or Verdict.objects.exists() or Proof.objects.exists()
    return task.state == before and not written


def failures() -> list[str]:
    events = AuditEvent.objects.filter(kind="signature_refused").in_order()
    return [event.payload.split('"failure":"')[1].split('"')[0] for event in events]


class TestApi:
    def test_it_signs_with_the_code(self, cast: Cast, task: ReviewTask, secret: str) -> None:
        answer = decide(token_of(cast.medical), task, code_at(secret, T0))
        assert answer.status_code == 200, answer.content
        assert Signature.objects.get().username == "medical"

    def test_a_recovery_code_signs_once(self, cast: Cast, task: ReviewTask, secret: str) -> None:
        code = factors.unused_recovery_codes(cast.medical)[0]
        client = token_of(cast.medical)
        assert decide(client, task, "000000").status_code == 403
        assert decide(client, task, code).status_code == 200
        assert code not in factors.unused_recovery_codes(cast.medical)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"password": "wrong wrong"}, "wrong_credentials"),
            ({}, "second_factor_missing"),
            ({"otp": ""}, "second_factor_missing"),
            ({"otp": "12345"}, "wrong_second_factor"),
            ({"otp": "\N{ARABIC-INDIC DIGIT ONE}\N{SNOWMAN}"}, "wrong_second_factor"),
        ],
    )
    def test_b12_a_wrong_component_signs_nothing_and_is_kept(
        self, cast: Cast, task: ReviewTask, secret: str, given: dict[str, str], code: str
    ) -> None:
        assert answer_of(decide(token_of(cast.medical), task, **given)) == (403, code)
        assert nothing_signed(task)
        assert failures() == [code]

    def test_b12_an_expired_code_signs_nothing(
        self, cast: Cast, task: ReviewTask, secret: str, clock: Any
    ) -> None:
        code = code_at(secret, T0)
        clock.shift(NEXT)
        refused = decide(token_of(cast.medical), task, code)
        assert answer_of(refused) == (403, "wrong_second_factor")
        assert nothing_signed(task)
        assert failures() == ["wrong_second_factor"]

    def test_b12_the_code_that_signed_in_does_not_sign(
        self, cast: Cast, task: ReviewTask, secret: str, clock: Any
    ) -> None:
        code = code_at(secret, T0)
        signed_in = Client().post(
            "/api/v1/auth/token/",
            {"username": "medical", "password": PASSWORD, "otp": code},
            content_type="application/json",
        )
        client = Client(headers={"Authorization": f"Token {signed_in.json()['token']}"})
        refused = decide(client, task, code)
        assert answer_of(refused) == (403, "used_second_factor")
        assert "attendez le suivant" in refused.json()["detail"]
        assert nothing_signed(task)
        clock.shift(NEXT)
        assert decide(client, task, code_at(secret, T0 + NEXT)).status_code == 200

    def test_b07_wrong_codes_lock_signing_out(
        self, cast: Cast, task: ReviewTask, secret: str, settings: Any
    ) -> None:
        client = token_of(cast.medical)
        for _attempt in range(settings.AXES_FAILURE_LIMIT):
            assert decide(client, task, "000000").status_code in {403, 429}
        assert decide(client, task, code_at(secret, T0)).status_code == 429
        assert nothing_signed(task)

    def test_the_setting_asks_everybody(self, cast: Cast, task: ReviewTask, settings: Any) -> None:
        settings.SIGNATURE_REQUIRES_OTP = True
        client = token_of(cast.medical)
        refused = decide(client, task, "123456")
        assert answer_of(refused) == (403, "second_factor_owed")
        assert "profil" in refused.json()["detail"]
        assert nothing_signed(task)
        secret = with_totp(cast.medical)
        assert decide(token_of(cast.medical), task, code_at(secret, T0)).status_code == 200


class TestPage:
    def test_it_signs_with_the_code(self, cast: Cast, task: ReviewTask, secret: str) -> None:
        client = client_with_factor(cast.medical)
        page = f"/review/{task.pk}/"
        assert 'name="otp"' in client.get(page).content.decode()
        answers = {
            f"checklist-{item}": answer["answer"] for item, answer in yes_to_all(task).items()
        }
        given = {"verdict": "changes_required", "comment": "Non.", "password": PASSWORD, **answers}
        refused = client.post(page, given | {"otp": "000000"})
        assert (refused.status_code, list(refused.context["form"].errors)) == (403, ["otp"])
        assert nothing_signed(task)
        done = client.post(page, given | {"otp": code_at(secret, T0)})
        assert done.status_code == 302, done.context["form"].errors
        assert Signature.objects.count() == 1

    def test_whoever_has_none_is_not_asked(self, cast: Cast, task: ReviewTask) -> None:
        client = Client()
        client.force_login(cast.medical, backend="django.contrib.auth.backends.ModelBackend")
        assert 'name="otp"' not in client.get(f"/review/{task.pk}/").content.decode()

    def test_the_setting_leads_to_the_profile(
        self, cast: Cast, task: ReviewTask, settings: Any
    ) -> None:
        settings.SIGNATURE_REQUIRES_OTP = True
        client = Client()
        client.force_login(cast.medical, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(f"/review/{task.pk}/").content.decode()
        assert 'name="password"' not in page
        assert "signer demande un second facteur" in page

    def test_an_answer_that_no_key_gave_is_refused(
        self, cast: Cast, task: ReviewTask, secret: str
    ) -> None:
        client = client_with_factor(cast.medical)
        given = {"verdict": "changes_required", "comment": "Non.", "password": PASSWORD}
        for key in ('{"id": "x"}', "[]", '{"id": 1, "response": {}}', '"x"'):
            answer = client.post(f"/review/{task.pk}/", given | {"webauthn_key": key})
            assert answer.status_code == 403, key
        assert nothing_signed(task)


class TestBadInput:
    """The issue's list: what cannot be signed, with its exact code."""

    def test_somebody_elses_task(self, cast: Cast, task: ReviewTask) -> None:
        assert answer_of(decide(token_of(cast.compliance), task)) == (403, "role_missing")
        assert not Signature.objects.exists()

    def test_twice(self, cast: Cast, task: ReviewTask) -> None:
        client = token_of(cast.medical)
        assert decide(client, task).status_code == 200
        assert answer_of(decide(client, task)) == (409, "task_decided")
        assert Signature.objects.count() == 1

    def test_after_recall_and_on_an_old_revision(self, cast: Cast, task: ReviewTask) -> None:
        recall(task.cycle.version_id, by=cast.pm, now=T0, reason="Erreur.")
        client = token_of(cast.medical)
        assert answer_of(decide(client, task)) == (409, "task_closed")
        version = correct(task.cycle.version)
        submit(version.pk, by=cast.pm, now=T0)
        assert answer_of(decide(client, task)) == (409, "task_closed")
        assert not Signature.objects.exists()
