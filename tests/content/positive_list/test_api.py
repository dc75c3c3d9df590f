"""The lists and the status over the API: shapes, exports, 304, what is refused."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, Nature
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.models import SourceDocument
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
AFTERNOON = T0 + timedelta(hours=5)
LIST = "/api/v1/positive-list/"


@pytest.fixture(autouse=True)
def _afternoon(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(AFTERNOON, tick=False):
        yield


@pytest.fixture
def rep(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rep)
    return client


def withdraw_now(version: Version) -> None:
    interrupt(
        version,
        cause=Cause.WITHDRAWN,
        reason="erreur",
        starts_on=TODAY,
        by=system_actor(),
        now=AFTERNOON,
    )


class TestShapes:
    def test_a_row_of_the_positive_list(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, title="Élan vital")
        body = rep.get(LIST).json()
        assert body["next"] is None
        assert (body["on"], body["as_of"]) == ("2026-04-14", "2026-04-14T13:00:00Z")
        assert body["results"] == [
            {
                "id": version.pk,
                "code": version.asset.code,
                "number": 1,
                "title": "Élan vital",
                "asset_type": "brochure",
                "audience": "hcp",
                "nature": "promotional",
                "products": ["60000001"],
                "product_names": ["CARDIOMED 10 mg, comprimé"],
                "reference": "",
                "usable_from": "2026-04-14",
                "last_usable_day": "2028-04-13",
            }
        ]

    def test_a_row_of_the_negative_list(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        withdraw_now(version)
        assert rep.get(LIST).json()["results"] == []
        row = rep.get("/api/v1/negative-list/").json()["results"][0]
        assert (row["code"], row["reason"], row["since"], row["replaced_by"]) == (
            version.asset.code,
            "withdrawn",
            "2026-04-14",
            None,
        )

    def test_a_past_instant_answers_as_known_then(self, cast: Cast, rep: Client) -> None:
        withdraw_now(make_released(cast.product))
        query = urlencode({"as_of": "2026-04-14T11:00:00+02:00"})
        assert len(rep.get(f"{LIST}?{query}").json()["results"]) == 1
        assert len(rep.get(f"{LIST}?as_of=2026-04-14T11:00:00+02:00").json()["results"]) == 1
        assert rep.get(f"{LIST}?on=2026-04-14&as_of=now").json()["results"] == []

    def test_valid_documents(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, nature=Nature.ENVIRONMENT)
        rows = rep.get("/api/v1/valid-documents/").json()["results"]
        assert [row["code"] for row in rows] == [version.asset.code]

    def test_the_status_of_a_piece(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        body = rep.get(f"/api/v1/status/{version.asset.code}/?version=1").json()
        assert body["usable_today"] is True
        assert body["last_usable_day"] == "2028-04-13"
        assert (body["code"], body["number"]) == (version.asset.code, 1)
        assert (body["why_not"], body["use_instead"]) == ([], None)
        withdraw_now(version)
        body = rep.get(f"/api/v1/status/{version.asset.code}/").json()
        assert body["usable_today"] is False
        assert [(r["code"], r["path"]) for r in body["why_not"]] == [("withdrawn", [])]

    def test_the_documents_owed_at_a_visit(self, cast: Cast, rep: Client, system: User) -> None:
        for day, title in (("2025-01-01", "RCP ancien"), ("2026-03-01", "RCP")):
            keep(
                SourceDocument(
                    product=cast.product,
                    kind="smpc",
                    title=title,
                    dated=day,
                    sha256="0" * 64,
                    file_name="rcp.pdf",
                    size=1,
                    added_by=system,
                    added_at=T0,
                ),
                by=system,
            )
        body = rep.get("/api/v1/products/60000001/visit-documents/").json()
        assert [(d["kind"], d["title"], d["dated"]) for d in body["results"]] == [
            ("smpc", "RCP", "2026-03-01")
        ]
        assert rep.get("/api/v1/products/60000003/visit-documents/").status_code == 404


class TestNotTheirs:
    def test_a03_another_team_s_product(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        client.force_login(cast.rep2)
        assert client.get(LIST).json()["results"] == []
        for query in ("", "?version=1"):
            answer = client.get(f"/api/v1/status/{version.asset.code}/{query}")
            assert answer.status_code == 404

    def test_anonymous(self, client: Client) -> None:
        for address in (LIST, "/api/v1/negative-list/", "/api/v1/status/FR-2026-000001/"):
            assert client.get(address).status_code == 401


class TestRefused:
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("on=14/04/2026", "on"),
            ("on=2026-02-30", "on"),
            ("on=20260414", "on"),
            ("as_of=2026-04-14T10:00:00", "as_of"),
            ("as_of=yesterday", "as_of"),
            ("as_of=2027-01-01T00:00:00Z", "as_of"),
            ("product=CARDIO", "product"),
            ("product=99999999", "product"),
            ("product=²²²²²²²²", "product"),
            ("asset_type=nothing", "asset_type"),
            ("audience=children", "audience"),
            ("colour=red", "colour"),
            ("format=pdf", "format"),
            ("limit=0", "limit"),
            ("limit=many", "limit"),
            ("cursor=made-up", "cursor"),
        ],
    )
    def test_b02_a_wrong_value_is_refused_by_name(
        self, rep: Client, query: str, field: str
    ) -> None:
        answer = rep.get(f"{LIST}?{query}")
        assert answer.status_code == 400, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert field in answer.json()["errors"]

    def test_a_wrong_version_or_date_of_a_piece(self, cast: Cast, rep: Client) -> None:
        code = make_released(cast.product).asset.code
        for query in ("version=one", "prepared_on=2026", "number=1"):
            assert rep.get(f"/api/v1/status/{code}/?{query}").status_code == 400


class TestPages:
    def test_pages_follow_their_cursor_and_no_other_question_s(
        self, cast: Cast, rep: Client
    ) -> None:
        for name in "abc":
            make_released(cast.product, title=f"Fiche {name}")
        seen, address = [], f"{LIST}?limit=2"
        while address:
            body = rep.get(address).json()
            seen += [row["title"] for row in body["results"]]
            following, address = body["next"], body["next"]
            if following:
                kept = following
        assert seen == ["Fiche a", "Fiche b", "Fiche c"]
        assert rep.get(kept + "&on=2026-05-01").status_code == 400
        assert rep.get(kept.replace("positive-list", "negative-list")).status_code == 400


class TestExports:
    HARMFUL = '=HYPERLINK("http://example.test")'

    def test_a11_a_formula_is_only_text_in_csv(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title=self.HARMFUL)
        make_released(cast.product, title="Élan, vital")
        answer = rep.get(f"{LIST}?format=csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "positive-list-2026-04-14.csv" in answer["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [row["title"] for row in rows] == [f"'{self.HARMFUL}", "Élan, vital"]
        assert rows[0]["products"] == "60000001"
        assert rows[0]["last_usable_day"] == "2028-04-13"

    def test_a11_a_formula_is_only_text_in_a_spreadsheet(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title=self.HARMFUL)
        answer = rep.get(f"{LIST}?format=xlsx")
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        cell = sheet["C2"]
        assert (cell.value, cell.data_type) == (self.HARMFUL, "s")
        assert sheet["K2"].value == datetime(2028, 4, 13)  # noqa: DTZ001

    def test_an_export_holds_every_row(self, cast: Cast, rep: Client) -> None:
        for _ in range(3):
            withdraw_now(make_released(cast.product))
        answer = rep.get("/api/v1/negative-list/?format=csv&limit=1")
        assert len(answer.content.decode().strip().splitlines()) == 4


class TestFreshness:
    def etag(self, client: Client, query: str = "", **headers: str) -> str:
        answer = client.get(f"{LIST}{query}", headers=headers or None)
        assert answer.status_code == 200
        return answer["ETag"]

    def test_304_until_the_list_changes(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        etag = self.etag(rep)
        again = rep.get(LIST, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        withdraw_now(version)
        changed = rep.get(LIST, headers={"If-None-Match": etag})
        assert changed.status_code == 200
        assert changed.json()["results"] == []

    def test_midnight_in_paris_makes_another_list(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product)
        moments = []
        for moment in ((14, 21, 58), (14, 21, 59), (14, 22, 0)):
            with time_machine.travel(datetime(2026, 4, *moment, tzinfo=UTC), tick=False):
                rep.force_login(cast.rep)
                moments.append(self.etag(rep))
        assert moments[0] == moments[1] != moments[2]

    def test_it_binds_scope_language_and_filters(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.rep)
        tags = [
            self.etag(client),
            self.etag(client, "?q=a"),
            self.etag(client, "?format=csv"),
            self.etag(client, **{"Accept-Language": "en"}),
        ]
        client.force_login(cast.rep2)
        tags.append(self.etag(client))
        assert len(set(tags)) == len(tags)
