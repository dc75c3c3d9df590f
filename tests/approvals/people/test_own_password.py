"""Whoever was given a password chooses their own before anything else (SECURITY.md 6)."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit.models import AuditEvent
from approvals.people.actions import change_password, create_person, give_token
from approvals.people.enums import Role
from approvals.people.models import ApiToken, User
from tests.factories import T0, keep
from tests.factories.people import PASSWORD, Cast, make_person

pytestmark = pytest.mark.django_db
NEW = "une phrase longue et facile"


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A product manager whose password an administrator reset."""
    person = make_person(Role.PRODUCT_MANAGER, username="newcomer")
    person.must_change_password = True
    keep(person, by=cast.admin)
    return person


@pytest.fixture
def signed_in(newcomer: User) -> Client:
    client = Client()
    response = client.post("/accounts/login/", {"login": "newcomer", "password": PASSWORD})
    assert response.status_code == 302
    return client


def token_for(client: Client, password: str = PASSWORD) -> Any:
    body = {"username": "newcomer", "password": password}
    return client.post("/api/v1/auth/token/", body, content_type="application/json")


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/desk/assets/", "/profile/", "/field/"])
def test_b06_every_page_leads_to_the_new_password(signed_in: Client, path: str) -> None:
    for send in (signed_in.get, signed_in.post):
        response = send(path)
        assert (response.status_code, response.headers["Location"]) == (302, "/profile/password/")


def test_b06_signing_out_and_the_page_itself_stay_open(signed_in: Client) -> None:
    assert signed_in.get("/profile/password/").status_code == 200
    assert signed_in.post("/accounts/logout/").status_code == 302
    assert "login" in signed_in.get("/").headers["Location"]


def test_b06_once_changed_everything_opens(signed_in: Client, newcomer: User) -> None:
    given = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert signed_in.post("/profile/password/", given).status_code == 302
    assert signed_in.get("/profile/").status_code == 200
    assert token_for(signed_in, NEW).status_code == 200


def test_b06_a_person_made_by_an_administrator_chooses_first(cast: Cast) -> None:
    made = create_person(by=cast.admin, now=T0, username="ada", password=PASSWORD)
    assert User.objects.get(pk=made.pk).must_change_password


def test_a10_a_changed_password_ends_the_tokens_of_the_old_one(cast: Cast, client: Client) -> None:
    _token, key = give_token(by=cast.pm, now=T0)
    _other, others = give_token(by=cast.rep, now=T0)
    change_password(current=PASSWORD, password=NEW, by=cast.pm, now=T0)
    kept = ApiToken.objects.get()
    assert kept.user == cast.rep
    event = AuditEvent.objects.filter(kind="change_password").get()
    assert '"tokens_ended":1' in event.payload
    for text, status in ((key, 401), (others, 200)):
        with time_machine.travel(T0, tick=False):
            headers = {"Authorization": f"Token {text}"}
            assert client.get("/api/v1/me/", headers=headers).status_code == status


def test_b06_the_same_password_again_is_not_a_change(signed_in: Client, newcomer: User) -> None:
    given = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert signed_in.post("/profile/password/", given).status_code == 400
    assert signed_in.get("/profile/").status_code == 302


def test_b06_the_api_gives_no_token_and_takes_none(newcomer: User, client: Client) -> None:
    response = token_for(client)
    assert (response.status_code, response.json()["code"]) == (403, "password_change_owed")
    assert not ApiToken.objects.exists()
    _token, key = give_token(by=newcomer, now=T0)
    response = client.get("/api/v1/me/", headers={"Authorization": f"Token {key}"})
    assert (response.status_code, response.json()["code"]) == (403, "password_change_owed")
    client.force_login(newcomer, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/api/v1/me/")
    assert (response.status_code, response.json()["code"]) == (403, "password_change_owed")


def test_b06_the_trail_never_tells_a_password(cast: Cast, client: Client) -> None:
    person = cast.pm
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    given = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/profile/password/", given).status_code == 302
    changed = AuditEvent.objects.filter(kind="change_password").get()
    assert '"password":["hidden","hidden"]' in changed.payload
    person = User.objects.get(pk=person.pk)
    for event in AuditEvent.objects.all():
        assert person.password not in event.payload
        assert "$" not in event.payload, "a hash has its parts between dollars"


def test_b07_guessing_in_an_open_session_locks_out_too(
    cast: Cast, client: Client, settings: Any
) -> None:
    client.force_login(cast.pm, backend="django.contrib.auth.backends.ModelBackend")
    wrong = {"current": "not-the-password", "password": NEW, "again": NEW}
    statuses = [
        client.post("/profile/password/", wrong).status_code
        for _attempt in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert set(statuses) <= {400, 429}
    right = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/profile/password/", right).status_code == 429
    assert User.objects.get(username="pm").check_password(PASSWORD)
