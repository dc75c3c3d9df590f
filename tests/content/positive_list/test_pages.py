"""The field's pages and the lists of the office: what each person reads, and what they never do."""

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.people.actions import system_actor
from approvals.people.models import User
from content import files as storage
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, FileFormat, Nature
from content.assets.models import RevisionFile, Version
from content.calendar import paris_day
from content.positive_list.views import FIELD_PAGE, FieldList
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
AFTERNOON = T0 + timedelta(hours=5)


@pytest.fixture(autouse=True)
def _afternoon(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(AFTERNOON, tick=False):
        yield


@pytest.fixture
def rep(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rep)
    client.cookies["django_language"] = "en"
    return client


def withdraw_now(version: Version) -> None:
    interrupt(
        version,
        cause=Cause.WITHDRAWN,
        reason="erreur page 2",
        starts_on=TODAY,
        by=system_actor(),
        now=AFTERNOON,
    )


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


class TestField:
    def test_cards_by_product_with_their_sentence(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Brochure de lancement")
        make_released(cast.other_product, title="Chose d'une autre équipe")
        shown = text_of(rep, "/field/")
        assert "CARDIOMED 10 mg" in shown
        assert "Brochure de lancement" in shown
        assert "Usable until 13 April 2028" in shown
        assert "autre équipe" not in shown

    def test_what_left_the_list_says_why(self, cast: Cast, rep: Client) -> None:
        withdraw_now(make_released(cast.product, title="Ancienne brochure"))
        assert "Ancienne brochure" not in text_of(rep, "/field/")
        shown = text_of(rep, "/field/?list=negative-list")
        assert "Ancienne brochure" in shown
        assert "withdrawn since 14 April 2026" in shown

    def test_valid_documents(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Vivre avec", nature=Nature.ENVIRONMENT)
        make_released(cast.product, title="Réponse médicale", nature=Nature.MEDICAL)
        shown = text_of(rep, "/field/?list=valid-documents")
        assert "Vivre avec" in shown
        assert "Réponse médicale" not in shown

    def test_search_by_words_and_by_code(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, title="Élan vital")
        assert "Élan vital" in text_of(rep, "/field/?q=elan")
        assert "Élan vital" not in text_of(rep, "/field/?q=autre")
        answer = rep.get("/field/", {"q": version.asset.code.lower()})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/a/{version.asset.code}/"

    def test_more_comes_by_htmx_without_the_page_around(
        self, cast: Cast, rep: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(FieldList, "size", 2)
        for number in range(3):
            make_released(cast.product, title=f"Fiche {number}")
        first = rep.get("/field/")
        assert [row.title for row in first.context["rows"]] == ["Fiche 0", "Fiche 1"]
        following = first.context["following"]
        more = rep.get(f"/field/?{following}", headers={"HX-Request": "true"}).content.decode()
        assert "Fiche 2" in more
        assert "<html" not in more

    def test_a_wrong_filter_breaks_nothing(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Brochure")
        for query in ("cursor=made-up", "product=xx", "list=other"):
            assert "Brochure" in text_of(rep, f"/field/?{query}")

    def test_the_first_page_is_light(self, cast: Cast, rep: Client) -> None:
        rows = 6
        for number in range(rows):
            make_released(cast.product, title=f"Une fiche au titre un peu long, numéro {number}")
        size = len(text_of(rep, "/field/").encode()) * FIELD_PAGE / rows
        for name in (
            *("css/imprimatur.css", "js/imprimatur.js", "vendor/htmx.min.js"),
            *(
                "positive_list/field.css",
                "positive_list/field.js",
                "brand/mark.svg",
                "brand/favicon.svg",
            ),
        ):
            # Static files leave compressed, pages as they are.
            size += len(gzip.compress(Path(str(finders.find(name))).read_bytes()))
        assert size < 100_000

    def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, cast: Cast, rep: Client
    ) -> None:
        counts = []
        for _ in range(2):
            for _ in range(2):
                make_released(cast.product)
                withdraw_now(make_released(cast.product))
            rep.get("/field/")
            for address in ("/field/", "/field/?list=negative-list"):
                with CaptureQueriesContext(connection) as asked:
                    rep.get(address)
                counts.append(len(asked))
        assert counts[:2] == counts[2:]

    def test_anonymous_people_sign_in_first(self, client: Client) -> None:
        for address in ("/field/", "/a/FR-2026-000001/", "/a/FR-2026-000001/1/"):
            answer = client.get(address)
            assert answer.status_code == 302
            assert "/accounts/login/" in answer.headers["Location"]


class TestVerdict:
    def test_yes_until(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        for address in (f"/a/{version.asset.code}/1/", f"/a/{version.asset.code}/"):
            shown = text_of(rep, address)
            assert "fv--yes" in shown
            assert "Usable until 13 April 2028" in shown

    def test_no_because(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        withdraw_now(version)
        shown = text_of(rep, f"/a/{version.asset.code}/1/")
        assert "fv--no" in shown
        assert "erreur page 2" in shown

    def test_use_the_other_instead(self, cast: Cast, rep: Client, system: User) -> None:
        old = make_released(cast.product)
        release_now(make_cleared(old.asset, number=2).pk, by=system, now=T0)
        shown = text_of(rep, f"/a/{old.asset.code}/1/")
        assert f"/a/{old.asset.code}/2/" in shown
        assert "fv--ask" in text_of(rep, f"/a/{old.asset.code}/")
        kept = text_of(rep, f"/a/{old.asset.code}/?reference=99/99/1/PM/001")
        assert "fv--ask" in kept
        assert "No released version carries this" in kept

    def test_404_says_nothing_of_what_is_not_theirs(self, cast: Cast, client: Client) -> None:
        released = make_released(cast.product).asset.code
        prepared = make_cleared(make_bare_asset(cast.other_product)).asset.code
        for person in (cast.rep2, cast.agency, cast.admin):
            client.force_login(person)
            for code in (released, prepared, "FR-2026-999999"):
                for address in (f"/a/{code}/", f"/a/{code}/1/", f"/a/{code}/1/files/1/"):
                    assert client.get(address).status_code == 404, address


class TestDocument:
    def with_file(self, version: Version, file_format: str = FileFormat.PDF) -> str:
        kept = storage.keep(ContentFile(b"%PDF-1.7 bytes"))
        file = RevisionFile(
            revision=version.current_revision,
            position=1,
            name=f"brochure.{file_format}",
            format=file_format,
            size=kept.size,
            sha256=kept.sha256,
        )
        keep(file, by=system_actor())
        return f"/a/{version.asset.code}/{version.number}/files/1/"

    def test_one_tap_away_while_it_may_be_used(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        address = self.with_file(version)
        assert address in text_of(rep, f"/a/{version.asset.code}/1/")
        answer: Any = rep.get(address)
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 bytes"
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("inline")

    def test_no_longer_once_it_may_not(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        address = self.with_file(version)
        withdraw_now(version)
        assert rep.get(address).status_code == 404
        assert address not in text_of(rep, f"/a/{version.asset.code}/1/")

    def test_a08_uploaded_html_runs_nothing(self, cast: Cast, rep: Client) -> None:
        address = self.with_file(make_released(cast.product), FileFormat.HTML)
        policy = rep.get(address)["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'")

    def test_a_package_is_saved_never_shown(self, cast: Cast, rep: Client) -> None:
        address = self.with_file(make_released(cast.product), FileFormat.ZIP)
        assert rep.get(address)["Content-Disposition"].startswith("attachment")


class TestOffice:
    def test_any_day_with_its_export(self, cast: Cast, client: Client) -> None:
        withdraw_now(make_released(cast.product, title="Ancienne brochure"))
        make_released(cast.other_product, title="Brochure en usage")
        client.force_login(cast.inspector)
        shown = text_of(client, "/admin/positive_list/positive/?on=2026-04-14")
        assert "Brochure en usage" in shown
        assert "Ancienne brochure" not in shown
        assert "/api/v1/positive-list/?on=2026-04-14&amp;format=csv" in shown
        assert "Ancienne brochure" in text_of(client, "/admin/positive_list/negative/")
        assert "Brochure en usage" not in text_of(client, "/admin/positive_list/documents/")
        assert "Brochure en usage" not in text_of(client, "/admin/positive_list/?on=2026-04-13")

    def test_a_wrong_day_is_said(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.inspector)
        client.cookies["django_language"] = "en"
        assert "Give a day as YYYY-MM-DD." in text_of(client, "/admin/positive_list/?on=tomorrow")

    def test_product_managers_read_their_teams_only(self, cast: Cast, client: Client) -> None:
        make_released(cast.product, title="Brochure de cardiologie")
        client.force_login(cast.pm2)
        assert "cardiologie" not in text_of(client, "/admin/positive_list/")

    @pytest.mark.parametrize("name", ["rep", "msl", "admin", "agency"])
    def test_nobody_else(self, cast: Cast, client: Client, name: str) -> None:
        client.force_login(getattr(cast, name))
        for page in ("", "negative/", "documents/"):
            assert client.get(f"/admin/positive_list/{page}").status_code == 403
