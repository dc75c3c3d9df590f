"""Bring the catalogue to what an extraction says: idempotent, nothing lost, nothing removed."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from approvals.audit import PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.audit.verification import Verification
from approvals.people.enums import Role
from approvals.people.models import User
from content.catalogue import bdpm
from content.catalogue.actions import (
    ImportReport,
    import_public_database,
    mark_condition_harmless,
    record_authorisation_end,
)
from content.catalogue.bdpm import read_extract
from content.catalogue.models import PrescriptionCondition, Presentation, Product, ProductFreeze
from content.catalogue.signals import products_changed
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)
Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(settings.DEMO_DATA_DIR, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def announced() -> Iterator[set[int]]:
    heard: set[int] = set()

    def hear(sender: Any, product_ids: set[int], **kwargs: Any) -> None:
        heard.update(product_ids)

    products_changed.connect(hear)
    yield heard
    products_changed.disconnect(hear)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text in one of the files, in its own encoding."""
    content = (folder / name).read_bytes()
    encoding = bdpm.encoding_of(content)
    assert old.encode(encoding) in content
    (folder / name).write_bytes(content.replace(old.encode(encoding), new.encode(encoding)))


def drop_lines(folder: Path, name: str, having: str) -> None:
    """Take the lines that hold a text out of a file."""
    lines = (folder / name).read_bytes().splitlines(keepends=True)
    (folder / name).write_bytes(b"".join(x for x in lines if having.encode() not in x))


def run(folder: Path, by: User, now: datetime, **given: Any) -> ImportReport:
    return import_public_database(read_extract(folder), by=by, now=now, **given)


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.unchanged


def product(cis: str) -> Product:
    found: Product = Product.objects.get(cis=cis)
    return found


def test_everything_is_imported_once(folder: Path, system: User, now: datetime) -> None:
    assert counts(run(folder, system, now)) == (16, 0, 0)
    assert Presentation.objects.count() == 17
    events = AuditEvent.objects.count()
    assert counts(run(folder, system, now + timedelta(days=1))) == (0, 0, 16)
    assert AuditEvent.objects.count() == events
    assert Product.history.count() == 16


def test_the_bars_for_the_public_are_worked_out(folder: Path, system: User, now: datetime) -> None:
    run(folder, system, now)
    bars = {
        row.cis: (row.prescription_class, row.restricted, row.reimbursement_rates)
        for row in Product.objects.all()
    }
    assert bars["69990011"] == ("liste I", False, "65 %")
    assert bars["69990014"] == ("liste I", True, "65 %")
    assert bars["69990015"] == ("liste II", False, "30 %")
    # Its only reimbursed pack is no longer authorised.
    assert bars["69990022"] == ("", False, "")
    assert bars["69990023"] == ("", True, "")
    assert bars["69990032"] == ("", False, "65 %")
    assert bars["69990061"] == ("stupéfiants", True, "100 %")
    free = {row.cis for row in Product.objects.all() if not row.gp_barred}
    assert free == {"69990022", "69990043", "69990044", "69990051"}


def test_an_ended_authorisation_ends_on_the_day_of_the_import(
    folder: Path, system: User, now: datetime
) -> None:
    run(folder, system, now)
    for cis in ("69990042", "69990043", "69990044"):
        assert product(cis).authorisation_ends_on == TODAY
        assert product(cis).authorisation_stands_on(TODAY - timedelta(days=1))
        assert not product(cis).authorisation_stands_on(TODAY)
    run(folder, system, now + timedelta(days=5))
    assert product("69990042").authorisation_ends_on == TODAY
    # A suspended one stands on no day, without an end; the first import freezes nothing.
    assert product("69990041").authorisation_ends_on is None
    assert not product("69990041").authorisation_stands_on(TODAY)
    assert not ProductFreeze.objects.exists()


def test_each_chunk_is_one_event_naming_each_history_row(
    folder: Path, system: User, now: datetime
) -> None:
    run(folder, system, now)
    kinds = AuditEvent.objects.in_order().values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["add_conditions", "import_products", "note_import"]
    assert Verification().run().fault is None
    row = product("69990011").history.get()
    assert (row.history_type, row.history_user_id, row.history_date) == ("+", system.pk, now)
    type(row)._base_manager.filter(pk=row.pk).update(name="ALTERED")
    fault = Verification().run().fault
    assert fault is not None
    assert "catalogue.product" in fault.what


