"""Signing in and out of the API."""

from typing import Any

import pytest
from django.test import Client

from approvals.people.models import ApiToken
from tests.factories.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(
        "/api/v1/auth/token/",
        {"username": username, "password": password, **more},
        content_type="application/json",
    )


def test_a10_a_token_opens_the_api_and_is_not_kept_in_clear(cast: Cast, client: Client) -> None:
    assert cast.pm.username == "pm"
    body = sign_in(client, "pm").json()
    assert set(body) == {"token", "expires_at"}
    assert body["expires_at"].endswith("Z")
    stored = ApiToken.objects.get()
    assert body["token"] not in (stored.digest, stored.token_key)
    me = client.get("/api/v1/me/", headers={"Authorization": f"Token {body['token']}"})
    assert me.status_code == 200
    assert me.json()["username"] == "pm"
    assert me.json()["roles"] == ["product_manager"]


def test_a09_unknown_and_mistyped_get_the_same_answer(cast: Cast, client: Client) -> None:
    assert cast.pm.username == "pm"
    unknown = sign_in(client, "nobody-of-that-name")
    mistyped = sign_in(client, "pm", "not-the-password")
    assert unknown.status_code == mistyped.status_code == 401
    assert unknown.content == mistyped.content


def test_b07_the_api_locks_out_after_n_failures(cast: Cast, client: Client, settings: Any) -> None:
    assert cast.pm.username == "pm"
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        assert sign_in(client, "pm", "not-the-password").status_code in {401, 429}
    response = sign_in(client, "pm")
    assert (response.status_code, response.json()["code"]) == (429, "locked_out")
    assert not ApiToken.objects.exists()


def test_signing_out_ends_the_token(cast: Cast, client: Client) -> None:
    assert cast.rep.username == "rep"
    headers = {"Authorization": f"Token {sign_in(client, 'rep').json()['token']}"}
    assert client.post("/api/v1/auth/logout/", headers=headers).status_code == 204
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_a_read_only_token_reads_only(cast: Cast, client: Client) -> None:
    assert cast.rep.username == "rep"
    token = sign_in(client, "rep", read_only=True).json()["token"]
    headers = {"Authorization": f"Token {token}"}
    assert client.get("/api/v1/me/", headers=headers).status_code == 200
    refused = client.post("/api/v1/me/accountability/", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only_token")


def test_an_unknown_address_is_a_problem_document(cast: Cast, client: Client) -> None:
    client.force_login(cast.pm)
    for path in ("/api/v1/nothing/", "/api/", "/api/v2/"):
        response = client.get(path)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "not_found"


def test_the_schema_is_english_and_names_the_problems(client: Client) -> None:
    response = client.get("/api/v1/schema/?format=json", headers={"Accept-Language": "fr"})
    assert response.status_code == 200
    operation = response.json()["paths"]["/api/v1/me/"]["get"]
    assert {"200", "400", "401", "403", "404", "409"} <= set(operation["responses"])
