"""What an import met and a person confirms; what it says anew of what materials repeat."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from content.catalogue import bdpm
from content.catalogue.actions import record_authorisation_end, settle_alert
from content.catalogue.enums import AlertKind, AlertOutcome, SourceKind
from content.catalogue.models import ImportRun, Presentation, Product, ProductAlert
from content.catalogue.signals import source_changed
from content.catalogue.source_changes import SourceChange
from tests.content.catalogue.test_import import drop_lines, edit, folder, product, run
from tests.factories.people import make_person

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
CIS = "69990013"


@pytest.fixture
def imported(folder: Path, system: User, now: datetime) -> Path:
    run(folder, system, now - timedelta(days=1))
    return folder


@pytest.fixture
def heard() -> Iterator[list[SourceChange]]:
    changes: list[SourceChange] = []

    def hear(sender: Any, changes: list[SourceChange], **kwargs: Any) -> None:
        found.extend(changes)

    found = changes
    source_changed.connect(hear)
    yield changes
    source_changed.disconnect(hear)


@pytest.fixture
def regulatory(db: None) -> User:
    return make_person(Role.REGULATORY_REVIEWER)


@pytest.fixture
def vanished(imported: Path, system: User, now: datetime) -> ProductAlert:
    for name in (bdpm.PRODUCTS, bdpm.PRESENTATIONS):
        drop_lines(imported, name, CIS)
    run(imported, system, now)
    alert: ProductAlert = ProductAlert.objects.get()
    return alert


def settle(alert: ProductAlert, by: User, now: datetime, **given: Any) -> ProductAlert:
    values = {"outcome": "stands", "note": "titulaire joint", **given}
    return settle_alert(alert.pk, by=by, now=now, **values)


class TestAlerts:
    def test_a_first_import_asks_nothing(self, imported: Path) -> None:
        assert not ProductAlert.objects.exists()

    def test_a_vanished_product_waits_for_a_person_and_stops_nothing(
        self, vanished: ProductAlert, imported: Path, system: User, now: datetime
    ) -> None:
        assert (vanished.product.cis, vanished.kind, vanished.noticed_at) == (CIS, "vanished", now)
        assert product(CIS).authorisation_ends_on is None
        run(imported, system, now + timedelta(days=1))
        assert ProductAlert.objects.count() == 1

    def test_it_is_closed_by_itself_when_the_product_comes_back(
        self, vanished: ProductAlert, tmp_path: Path, system: User, now: datetime
    ) -> None:
        shutil.copytree(settings.DEMO_DATA_DIR, tmp_path, dirs_exist_ok=True)
        run(tmp_path, system, now + timedelta(days=1))
        alert = ProductAlert.objects.get()
        assert (alert.outcome, alert.settled_by) == (AlertOutcome.REAPPEARED, system)
        assert product(CIS).in_public_database

    def test_regulatory_says_that_it_stands(
        self, vanished: ProductAlert, regulatory: User, now: datetime
    ) -> None:
        done = settle(vanished, regulatory, now)
        assert (done.outcome, done.settled_by, done.settled_at) == ("stands", regulatory, now)
        assert product(CIS).authorisation_ends_on is None
        with pytest.raises(StateConflict) as refused:
            settle(vanished, regulatory, now)
        assert refused.value.code == "already_settled"

    def test_or_that_it_ended_on_its_official_date(
        self, vanished: ProductAlert, regulatory: User, now: datetime
    ) -> None:
        done = settle(vanished, regulatory, now, outcome="ended", ends_on=date(2026, 3, 1))
        assert (done.outcome, done.note) == ("ended", "titulaire joint")
        ended = product(CIS)
        assert ended.authorisation_ends_on == date(2026, 3, 1)
        assert ended.authorisation_end_official

    def test_what_is_wrong_is_said_at_its_field(
        self, vanished: ProductAlert, regulatory: User, now: datetime
    ) -> None:
        for given, field in (
            ({"note": " "}, "note"),
            ({"outcome": "reappeared"}, "outcome"),
            ({"outcome": "ended"}, "ends_on"),
            ({"ends_on": date(2026, 3, 1)}, "ends_on"),
        ):
            with pytest.raises(InvalidInput) as refused, transaction.atomic():
                settle(vanished, regulatory, now, **given)
            assert set(refused.value.errors) == {field}
        assert ProductAlert.objects.open().count() == 1

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGULATORY_REVIEWER}))
    def test_nobody_but_regulatory(self, vanished: ProductAlert, role: Role, now: datetime) -> None:
        with pytest.raises(PolicyDenied) as refused:
            settle(vanished, make_person(role), now)
        assert refused.value.code == "role_missing"

    def test_an_ended_authorisation_waits_for_its_official_date(
        self, imported: Path, system: User, regulatory: User, now: datetime
    ) -> None:
        edit(imported, bdpm.PRODUCTS, "Autorisation active", "Autorisation archivée")
        run(imported, system, now)
        alert = ProductAlert.objects.filter(kind=AlertKind.ENDED).earliest("pk")
        with pytest.raises(InvalidInput), transaction.atomic():
            settle(alert, regulatory, now)
        record_authorisation_end(
            alert.product_id, ends_on=date(2026, 4, 1), reason="JO", by=regulatory, now=now
        )
        closed = ProductAlert.objects.get(pk=alert.pk)
        assert (closed.outcome, closed.note, closed.settled_by) == ("ended", "JO", regulatory)


class TestSources:
    def test_a_first_import_and_a_second_one_change_nothing(
        self, folder: Path, system: User, now: datetime, heard: list[SourceChange]
    ) -> None:
        run(folder, system, now)
        run(folder, system, now)
        assert heard == []

    def test_a_rate_a_price_a_condition(
        self, imported: Path, system: User, now: datetime, heard: list[SourceChange]
    ) -> None:
        priced = Presentation.objects.filter(price__isnull=False).earliest("cip13")
        old = f"{priced.price}".replace(".", ",")
        edit(imported, bdpm.PRESENTATIONS, f"\t{old}\t", "\t1234,56\t")
        run(imported, system, now)
        kinds = {change.kind for change in heard}
        assert kinds == {SourceKind.PRICE}
        change = next(one for one in heard if one.product.pk == priced.product_id)
        assert change.before.startswith(f"{priced.cip13}: {priced.price}")
        assert change.after.startswith(f"{priced.cip13}: 1234.56")
        heard.clear()
        edit(imported, bdpm.PRESENTATIONS, "\t65 %", "\t15 %")
        run(imported, system, now)
        assert {change.kind for change in heard} == {SourceKind.REIMBURSEMENT}
        assert ("65 %", "15 %") in {(change.before, change.after) for change in heard}
        heard.clear()
        edit(imported, bdpm.CONDITIONS, "liste II", "liste I")
        run(imported, system, now)
        assert {change.kind for change in heard} == {SourceKind.PRESCRIPTION}

    def test_a_dry_run_announces_and_notes_nothing(
        self, imported: Path, system: User, now: datetime, heard: list[SourceChange]
    ) -> None:
        edit(imported, bdpm.PRESENTATIONS, "\t65 %", "\t15 %")
        drop_lines(imported, bdpm.PRODUCTS, CIS)
        run(imported, system, now, dry_run=True)
        assert heard == []
        assert not ProductAlert.objects.exists()
        assert ImportRun.objects.count() == 1

    def test_what_an_import_counted_is_kept(
        self, imported: Path, system: User, now: datetime
    ) -> None:
        edit(imported, bdpm.PRESENTATIONS, "\t65 %", "\t15 %")
        run(imported, system, now)
        kept = ImportRun.objects.get(recorded_at=now)
        assert (kept.added, kept.vanished, kept.skipped, kept.recorded_by) == (0, 0, 0, system)
        assert kept.changed == Product.objects.filter(reimbursement_rates="15 %").count() > 0


class TestPagesAndApi:
    def test_regulatory_settles_on_the_page_and_over_the_api(
        self, vanished: ProductAlert, regulatory: User, client: Client
    ) -> None:
        client.force_login(regulatory)
        page = f"/admin/catalogue/alerts/{vanished.pk}/"
        assert vanished.product.name in client.get(page).text
        wrong = client.post(page, {"outcome": "ended", "note": "JO", "ends_on": ""})
        assert wrong.status_code == 400
        done = client.post(page, {"outcome": "stands", "note": "joint", "ends_on": ""})
        assert (done.status_code, done.headers["Location"]) == (
            302,
            "/admin/desk/public-database/alerts/",
        )
        address = f"/api/v1/product-alerts/{vanished.pk}/settle/"
        body = {"outcome": "stands", "note": "joint"}
        again = client.post(address, body, content_type="application/json")
        assert (again.status_code, again.json()["code"]) == (409, "already_settled")
        assert client.get("/api/v1/product-alerts/?open=true").json()["results"] == []
        listed = client.get("/api/v1/product-alerts/").json()["results"]
        assert [(row["product"], row["outcome"]) for row in listed] == [(CIS, "stands")]
        assert client.get("/api/v1/product-alerts/?open=maybe").status_code == 400

    def test_the_pages_say_what_waits_and_what_an_import_changed(
        self, vanished: ProductAlert, regulatory: User, client: Client
    ) -> None:
        client.force_login(regulatory)
        alerts = "/admin/desk/public-database/alerts/"
        # No material names it: it stands behind the link.
        assert vanished.product.name not in client.get(alerts).text
        assert vanished.product.name in client.get(f"{alerts}?show=all").text
        assert client.get("/admin/desk/public-database/imports/").status_code == 200
