"""Products over the API."""

import pytest
from django.test import Client

from tests.factories.catalogue import make_gp_exception
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def test_a_search_finds_by_name_without_accents(cast: Cast, client: Client) -> None:
    assert cast.product
    assert cast.free_product
    assert cast.other_product
    client.force_login(cast.rep)
    found = client.get("/api/v1/products/", {"q": "cœur"}).json()["results"]
    assert found == []
    found = client.get("/api/v1/products/", {"q": "CardioMed"}).json()["results"]
    assert [row["cis"] for row in found] == [cast.product.cis]
    found = client.get("/api/v1/products/", {"q": cast.other_product.cis}).json()["results"]
    assert [row["name"] for row in found] == [cast.other_product.name]


def test_a_detail_says_what_bars_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.pm)
    body = client.get(f"/api/v1/products/{cast.product.cis}/").json()
    names = {
        *("cis", "name", "prescription_only", "reimbursed", "gp_allowed"),
        *("authorisation_status", "frozen"),
    }
    assert names <= set(body)
    assert (body["prescription_only"], body["gp_allowed"], body["frozen"]) == (True, False, False)
    make_gp_exception(cast.product)
    assert client.get(f"/api/v1/products/{cast.product.cis}/").json()["gp_allowed"] is True
    free = client.get(f"/api/v1/products/{cast.free_product.cis}/").json()
    assert free["gp_allowed"] is True


def test_an_unknown_product_is_404(cast: Cast, client: Client) -> None:
    client.force_login(cast.pm)
    assert client.get("/api/v1/products/99999999/").status_code == 404


def test_a_list_of_products_does_not_query_per_row(
    cast: Cast, client: Client, django_assert_max_num_queries: object
) -> None:
    assert cast.product
    assert cast.free_product
    assert cast.other_product
    client.force_login(cast.pm)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(client.get("/api/v1/products/").json()["results"]) == 3


def test_regulatory_records_the_end_of_an_authorisation(cast: Cast, client: Client) -> None:
    path = f"/api/v1/products/{cast.product.cis}/authorisation/"
    body = {"ends_on": "2027-01-31", "reason": "Abrogation demandée."}
    client.force_login(cast.pm)
    assert client.post(path, body, content_type="application/json").status_code == 403
    client.force_login(cast.regulatory)
    response = client.post(path, body, content_type="application/json")
    assert (response.status_code, response.json()["authorisation_ends_on"]) == (200, "2027-01-31")
    blank = client.post(path, body | {"reason": ""}, content_type="application/json")
    assert list(blank.json()["errors"]) == ["reason"]


def test_an_exception_opens_a_product_to_the_public(cast: Cast, client: Client) -> None:
    client.force_login(cast.regulatory)
    body = {"legal_basis": "L.5122-6", "starts_on": "2026-01-01", "reason": "Vaccin listé."}
    path = f"/api/v1/products/{cast.product.cis}/"
    made = client.post(f"{path}exceptions/", body, content_type="application/json")
    assert made.status_code == 201
    assert client.get(path).json()["gp_allowed"] is True
