"""Teams over the API."""

from typing import Any

import pytest
from django.test import Client

from content.access.models import Membership, Team, TeamProduct
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
PATH = "/api/v1/teams/"


def post(client: Client, person: Any, path: str, data: Any) -> Any:
    client.force_login(person)
    return client.post(path, data, content_type="application/json")


def test_an_administrator_makes_a_team_fills_it_and_empties_it(cast: Cast, client: Client) -> None:
    made = post(client, cast.admin, PATH, {"name": "Oncology"})
    assert (made.status_code, made.json()["products"]) == (201, [])
    at = f"{PATH}{made.json()['id']}/"
    cis, person = cast.product.cis, cast.rep.username
    filled = post(client, cast.admin, f"{at}add-product/", {"cis": cis})
    assert (filled.status_code, filled.json()["products"]) == (200, [cis])
    filled = post(client, cast.admin, f"{at}add-member/", {"person": person})
    assert filled.json()["members"] == [person]
    assert client.get(at).json() == filled.json()
    assert "Oncology" in [row["name"] for row in client.get(PATH).json()["results"]]
    again = post(client, cast.admin, f"{at}add-product/", {"cis": cis})
    assert (again.status_code, again.json()["code"]) == (409, "already_in_team")
    post(client, cast.admin, f"{at}remove-product/", {"cis": cis, "reason": "Vendu."})
    left = {"person": person, "reason": "Parti."}
    emptied = post(client, cast.admin, f"{at}remove-member/", left)
    assert (emptied.json()["products"], emptied.json()["members"]) == ([], [])


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("", {"name": " "}, "name"),
        ("add-product/", {"cis": "99999999"}, "cis"),
        ("add-member/", {"person": "nobody"}, "person"),
        ("add-member/", {"person": "system"}, "person"),
        ("remove-product/", {"cis": "60000001", "reason": ""}, "reason"),
        ("remove-member/", {"person": "rep", "reason": " "}, "reason"),
    ],
)
def test_what_is_wrong_is_named(
    cast: Cast, client: Client, act: str, body: dict[str, str], field: str
) -> None:
    assert (cast.rep.username, cast.product.cis) == ("rep", "60000001")
    path = f"{PATH}{cast.cardiology.pk}/{act}" if act else PATH
    rows = Team.objects.count(), TeamProduct.objects.count(), Membership.objects.count()
    response = post(client, cast.admin, path, body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    now = Team.objects.count(), TeamProduct.objects.count(), Membership.objects.count()
    assert now == rows


def test_others_look_and_change_nothing(cast: Cast, client: Client) -> None:
    at = f"{PATH}{cast.cardiology.pk}/"
    refused = post(client, cast.pm, f"{at}add-product/", {"cis": cast.other_product.cis})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert client.get(at).json()["allowed_actions"] == []
    for person in (cast.rep, cast.agency):
        assert post(client, person, f"{at}add-member/", {"person": "rep"}).status_code == 404
        assert client.get(at).status_code == 404
        assert client.get(PATH).json()["results"] == []
