"""The authority's windows: recorded, corrected, imported; when the evaluation ends."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.models import User
from approvals.submissions import setup
from approvals.submissions.actions import edit_window, import_windows, record_window
from approvals.submissions.evaluation import evaluation_end, evaluation_end_outside
from approvals.submissions.models import DepositWindow
from approvals.submissions.windows_csv import read_upload
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited, pm_window, window_of

VECTORS = list(csv.DictReader((Path(__file__).parent / "evaluation_end_vectors.csv").open()))
REGULAR = [row for row in VECTORS if not row["note"].startswith("irregular")]
IRREGULAR = [row for row in VECTORS if row["note"].startswith("irregular")]


class TestEvaluationEnd:
    @pytest.mark.parametrize("row", REGULAR, ids=lambda row: row["closes_on"])
    def test_follows_the_rule(self, row: dict[str, str]) -> None:
        expected = date.fromisoformat(row["evaluation_ends_on"])
        assert evaluation_end(date.fromisoformat(row["closes_on"])) == expected

    def test_the_vectors_hold_both_kinds(self) -> None:
        assert len(REGULAR) == 7
        assert len(IRREGULAR) == 1

    @pytest.mark.parametrize(
        ("closes_on", "ends_on"),
        [
            (date(2026, 12, 30), date(2027, 2, 28)),  # 31 December + 2 months: no 31 February
            (date(2027, 12, 30), date(2028, 2, 29)),
            (date(2026, 12, 31), date(2027, 3, 1)),
            (date(2028, 2, 28), date(2028, 4, 29)),
        ],
    )
    def test_month_ends(self, closes_on: date, ends_on: date) -> None:
        assert evaluation_end(closes_on) == ends_on

    def test_outside_the_windows_it_counts_from_the_receipt(self) -> None:
        assert evaluation_end_outside(date(2026, 6, 30)) == date(2026, 8, 30)
        assert evaluation_end_outside(date(2025, 12, 31)) == date(2026, 2, 28)

    @pytest.mark.django_db
    @pytest.mark.parametrize("row", IRREGULAR, ids=lambda row: row["closes_on"])
    def test_a_published_date_that_differs_is_stored_with_its_reason(
        self, cast: Cast, row: dict[str, str]
    ) -> None:
        given: dict[str, Any] = {
            "category": row["category"],
            "opens_on": date(2016, 12, 12),
            "closes_on": date.fromisoformat(row["closes_on"]),
            "evaluation_ends_on": date.fromisoformat(row["evaluation_ends_on"]),
            "by": cast.regulatory,
            "now": T0,
        }
        with pytest.raises(InvalidInput) as refused:
            record_window(**given)
        assert list(refused.value.errors) == ["overridden_reason"]

        window = record_window(**given, overridden_reason="Publié ainsi par l'ANSM.")

        assert window.evaluation_ends_on == date(2017, 3, 1)


@pytest.mark.django_db
class TestRecordWindow:
    GIVEN: dict[str, Any] = {
        "category": "PM",
        "opens_on": date(2027, 1, 11),
        "closes_on": date(2027, 1, 29),
    }

    def test_keeps_the_evaluation_end(self, cast: Cast) -> None:
        window = record_window(**self.GIVEN, by=cast.regulatory, now=T0)

        assert window.evaluation_ends_on == date(2027, 3, 30)
        assert window.history.get().history_user == cast.regulatory
        assert AuditEvent.objects.in_order().last().kind == "record_window"  # type: ignore[union-attr]

    def test_an_administrator_may_too(self, cast: Cast) -> None:
        record_window(**self.GIVEN, by=cast.admin, now=T0)

    @pytest.mark.parametrize("person", ["pm", "medical", "pharmacist", "rep", "inspector"])
    def test_others_may_not(self, cast: Cast, person: str) -> None:
        with pytest.raises(PolicyDenied) as refused:
            record_window(**self.GIVEN, by=getattr(cast, person), now=T0)
        assert refused.value.code == "role_missing"

    def test_one_that_ends_before_it_begins(self, cast: Cast) -> None:
        given = self.GIVEN | {"closes_on": date(2027, 1, 10)}
        with pytest.raises(InvalidInput) as refused:
            record_window(**given, by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["closes_on"]

    def test_a_window_of_one_day_is_one(self, cast: Cast) -> None:
        given = self.GIVEN | {"closes_on": date(2027, 1, 11)}
        record_window(**given, by=cast.regulatory, now=T0)

    def test_one_that_shares_a_day_with_another(self, cast: Cast) -> None:
        given = self.GIVEN | {"opens_on": date(2026, 4, 24), "closes_on": date(2026, 5, 1)}
        with pytest.raises(InvalidInput) as refused:
            record_window(**given, by=cast.regulatory, now=T0)
        assert refused.value.code == "window_overlaps"
        assert list(refused.value.errors) == ["opens_on"]

    def test_another_category_may_share_days(self, cast: Cast) -> None:
        given = self.GIVEN | {
            "category": "GP",
            "opens_on": date(2026, 4, 10),
            "closes_on": date(2026, 4, 20),
        }
        record_window(**given, by=cast.regulatory, now=T0)

    def test_an_unknown_category(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_window(**(self.GIVEN | {"category": "XX"}), by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["category"]

    def test_an_evaluation_that_ends_with_the_window(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_window(
                **self.GIVEN,
                evaluation_ends_on=date(2027, 1, 29),
                overridden_reason="x",
                by=cast.regulatory,
                now=T0,
            )
        assert list(refused.value.errors) == ["evaluation_ends_on"]


@pytest.mark.django_db
class TestEditWindow:
    def test_keeps_what_it_was_and_why(self, cast: Cast) -> None:
        window = pm_window()

        edit_window(
            window.pk,
            changes={"closes_on": date(2026, 4, 25)},
            reason="Avis rectificatif.",
            by=cast.regulatory,
            now=T0,
        )

        kept = DepositWindow.objects.get(pk=window.pk)
        assert kept.closes_on == date(2026, 4, 25)
        assert kept.evaluation_ends_on == date(2026, 6, 26)
        last = kept.history.order_by("-history_id").first()
        assert last.history_change_reason == "Avis rectificatif."

    def test_owes_a_reason(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            edit_window(pm_window().pk, changes={}, reason=" ", by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["reason"]

    def test_keeps_an_overridden_end(self, cast: Cast) -> None:
        window = pm_window()
        changes = {"evaluation_ends_on": date(2026, 6, 27), "overridden_reason": "Publié ainsi."}
        edit_window(window.pk, changes=changes, reason="x", by=cast.regulatory, now=T0)

        edit_window(window.pk, changes={"source": "JO"}, reason="x", by=cast.regulatory, now=T0)

        assert pm_window().evaluation_ends_on == date(2026, 6, 27)

    def test_the_rule_again_forgets_the_reason_of_the_override(self, cast: Cast) -> None:
        window = pm_window()
        stated: dict[str, Any] = {
            "evaluation_ends_on": date(2026, 7, 10),
            "overridden_reason": "published",
        }
        edit_window(window.pk, changes=stated, reason="published", by=cast.regulatory, now=T0)
        for changes in ({"evaluation_ends_on": None}, {"closes_on": date(2026, 4, 25)}):
            window = edit_window(
                window.pk, changes=changes, reason="back", by=cast.regulatory, now=T0
            )
            assert window.overridden_reason == ""
        assert window.evaluation_ends_on == date(2026, 6, 26)

    def test_what_identifies_it_stays(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            edit_window(
                pm_window().pk, changes={"made_up": True}, reason="x", by=cast.regulatory, now=T0
            )
        assert list(refused.value.errors) == ["made_up"]

    def test_a_recorded_deposit_stays_inside(self, cast: Cast) -> None:
        make_deposited(cast)

        with pytest.raises(StateConflict) as refused:
            edit_window(
                pm_window().pk,
                changes={"opens_on": date(2026, 4, 15)},
                reason="x",
                by=cast.regulatory,
                now=T0,
            )

        assert refused.value.code == "window_has_deposits"
        assert pm_window().opens_on == date(2026, 4, 7)

    def test_one_with_a_deposit_is_no_longer_awaited(self, cast: Cast) -> None:
        make_deposited(cast)
        with pytest.raises(StateConflict) as refused:
            edit_window(
                pm_window().pk,
                changes={"provisional": True},
                reason="x",
                by=cast.regulatory,
                now=T0,
            )
        assert refused.value.code == "window_has_deposits"
        assert not pm_window().provisional

    def test_others_may_not(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            edit_window(pm_window().pk, changes={}, reason="x", by=cast.pm, now=T0)
        assert refused.value.code == "role_missing"


@pytest.mark.django_db
class TestImport:
    LINE: dict[str, str | None] = {
        "authority": "ANSM",
        "category": "GP",
        "opens_on": "2026-10-05",
        "closes_on": "2026-10-14",
        "source": "published",
    }

    def test_the_published_windows_are_there_after_migrate(self, system: User) -> None:
        assert DepositWindow.objects.count() == 30
        assert window_of(date(2026, 10, 16)).evaluation_ends_on == date(2026, 12, 17)
        assert window_of(date(2026, 5, 7), "GP").opens_on == date(2026, 4, 28)

    def test_a_second_install_leaves_what_a_person_edited(self, cast: Cast) -> None:
        window = pm_window()
        edit_window(
            window.pk,
            changes={"closes_on": date(2026, 4, 25)},
            reason="Rectifié.",
            by=cast.regulatory,
            now=T0,
        )
        events = AuditEvent.objects.count()

        setup.install()

        assert DepositWindow.objects.count() == 30
        assert DepositWindow.objects.get(pk=window.pk).closes_on == date(2026, 4, 25)
        assert AuditEvent.objects.count() == events

    def test_counts_and_is_idempotent(self, system: User) -> None:
        first = import_windows([(2, self.LINE)], by=system, now=T0)
        second = import_windows([(2, self.LINE)], by=system, now=T0)

        assert (first.added, first.unchanged, first.errors) == (1, 0, [])
        assert (second.added, second.unchanged, second.errors) == (0, 1, [])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"opens_on": "05/10/2026"},
            {"closes_on": None},
            {"category": "XX"},
            {"authority": "EMA"},
            {"closes_on": "2026-10-01"},
            {"opens_on": "2026-09-01"},
        ],
    )
    def test_a_bad_line_is_reported_and_the_others_kept(
        self, system: User, wrong: dict[str, str | None]
    ) -> None:
        good = self.LINE | {"opens_on": "2026-11-02", "closes_on": "2026-11-10"}

        report = import_windows([(2, self.LINE | wrong), (3, good)], by=system, now=T0)

        assert report.added == 1
        assert [number for number, _ in report.errors] == [2]

    def test_others_may_not(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            import_windows([(2, self.LINE)], by=cast.pm, now=T0)
        assert refused.value.code == "role_missing"

    def test_a_french_spreadsheet_separates_with_semicolons(self) -> None:
        text = "authority;category;opens_on;closes_on\nANSM;PM;2027-07-01;2027-07-10\n"
        ((number, line),) = read_upload(SimpleUploadedFile("w.csv", text.encode()))
        assert number == 2
        assert line["closes_on"] == "2027-07-10"

    def test_the_command_prints_what_it_did(self, system: User, tmp_path: Path) -> None:
        path = tmp_path / "windows.csv"
        path.write_text(
            "authority,category,opens_on,closes_on,source\n"
            "ANSM,PM,2027-01-11,2027-01-29,published\n"
            "ANSM,PM,never,2027-04-29,published\n"
        )
        out, err = StringIO(), StringIO()

        with pytest.raises(CommandError):
            call_command("import_windows", str(path), stdout=out, stderr=err)

        assert "1 added, 0 unchanged, 1 skipped" in out.getvalue()
        assert f"{path}:3:" in err.getvalue()
        assert DepositWindow.objects.filter(closes_on=date(2027, 1, 29)).exists()

    def test_the_command_says_what_it_cannot_read(self, system: User, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            call_command("import_windows", str(tmp_path / "absent.csv"))


@pytest.mark.django_db
class TestAdmits:
    """Admissible from the opening day 00:00 to the closing day 23:59 in Paris."""

    @pytest.mark.parametrize(
        ("instant", "admitted"),
        [
            (datetime(2026, 4, 6, 21, 59, 59, tzinfo=UTC), False),
            (datetime(2026, 4, 6, 22, 0, tzinfo=UTC), True),  # 7 April, 0:00 in Paris (summer)
            (datetime(2026, 4, 24, 21, 59, 59, tzinfo=UTC), True),
            (datetime(2026, 4, 24, 22, 0, tzinfo=UTC), False),
        ],
    )
    def test_in_summer(self, system: User, instant: datetime, admitted: bool) -> None:
        assert pm_window().admits(instant) is admitted

    @pytest.mark.parametrize(
        ("opens_on", "closes_on", "instant", "admitted"),
        [
            # The clock goes forward on 29 March 2026: opens in winter time, closes in summer time.
            ((2026, 3, 23), (2026, 3, 29), (2026, 3, 22, 22, 59), False),
            ((2026, 3, 23), (2026, 3, 29), (2026, 3, 22, 23, 0), True),
            ((2026, 3, 23), (2026, 3, 29), (2026, 3, 29, 21, 59), True),
            ((2026, 3, 23), (2026, 3, 29), (2026, 3, 29, 22, 0), False),
            # It goes back on 25 October 2026: opens in summer time, closes in winter time.
            ((2026, 10, 19), (2026, 10, 25), (2026, 10, 18, 21, 59), False),
            ((2026, 10, 19), (2026, 10, 25), (2026, 10, 18, 22, 0), True),
            ((2026, 10, 19), (2026, 10, 25), (2026, 10, 25, 22, 59), True),
            ((2026, 10, 19), (2026, 10, 25), (2026, 10, 25, 23, 0), False),
        ],
    )
    def test_across_both_clock_changes(
        self,
        opens_on: tuple[int, int, int],
        closes_on: tuple[int, int, int],
        instant: tuple[int, ...],
        admitted: bool,
    ) -> None:
        window = DepositWindow(opens_on=date(*opens_on), closes_on=date(*closes_on))
        assert window.admits(datetime(*instant, tzinfo=UTC)) is admitted  # type: ignore[misc,arg-type]