def test_a_dry_run_counts_and_writes_nothing(folder: Path, system: User, now: datetime) -> None:
    events = AuditEvent.objects.count()
    assert counts(run(folder, system, now, dry_run=True)) == (16, 0, 0)
    assert not Product.objects.exists()
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_others_do_not_import(folder: Path, role: Role, now: datetime) -> None:
    with pytest.raises(PolicyDenied) as denied:
        run(folder, make_person(role), now)
    assert denied.value.code == "role_missing"
    assert not Product.objects.exists()


class TestASecondExtraction:
    """Products appear, vanish, change; nothing that an asset uses is removed."""

    @pytest.fixture(autouse=True)
    def first(self, folder: Path, system: User, now: datetime) -> None:
        run(folder, system, now)

    def test_a_change_is_recorded_with_old_and_new(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        edit(folder, bdpm.PRODUCTS, " IMPORTATEUR FICTIF", " REPRENEUR FICTIF")
        assert counts(run(folder, system, now)) == (0, 1, 15)
        changed = product("69990013")
        assert changed.holder == "REPRENEUR FICTIF"
        assert "repreneur" in changed.search_text
        assert changed.history.count() == 2
        event = AuditEvent.objects.in_order().filter(kind="import_products").last()
        assert event is not None
        assert '"holder":["IMPORTATEUR FICTIF","REPRENEUR FICTIF"]' in event.payload
        # Who holds it limits nothing: nobody is told.
        assert announced == set()

    def test_a_reimbursed_pack_that_appears_bars_the_public(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        edit(folder, bdpm.PRESENTATIONS, "Présentation abrogée", "Présentation active")
        run(folder, system, now)
        assert product("69990022").reimbursement_rates == "15 %"
        assert product("69990022").pk in announced

    def test_a_pack_that_vanished_is_kept_and_counts_no_more(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        drop_lines(folder, bdpm.PRESENTATIONS, "69990032")
        run(folder, system, now)
        pack = Presentation.objects.get(product__cis="69990032")
        assert not pack.in_public_database
        assert not product("69990032").reimbursed
        assert counts(run(folder, system, now)) == (0, 0, 16)

    def test_a_pack_may_move_to_another_product(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        edit(folder, bdpm.PRESENTATIONS, "69990032\t", "69990022\t")
        run(folder, system, now)
        assert product("69990022").reimbursed
        assert not product("69990032").reimbursed
        assert counts(run(folder, system, now)) == (0, 0, 16)

    def test_a_condition_that_no_longer_holds_goes_with_its_history(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        drop_lines(folder, bdpm.CONDITIONS, "69990011")
        run(folder, system, now)
        freed = product("69990011")
        assert not freed.prescription_only
        assert freed.pk in announced
        row = freed.conditions.model.history.filter(product_id=freed.pk).latest()
        assert row.history_type == "-"

    def test_what_a_bad_line_may_have_said_is_not_taken_away(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        edit(folder, bdpm.CONDITIONS, "69990011\tliste I", "69990011\tliste I\tand more")
        edit(folder, bdpm.PRESENTATIONS, "\t24,34\t24,34", "\tfree\t24,34")
        report = run(folder, system, now)
        assert len(report.skipped) == 2
        assert product("69990011").prescription_only
        assert product("69990032").reimbursed
        assert counts(report) == (0, 0, 16)

    def test_after_a_line_without_a_product_nothing_is_taken_away(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        edit(folder, bdpm.CONDITIONS, "69990011\tliste I", "6999\tliste I")
        drop_lines(folder, bdpm.PRODUCTS, "69990051")
        report = run(folder, system, now)
        assert report.nothing_taken_away
        assert product("69990011").prescription_only
        assert product("69990051").in_public_database

    def test_a_product_that_vanished_is_marked_and_nothing_else(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        for name in bdpm.FILES:
            drop_lines(folder, name, "69990021")
        report = run(folder, system, now)
        assert report.vanished == ["69990021"]
        gone = product("69990021")
        assert not gone.in_public_database
        assert gone.authorisation_stands_on(TODAY)
        assert announced == set()
        assert run(folder, system, now).vanished == []

    def test_a_vanished_product_may_come_back(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        saved = (folder / bdpm.PRODUCTS).read_bytes()
        drop_lines(folder, bdpm.PRODUCTS, "69990043")
        run(folder, system, now)
        (folder / bdpm.PRODUCTS).write_bytes(saved)
        assert counts(run(folder, system, now)) == (0, 1, 15)
        assert product("69990043").in_public_database

    def test_a_newly_suspended_product_is_frozen_by_the_system(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        old = "pelliculé\torale\tAutorisation active\tAutorisation d'importation"
        edit(folder, bdpm.PRODUCTS, old, old.replace("active", "suspendue"))
        report = run(folder, system, now)
        assert report.frozen == ["69990013"]
        freeze = ProductFreeze.objects.get()
        assert (freeze.product.cis, freeze.starts_on) == ("69990013", TODAY)
        assert freeze.recorded_by == system
        assert freeze.product_id in announced
        assert run(folder, system, now).frozen == []
        # Active again: the freeze stays until a pharmacist lifts it.
        edit(folder, bdpm.PRODUCTS, old.replace("active", "suspendue"), old)
        run(folder, system, now)
        assert product("69990013").authorisation_stands_on(TODAY)
        assert product("69990013").frozen_on(TODAY)

    def test_the_official_end_wins_over_the_day_of_an_import(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        regulatory = make_person(Role.REGULATORY_REVIEWER)
        official = TODAY + timedelta(days=90)
        record_authorisation_end(
            product("69990042").pk, ends_on=official, reason="JO", by=regulatory, now=now
        )
        run(folder, system, now)
        assert product("69990042").authorisation_ends_on == official
        assert product("69990042").authorisation_stands_on(TODAY)

    def test_an_end_that_only_an_import_gave_is_taken_back(
        self, folder: Path, system: User, now: datetime, announced: set[int]
    ) -> None:
        edit(folder, bdpm.PRODUCTS, "Autorisation archivée", "Autorisation active")
        run(folder, system, now)
        assert product("69990043").authorisation_ends_on is None
        assert product("69990043").pk in announced

    def test_a_condition_marked_harmless_stays_so(
        self, folder: Path, system: User, now: datetime
    ) -> None:
        condition = PrescriptionCondition.objects.get(label="renouvellement non restreint")
        mark_condition_harmless(
            condition.pk, harmless=True, reason="Renewal only", by=system, now=now
        )
        assert not product("69990023").restricted
        assert counts(run(folder, system, now)) == (0, 0, 16)
        assert not product("69990023").restricted


class TestTheCommand:
    def test_it_prints_what_it_did_and_exits_with_0(self, folder: Path) -> None:
        out = StringIO()
        call_command("import_bdpm", str(folder), stdout=out)
        assert out.getvalue() == "added 16, changed 0, unchanged 0, skipped 0\n"

    def test_skipped_lines_are_named_and_exit_with_1(self, folder: Path) -> None:
        edit(folder, bdpm.PRESENTATIONS, "69990021\t", "60000000\t")
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as stopped:
            call_command("import_bdpm", str(folder), stdout=out, stderr=err)
        assert stopped.value.code == 1
        assert "CIS_CIP_bdpm.txt, line 7: no product has CIS 60000000" in err.getvalue()
        assert out.getvalue() == "added 16, changed 0, unchanged 0, skipped 1\n"

    def test_a_dry_run_says_so(self, folder: Path) -> None:
        out = StringIO()
        call_command("import_bdpm", str(folder), "--dry-run", stdout=out)
        assert out.getvalue().startswith("would be added 16, would be changed 0")
        assert not Product.objects.exists()

    def test_a_folder_without_the_files_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"lacks CIS_bdpm\.txt"):
            call_command("import_bdpm", str(tmp_path))

    def test_what_vanished_is_named(self, folder: Path) -> None:
        call_command("import_bdpm", str(folder), stdout=StringIO())
        drop_lines(folder, bdpm.PRODUCTS, "69990043")
        drop_lines(folder, bdpm.PRESENTATIONS, "69990043")
        drop_lines(folder, bdpm.SUBSTANCES, "69990043")
        err = StringIO()
        call_command("import_bdpm", str(folder), stdout=StringIO(), stderr=err)
        assert err.getvalue().startswith("vanished 69990043")
