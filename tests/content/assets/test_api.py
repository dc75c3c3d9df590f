"""Assets, versions, dependencies and files over the API."""

from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from approvals.people.models import User
from content.assets.models import Asset, Dependency, Revision, Version
from tests.factories import T0
from tests.factories.assets import (
    make_asset,
    make_html,
    make_pdf,
    make_version,
    make_zip,
    pdf_bytes,
    upload,
)
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def api(person: User | None = None) -> APIClient:
    client = APIClient()
    if person is not None:
        client.force_login(person)
    return client


def body(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Brochure cardio",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": [cast.product.cis],
        **fields,
    }


class TestAssets:
    def test_create_read_edit_transfer(self, cast: Cast) -> None:
        client = api(cast.pm)
        made = client.post("/api/v1/assets/", body(cast), format="json")
        assert made.status_code == 201, made.json()
        told = made.json()
        assert told["products"] == [cast.product.cis]
        assert told["lead_product"] == cast.product.cis
        assert told["owner"] == "pm"
        assert told["allowed_actions"] == ["edit", "transfer", "versions"]
        address = f"/api/v1/assets/{told['code']}/"
        assert client.get(address).json() == told

        edited = client.patch(address, {"title": "Autre titre"}, format="json")
        assert (edited.status_code, edited.json()["title"]) == (200, "Autre titre")
        assert edited.json()["products"] == [cast.product.cis]

        refused = client.post(
            f"{address}transfer/", {"to": "pm2", "reason": "congé"}, format="json"
        )
        assert refused.status_code == 400
        assert "to" in refused.json()["errors"]

    def test_the_list_is_scoped_and_filtered(self, cast: Cast) -> None:
        mine = make_asset(by=cast.pm, products=[cast.product], title="Cardio")
        other = make_asset(by=cast.pm2, products=[cast.other_product], title="Respir")

        def codes(person: User, query: str = "") -> list[str]:
            answer = api(person).get(f"/api/v1/assets/{query}")
            assert answer.status_code == 200, answer.json()
            return [row["code"] for row in answer.json()["results"]]

        assert codes(cast.pm) == [mine.code]
        assert codes(cast.regulatory) == [other.code, mine.code]
        assert codes(cast.rep) == codes(cast.admin) == codes(cast.agency) == []
        assert codes(cast.regulatory, "?q=respir") == [other.code]
        assert codes(cast.regulatory, f"?product={cast.product.cis}") == [mine.code]
        assert codes(cast.regulatory, "?nature=medical") == []
        for wrong in ("?nature=x", "?audience=x", "?asset_type=x", "?product=x", "?colour=red"):
            assert api(cast.pm).get(f"/api/v1/assets/{wrong}").status_code == 400

    def test_a_list_page_costs_the_same_however_long(
        self, cast: Cast, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(6):
            make_asset(by=cast.pm, products=[cast.product, cast.free_product])
        client = api(cast.pm)
        client.get("/api/v1/assets/")
        with django_assert_max_num_queries(10):
            assert len(client.get("/api/v1/assets/").json()["results"]) == 6

    @pytest.mark.parametrize(
        ("fields", "status", "field"),
        [
            ({"products": ["99999999"]}, 400, "products"),
            ({"audience": "public"}, 400, "audience"),
            ({"title": ""}, 400, "title"),
            ({"owner": "admin"}, 400, "owner"),
            ({"code": "FR-2026-999999"}, 400, "code"),
        ],
    )
    def test_bad_input_is_named_at_its_field(
        self, cast: Cast, fields: dict[str, Any], status: int, field: str
    ) -> None:
        answer = api(cast.pm).post("/api/v1/assets/", body(cast, **fields), format="json")
        assert answer.status_code == status
        assert answer["Content-Type"].startswith("application/problem+json")
        assert field in answer.json()["errors"]
        assert not Asset.objects.exists()

    def test_the_public_is_barred_with_its_own_code(self, cast: Cast) -> None:
        answer = api(cast.pm).post("/api/v1/assets/", body(cast, audience="public"), format="json")
        assert answer.json()["code"] == "gp_not_allowed"

    def test_not_allowed_is_403_and_not_visible_is_404(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        medical = make_asset(by=cast.mpm, products=[cast.product], nature="medical")
        for person in (cast.medical, cast.admin, cast.rep, cast.pm2):
            answer = api(person).post("/api/v1/assets/", body(cast), format="json")
            assert answer.status_code == 403
        address = f"/api/v1/assets/{asset.code}/"
        assert api(cast.regulatory).get(address).status_code == 200
        assert api(cast.regulatory).patch(address, {"title": "x"}).status_code == 403
        for person in (cast.pm2, cast.rep, cast.admin, cast.agency):
            assert api(person).get(address).status_code == 404
            assert api(person).patch(address, {"title": "x"}).status_code == 404
        assert api(cast.pm).get(f"/api/v1/assets/{medical.code}/").status_code == 404
        assert api().get(address).status_code == 401

    def test_the_same_key_creates_one_asset(self, cast: Cast) -> None:
        client = api(cast.pm)
        answers = [
            client.post(
                "/api/v1/assets/", body(cast), format="json", HTTP_IDEMPOTENCY_KEY="once"
            ).json()
            for _ in range(2)
        ]
        assert answers[0] == answers[1]
        assert Asset.objects.count() == 1


class TestVersions:
    def test_a_version_with_files_then_a_revision(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        client = api(cast.pm)
        made = client.post(
            f"/api/v1/assets/{asset.code}/versions/",
            {
                "files": [make_pdf(), make_pdf("b", name="b.pdf")],
                "prepared_on": "2026-03-01",
                "change_summary": "première",
                "change_kind": "content",
            },
            format="multipart",
        )
        assert made.status_code == 201, made.json()
        told = made.json()
        assert (told["number"], told["state"], told["revision"]) == (1, "draft", 1)
        assert [(row["n"], row["name"]) for row in told["files"]] == [
            (1, "brochure.pdf"),
            (2, "b.pdf"),
        ]
        listed = client.get(f"/api/v1/assets/{asset.code}/versions/").json()["results"]
        assert [row["id"] for row in listed] == [told["id"]]
        added = client.post(
            f"/api/v1/versions/{told['id']}/revisions/",
            {"files": [make_pdf("corrigé")], "prepared_on": "2026-04-01"},
            format="multipart",
        )
        assert (added.status_code, added.json()["revision"]) == (201, 2)

    def test_a_version_may_begin_without_a_file(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        made = api(cast.pm).post(f"/api/v1/assets/{asset.code}/versions/", {}, format="json")
        assert made.status_code == 201
        assert (made.json()["revision"], made.json()["files"]) == (None, [])

    def test_a_second_open_version_is_409(self, cast: Cast) -> None:
        asset = make_version(make_asset(by=cast.pm, products=[cast.product])).asset
        answer = api(cast.pm).post(f"/api/v1/assets/{asset.code}/versions/", {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "open_version")

    def test_wrong_files_are_named_at_files_and_nothing_is_written(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        wrong: list[Any] = [
            upload("vide.pdf", b""),
            upload("faux.pdf", b"<html><body></body></html>"),
            make_html(),
            make_zip(),
        ]
        for file in wrong:
            answer = api(cast.pm).post(
                f"/api/v1/assets/{asset.code}/versions/",
                {"files": [file], "prepared_on": "2026-03-01"},
                format="multipart",
            )
            assert answer.status_code == 400, file.name
            assert list(answer.json()["errors"]) == ["files"]
        answer = api(cast.pm).post(
            f"/api/v1/assets/{asset.code}/versions/",
            {"files": [make_pdf()], "prepared_on": "demain"},
            format="multipart",
        )
        assert list(answer.json()["errors"]) == ["prepared_on"]
        assert not Version.objects.exists()
        assert not Revision.objects.exists()

    def test_a_file_comes_back_byte_for_byte_and_runs_nowhere(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        version = make_version(asset)
        answer = api(cast.medical).get(
            f"/api/v1/versions/{version.pk}/files/1/", HTTP_ACCEPT="application/pdf"
        )
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"<!DOCTYPE html>")  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")

    def test_an_earlier_revision_comes_back_too(self, cast: Cast) -> None:
        version = make_version(
            make_asset(by=cast.pm, products=[cast.product]), files=[make_pdf("un")]
        )
        client = api(cast.pm)
        client.post(
            f"/api/v1/versions/{version.pk}/revisions/",
            {"files": [make_pdf("deux")], "prepared_on": "2026-04-01"},
            format="multipart",
        )
        address = f"/api/v1/versions/{version.pk}/files/1/"

        def content(query: str) -> bytes:
            return b"".join(client.get(address + query).streaming_content)  # type: ignore[attr-defined]

        assert content("") == pdf_bytes("deux")
        assert content("?revision=1") == pdf_bytes("un")
        assert client.get(f"{address}?revision=x").status_code == 400
        assert client.get(f"{address}?revision=9").status_code == 404
        assert client.get(f"/api/v1/versions/{version.pk}/files/2/").status_code == 404
        for person in (cast.pm2, cast.rep, cast.admin, cast.agency):
            assert api(person).get(address).status_code == 404
        assert api().get(address).status_code == 401


class TestDependencies:
    def test_pin_list_use_and_take_off(self, cast: Cast) -> None:
        template = make_version(
            make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        )
        fragment = make_version(
            make_asset(by=cast.pm, products=[cast.product], asset_type="email_fragment")
        )
        client = api(cast.pm)
        address = f"/api/v1/versions/{template.pk}/dependencies/"
        added = client.post(address, {"kind": "requires", "target": fragment.pk}, format="json")
        assert added.status_code == 201, added.json()
        assert added.json()["code"] == fragment.asset.code
        assert len(client.get(address).json()["results"]) == 1
        used = client.get(f"/api/v1/versions/{fragment.pk}/where-used/").json()
        assert [(row["id"], row["kind"], row["depth"]) for row in used["used_by"]] == [
            (template.pk, "requires", 1)
        ]
        assert used["uses"] == []
        minimum = client.post(
            f"/api/v1/versions/{template.pk}/minimum-components/", {"minimum": 1}, format="json"
        )
        assert minimum.json() == {"id": template.pk, "minimum_components": 1}
        taken = f"{address}{added.json()['id']}/"
        assert client.delete(taken).status_code == 409
        client.post(
            f"/api/v1/versions/{template.pk}/minimum-components/", {"minimum": 0}, format="json"
        )
        assert api(cast.regulatory).delete(taken).status_code == 403
        assert api(cast.pm2).delete(taken).status_code == 404
        assert client.delete(taken).status_code == 204
        assert not Dependency.objects.exists()
        assert client.delete(taken).status_code == 404


@pytest.fixture(autouse=True)
def _at_ten_in_april() -> Any:
    with time_machine.travel(T0, tick=True):
        yield
