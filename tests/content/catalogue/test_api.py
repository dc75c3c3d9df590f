"""Products over the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from content.catalogue.models import SourceDocument
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


class TestDocuments:
    def path(self, cast: Cast) -> str:
        return f"/api/v1/products/{cast.product.cis}/documents/"

    def form(self, content: bytes = b"%PDF-1.7", **changes: Any) -> dict[str, Any]:
        file = SimpleUploadedFile("rcp.pdf", content)
        return {"kind": "smpc", "dated": "2026-03-01", "title": "RCP", "file": file} | changes

    def test_regulatory_adds_one_and_the_office_reads_it(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.regulatory)
        made = client.post(self.path(cast), self.form())
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["product"], told["kind"], told["file"]) == (
            cast.product.cis,
            "smpc",
            "rcp.pdf",
        )
        assert told["id"] == SourceDocument.objects.get().pk
        client.post(self.path(cast), self.form(dated="2026-04-01", title="RCP suivant"))
        client.force_login(cast.pm)
        rows = client.get(self.path(cast)).json()["results"]
        assert [row["title"] for row in rows] == ["RCP suivant", "RCP"]
        assert rows[1] == told

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kind": "rumour"}, "kind"),
            ({"dated": "2999-01-01"}, "dated"),
            ({"dated": "20260301"}, "dated"),
            ({"title": " "}, "title"),
            ({"content": b""}, "file"),
            ({"content": b"<html>"}, "file"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, cast: Cast, client: Client, changes: dict[str, Any], field: str
    ) -> None:
        client.force_login(cast.regulatory)
        response = client.post(self.path(cast), self.form(**changes))
        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
        assert not SourceDocument.objects.exists()

    def test_a_form_without_a_file_says_that_one_is_owed(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.regulatory)
        kind = "application/x-www-form-urlencoded"
        response = client.post(self.path(cast), "kind=smpc&dated=2026-03-01&title=RCP", kind)
        assert (response.status_code, list(response.json()["errors"])) == (400, ["file"])

    def test_others_do_not_add_and_the_field_does_not_see(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.pm)
        response = client.post(self.path(cast), self.form())
        assert (response.status_code, response.json()["code"]) == (403, "role_missing")
        for person in (cast.rep, cast.agency):
            client.force_login(person)
            assert client.get(self.path(cast)).status_code == 404
            assert client.post(self.path(cast), self.form()).status_code == 404
