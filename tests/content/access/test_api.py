"""Delegations over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from content.access.models import Delegation
from content.calendar import paris_day
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
PATH = "/api/v1/delegations/"


def body(**changes: Any) -> dict[str, Any]:
    today = paris_day(timezone.now())
    return {
        "delegate": "medical2",
        "roles": ["medical_reviewer"],
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=5)).isoformat(),
    } | changes


def post(client: Client, person: Any, path: str, data: Any) -> Any:
    client.force_login(person)
    return client.post(path, data, content_type="application/json")


def test_one_lends_and_takes_back(cast: Cast, client: Client) -> None:
    assert cast.medical2.username == "medical2"
    made = post(client, cast.medical, PATH, body(products=[cast.product.cis]))
    assert made.status_code == 201
    assert made.json()["products"] == [cast.product.cis]
    assert [row["id"] for row in client.get(PATH).json()["results"]] == [made.json()["id"]]
    revoke = f"{PATH}{made.json()['id']}/revoke/"
    assert post(client, cast.pm, revoke, {"reason": "x"}).status_code == 404
    assert post(client, cast.medical, revoke, {"reason": "Je suis de retour."}).status_code == 200
    assert Delegation.objects.get().revoked_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delegate": "nobody"}, "delegate"),
        ({"products": ["99999999"]}, "products"),
        ({"roles": ["king"]}, "roles"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_is_named(
    cast: Cast, client: Client, changes: dict[str, Any], field: str
) -> None:
    assert cast.medical2.username == "medical2"
    response = post(client, cast.medical, PATH, body(**changes))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_what_one_does_not_hold_is_not_lent(cast: Cast, client: Client) -> None:
    assert cast.medical2.username == "medical2"
    response = post(client, cast.pm, PATH, body())
    assert (response.status_code, response.json()["code"]) == (403, "role_missing")
