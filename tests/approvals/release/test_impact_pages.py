"""Impact lists over the API and on their pages: the same rules as the actions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.release.actions import open_impact_lists
from approvals.release.impacts import to_decide
from approvals.release.models import ImpactDecision, ImpactList, ImpactTerm
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue import bdpm
from content.catalogue.models import Product, SourceDocument
from content.catalogue.source_changes import SourceChange
from tests.content.catalogue.test_import import edit, folder, run
from tests.factories import T0
from tests.factories.clearing import freeze_it
from tests.factories.impacts import decide_on, impact_on
from tests.factories.people import PASSWORD, Cast
from tests.factories.releases import make_released
from tests.factories.review import approved

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)


@pytest.fixture(autouse=True)
def _clock(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(T0, tick=False):
        yield


@pytest.fixture
def version(cast: Cast) -> Version:
    return make_released(cast.product, title="Une brochure")


@pytest.fixture
def impact(cast: Cast, version: Version) -> ImpactList:
    return impact_on(cast.product, cast.regulatory, version)


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


def decide(client: Client, impact: ImpactList, version: Version, **body: Any) -> Any:
    signature = {"password": PASSWORD, "meaning": "impact_decision", **body.pop("signature", {})}
    given = {"version": version.pk, "outcome": "keep", "reason": "inchangé", **body}
    return post(client, f"impacts/{impact.pk}/decide/", **given, signature=signature)


class TestApi:
    def test_a_list_its_versions_and_the_decision(
        self, cast: Cast, client: Client, impact: ImpactList, version: Version
    ) -> None:
        signed_in(client, cast.pharmacist)
        listed = client.get("/api/v1/impacts/?open=true").json()["results"]
        assert [(row["id"], row["product"], row["kind"]) for row in listed] == [
            (impact.pk, cast.product.cis, "smpc")
        ]
        row = client.get(f"/api/v1/impacts/{impact.pk}/").json()["versions"][0]
        assert (row["version"], row["decision"]) == (version.pk, None)
        assert row["outcomes"] == ["keep", "minor_modification", "new_version", "withdraw"]
        done = decide(client, impact, version)
        assert done.status_code == 200
        assert (done.json()["version"], done.json()["outcome"]) == (version.pk, "keep")
        assert client.get("/api/v1/impacts/?open=true").json()["results"] == []
        row = client.get(f"/api/v1/impacts/{impact.pk}/").json()["versions"][0]
        assert (row["decision"]["reason"], row["outcomes"]) == ("inchangé", [])

    def test_each_refusal_has_its_code(
        self, cast: Cast, client: Client, impact: ImpactList, version: Version
    ) -> None:
        signed_in(client, cast.pharmacist)
        for body, status, code in (
            ({"signature": {"meaning": "release"}}, 400, "wrong_meaning"),
            ({"signature": {"password": "wrong"}}, 403, "wrong_credentials"),
            ({"reason": ""}, 400, "reason_required"),
            ({"outcome": "?"}, 400, "invalid"),
        ):
            refused = decide(client, impact, version, **body)
            assert (refused.status_code, refused.json()["code"]) == (status, code), body
        stranger = make_released(cast.product)
        refused = decide(client, impact, stranger)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_concerned")
        assert not ImpactDecision.objects.exists()
        signed_in(client, cast.regulatory)
        refused = decide(client, impact, version)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")

    def test_who_sees_lists(self, cast: Cast, client: Client, impact: ImpactList) -> None:
        address = f"/api/v1/impacts/{impact.pk}/"
        for person, status in ((cast.pm2, 404), (cast.rep, 404), (cast.inspector, 200)):
            assert signed_in(client, person).get(address).status_code == status
        assert signed_in(client, cast.pm2).get("/api/v1/impacts/").json()["results"] == []
        # The product manager of the product, and of it the versions they may see.
        seen = approved(cast)
        assert seen.asset.owner == cast.pm
        assert signed_in(client, cast.pm).get(address).status_code == 200

    def test_the_deadline_and_the_delays(
        self, cast: Cast, client: Client, impact: ImpactList
    ) -> None:
        signed_in(client, cast.regulatory)
        day = str(TODAY + timedelta(days=3))
        moved = post(client, f"impacts/{impact.pk}/deadline/", deadline=day, reason="PRAC")
        assert (moved.status_code, moved.json()["deadline"]) == (200, day)
        given = post(client, "impact-terms/price/", days=12)
        assert given.json() == {"kind": "price", "days": 12}
        terms = client.get("/api/v1/impact-terms/").json()["results"]
        assert {"kind": "price", "days": 12} in terms
        assert len(terms) == 5


class TestPages:
    def test_the_decision_is_signed_on_its_page(
        self, cast: Cast, client: Client, impact: ImpactList, version: Version
    ) -> None:
        signed_in(client, cast.pharmacist)
        assert cast.product.name in client.get("/admin/release/impacts/").text
        page = f"/admin/release/impacts/{impact.pk}/versions/{version.pk}/"
        assert page in client.get(impact.get_absolute_url()).text
        shown = client.get(page).text
        for said in ("smpc 2026-04-01", "smpc 2026-01-15", "Une brochure"):
            assert said in shown
        wrong = client.post(page, {"outcome": "keep", "reason": "", "password": PASSWORD})
        assert wrong.status_code == 400
        assert not ImpactDecision.objects.exists()
        done = client.post(page, {"outcome": "keep", "reason": "idem", "password": PASSWORD})
        assert (done.status_code, done.headers["Location"]) == (302, impact.get_absolute_url())
        told = client.get(impact.get_absolute_url()).text
        assert "idem" in told
        assert page not in told
        again = client.post(page, {"outcome": "keep", "reason": "idem", "password": PASSWORD})
        assert again.status_code == 409

    def test_a_withdrawal_decided_leads_to_its_own_act(
        self, cast: Cast, client: Client, impact: ImpactList, version: Version
    ) -> None:
        signed_in(client, cast.pharmacist)
        page = f"/admin/release/impacts/{impact.pk}/versions/{version.pk}/"
        done = client.post(page, {"outcome": "withdraw", "reason": "", "password": PASSWORD})
        withdraw = f"/admin/release/versions/{version.pk}/withdraw/"
        assert (done.status_code, done.headers["Location"]) == (302, withdraw)
        assert withdraw in client.get(impact.get_absolute_url()).text
        assert withdraw in client.get("/admin/").text

    def test_late_is_said_and_exported(
        self, cast: Cast, client: Client, impact: ImpactList, version: Version
    ) -> None:
        with time_machine.travel(T0 + timedelta(days=40), tick=False):
            signed_in(client, cast.inspector)
            shown = client.get("/admin/release/impacts/").text
            assert "en retard" in shown or "late" in shown
        rows = client.get("/admin/release/impacts/?format=csv").content.decode("utf-8-sig")
        assert cast.product.cis in rows
        lines = client.get(f"{impact.get_absolute_url()}?format=csv").content.decode("utf-8-sig")
        assert str(version) in lines

    def test_regulatory_moves_the_deadline_and_sets_the_delay(
        self, cast: Cast, client: Client, impact: ImpactList
    ) -> None:
        signed_in(client, cast.regulatory)
        day = TODAY + timedelta(days=5)
        page = f"/admin/release/impacts/{impact.pk}/deadline/"
        assert client.get(page).status_code == 200
        assert client.post(page, {"deadline": str(day), "reason": "PRAC"}).status_code == 302
        assert ImpactList.objects.get().deadline == day
        term = "/admin/release/impact-terms/opinion/"
        assert client.post(term, {"days": "9"}).status_code == 302
        assert ImpactTerm.objects.get(kind="opinion").days == 9
        assert signed_in(client, cast.pharmacist).get(page).status_code == 403

    def test_the_home_of_the_owner_says_what_is_owed(self, cast: Cast, client: Client) -> None:
        mine = approved(cast)
        impact = impact_on(cast.product, cast.regulatory, mine)
        decide_on(impact, mine, cast.pharmacist, outcome="new_version", reason="")
        shown = signed_in(client, cast.pm).get("/admin/").text
        assert str(impact) in shown

    @pytest.mark.slow  # A freeze, its lift and a resumption, each signed.
    def test_after_the_lift_each_version_has_its_own_resumption(
        self, cast: Cast, client: Client, version: Version
    ) -> None:
        freeze_it(cast.product, cast.pharmacist)
        signed_in(client, cast.pharmacist)
        page = f"/admin/release/products/{cast.product.cis}/suspended/"
        resume = f"/admin/release/versions/{version.pk}/resume/"
        stopped = client.get(page).text
        assert str(version) in stopped
        assert resume not in stopped
        lift = f"/admin/release/products/{cast.product.cis}/unfreeze/"
        assert str(version) in client.get(lift).text
        done = client.post(lift, {"reason": "levée", "password": PASSWORD})
        assert (done.status_code, done.headers["Location"]) == (302, page)
        assert resume in client.get(page).text
        client.post(resume, {"reason": "levée", "password": PASSWORD})
        assert str(version) not in client.get(page).text


class TestDocuments:
    def test_the_page_marks_the_current_one_and_gives_the_file(
        self, cast: Cast, client: Client, impact: ImpactList
    ) -> None:
        signed_in(client, cast.pm)
        cis = cast.product.cis
        shown = client.get(f"/admin/catalogue/products/{cis}/documents/").text
        assert shown.count("●") == 1
        assert f"/admin/catalogue/products/{cis}/documents/new/" not in shown
        newer = SourceDocument.objects.get(pk=impact.document_id)
        for address in (
            f"/admin/catalogue/products/{cis}/documents/{newer.pk}/",
            f"/api/v1/products/{cis}/documents/{newer.pk}/file/",
        ):
            answer = client.get(address)
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer["Content-Security-Policy"]
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")
        # A document belongs to its product, and the field has its own page of documents.
        other = cast.free_product.cis
        lost = client.get(f"/admin/catalogue/products/{other}/documents/{newer.pk}/")
        assert lost.status_code == 404
        signed_in(client, cast.rep)
        denied = client.get(f"/api/v1/products/{cis}/documents/{newer.pk}/file/")
        assert denied.status_code == 404


class TestImports:
    def test_a_fact_that_a_version_repeats_opens_a_list_of_what_repeated_it_then(
        self, cast: Cast, version: Version
    ) -> None:
        change = SourceChange(cast.product, "price", before="1: 2.00", after="1: 3.00")
        nobody = SourceChange(cast.other_product, "price", before="1: 2.00", after="1: 3.00")
        opened = open_impact_lists([change, nobody], by=system_actor(), now=T0)
        assert [impact.product for impact in opened] == [cast.product]
        make_released(cast.product)
        assert list(to_decide(opened[0])) == [version]
        assert ImpactList.objects.waiting().get() == opened[0]
        decide_on(opened[0], version, cast.pharmacist)
        assert not ImpactList.objects.waiting().exists()

    @pytest.mark.slow  # Two imports of the demonstration's files.
    def test_an_import_opens_it_in_the_act_that_changes_the_product(
        self, cast: Cast, folder: Path, client: Client
    ) -> None:
        system = system_actor()
        run(folder, system, T0)
        repeating = make_released(Product.objects.get(cis="69990011"))
        edit(folder, bdpm.PRESENTATIONS, "\t65%", "\t15%")
        later = T0 + timedelta(days=1)
        run(folder, system, later)
        impact = ImpactList.objects.get()
        assert (impact.kind, impact.before, impact.after) == ("reimbursement", "65 %", "15 %")
        assert (impact.opened_by, impact.opened_at) == (system, later)
        assert list(to_decide(impact)) == [repeating]
        event = AuditEvent.objects.in_order().filter(kind="import_products").last()
        assert event is not None
        assert "release.impactlist" in event.payload
        shown = signed_in(client, cast.admin).get("/admin/desk/public-database/imports/").text
        assert "65 % → 15 %" in shown
        run(folder, system, later + timedelta(days=1))
        assert ImpactList.objects.count() == 1
