"""The planning page: what is told to whom, filters, load, both directions, what waits."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from approvals.people.models import User
from approvals.submissions.actions import (
    burn_lapsed_references,
    edit_window,
    plan,
    record_window,
)
from approvals.submissions.calendars import missing_calendars, year_due
from approvals.submissions.durations import Routes, Step
from approvals.submissions.load import load_ahead, monday, stages_due
from approvals.submissions.models import DepositWindow
from approvals.submissions.moves import moves_of
from approvals.submissions.outlook import PlannedRow, windows_ahead
from approvals.submissions.planning import Asked, without_window
from content.assets.models import Version
from tests.factories.people import Cast, system_actor
from tests.factories.review import in_review, task_of
from tests.factories.submissions import (
    approve,
    make_approved,
    make_draft,
    pm_window,
    window_of,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def planned(cast: Cast, window: DepositWindow | None = None, **fields: Any) -> Version:
    version = make_draft(cast, **fields)
    owner = fields.get("owner") or cast.pm
    plan(version.pk, window=(window or pm_window()).pk, by=owner, now=NOW)
    found: Version = Version.objects.with_asset().get(pk=version.pk)
    return found


def the_row(by: User, day: date) -> PlannedRow:
    """The only line of the windows ahead."""
    (found,) = [one for row in windows_ahead(by, day) for one in row.planned]
    return found


class TestPage:
    @pytest.mark.parametrize(
        "person", ["pm", "mpm", "regulatory", "medical", "pharmacist", "inspector", "admin"]
    )
    @pytest.mark.parametrize("address", ["/plan/", "/admin/submissions/windows/"])
    def test_the_office_opens_it(self, cast: Cast, person: str, address: str) -> None:
        planned(cast)
        answer = client_of(getattr(cast, person)).get(address)
        assert answer.status_code == 200
        assert answer.context["may_record"] is (person in {"regulatory", "admin"})

    @pytest.mark.parametrize("person", ["rep", "msl", "agency"])
    def test_others_do_not(self, cast: Cast, person: str) -> None:
        assert client_of(getattr(cast, person)).get("/plan/").status_code == 403

    def test_it_says_why(self, cast: Cast) -> None:
        planned(cast)
        page = client_of(cast.pm).get("/plan/").content.decode()
        assert "Enters review by 31 March 2026 at the latest: 21 working days of slack." in page
        assert "Move to another window" in page
        assert "Move to another window" not in (
            client_of(cast.regulatory).get("/plan/").content.decode()
        )

    def test_titles_stay_within_what_one_sees(self, cast: Cast) -> None:
        version = planned(cast)
        reference = version.reference
        assert reference is not None
        for other in (cast.pm2, cast.admin):
            page = client_of(other).get("/plan/").content.decode()
            assert reference.value not in page
            assert version.asset.code not in page

    def test_filters_say_what_they_do(self, cast: Cast) -> None:
        slow = planned(cast)
        planned(cast, window_of(date(2026, 7, 7), "GP"), audience="public")
        ahead = windows_ahead(cast.pm, TODAY)

        def shown(query: str) -> list[str]:
            rows = Asked.read(QueryDict(query).dict()).select(ahead, cast.pm)
            return [one.plan.version.asset.code for row in rows for one in row.planned]

        assert len(shown("")) == 2
        assert shown("category=PM") == [slow.asset.code]
        assert len(shown(f"product={cast.product.cis}")) == 2
        assert shown("product=00000000") == []
        assert len(shown("owner=mine")) == 2
        assert len(shown(f"owner={cast.pm.pk}")) == 2
        assert shown(f"owner={cast.pm2.pk}") == []
        assert shown("outlook=too_late") == []
        assert len(shown("outlook=on_track")) == 2
        assert len(shown("outlook=nonsense&category=XX&sort=zz")) == 2

    def test_the_file_holds_what_is_shown(self, cast: Cast) -> None:
        version = planned(cast)
        answer = client_of(cast.pm).get("/plan/?category=PM&format=csv")
        assert answer["Content-Type"].startswith("text/csv")
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert version.asset.code in lines[1]
        assert "2026-03-31" in lines[1]
        assert "21 working days of slack" in lines[1]
        assert client_of(cast.pm2).get("/plan/?format=csv").content.count(b"\n") == 1

    def test_to_be_usable_by(self, cast: Cast) -> None:
        asset = make_draft(cast).asset
        client = client_of(cast.pm)
        page = client.get(f"/plan/?asset={asset.code}&wanted=2026-06-26").content.decode()
        assert "It enters review by Tuesday 31 March 2026 at the latest." in page
        late = client.get(f"/plan/?asset={asset.code}&wanted=2026-05-01").content.decode()
        assert "It cannot be usable by Friday 1 May 2026." in late
        assert "The earliest possible first day of use is Friday 26 June 2026." in late

    def test_what_cannot_be_answered_is_said_at_the_field(self, cast: Cast) -> None:
        asset = make_draft(cast).asset
        page = client_of(cast.pm2).get(f"/plan/?asset={asset.code}&wanted=2026-02-30")
        assert set(page.context["wished"].faults) == {"asset", "wanted"}
        past = client_of(cast.pm).get(f"/plan/?asset={asset.code}&wanted=2026-03-01")
        assert set(past.context["wished"].faults) == {"wanted"}

    def test_its_address_keeps_what_was_chosen(self, cast: Cast) -> None:
        planned(cast)
        answer = client_of(cast.pm).get("/plan/?outlook=too_late")
        assert answer.context["rows"] == []
        assert "No planned version fits these filters." in answer.content.decode()


class TestOrder:
    def test_the_worst_comes_first(self, cast: Cast) -> None:
        planned(cast)
        make_approved(cast, now=NOW)
        late = datetime(2026, 4, 2, 9, tzinfo=UTC)
        rows = Asked().select(windows_ahead(cast.pm, late.date()), cast.pm)
        assert [one.outlook for one in rows[0].planned] == ["too_late", "on_track"]


class TestRealReview:
    def test_the_open_cycle_counts(self, cast: Cast) -> None:
        version = planned(cast)
        approve(version, text=version.reference.value if version.reference else "")
        row = the_row(cast.pm, TODAY)
        assert row.reasons == ["Approved: goes into the batch by 17 April 2026."]

    def test_an_overdue_task_is_named(self, cast: Cast) -> None:
        cycle = in_review(cast, now=NOW)
        plan(cycle.version_id, window=pm_window().pk, by=cast.pm, now=NOW)
        assert task_of(cycle, "compliance_reviewer").due_on == date(2026, 3, 5)
        row = the_row(cast.pm, date(2026, 3, 6))
        assert row.outlook == "at_risk"
        assert row.reasons[0] == "Compliance has had it for 4 working days, 3 planned."
        assert the_row(cast.pm, date(2026, 3, 5)).outlook == "on_track"


class TestLoad:
    def test_stages_follow_each_other(self) -> None:
        stages = (
            (Step("medical_reviewer", 5), Step("compliance_reviewer", 3)),
            (Step("responsible_pharmacist", 2),),
        )
        # Good Friday works, Easter Monday does not.
        assert list(stages_due(stages, date(2026, 4, 1))) == [
            ("medical_reviewer", date(2026, 4, 9)),
            ("compliance_reviewer", date(2026, 4, 7)),
            ("responsible_pharmacist", date(2026, 4, 13)),
        ]

    def load(self, by: User, day: date = TODAY) -> Any:
        routes = Routes()
        return load_ahead(by, day, windows_ahead(by, day, routes=routes), routes=routes)

    def test_what_is_planned_enters_on_its_latest_day(self, cast: Cast) -> None:
        planned(cast)
        load = self.load(cast.regulatory)
        assert not load.open
        assert load.expected["medical_reviewer", monday(date(2026, 4, 8))] == 1
        assert load.expected["compliance_reviewer", monday(date(2026, 4, 3))] == 1
        assert load.expected["responsible_pharmacist", monday(date(2026, 4, 10))] == 1
        assert sum(load.expected.values()) == 4

    def test_open_tasks_count_in_their_week_and_late_ones_now(self, cast: Cast) -> None:
        in_review(cast, now=NOW)
        load = self.load(cast.regulatory)
        assert load.open["medical_reviewer", date(2026, 3, 9)] == 1
        assert load.open["compliance_reviewer", date(2026, 3, 2)] == 1
        assert load.expected["responsible_pharmacist", date(2026, 3, 9)] == 1
        late = self.load(cast.regulatory, date(2026, 3, 16))
        assert late.open["medical_reviewer", date(2026, 3, 16)] == 1
        assert late.late["medical_reviewer"] == 1

    def test_within_what_one_sees(self, cast: Cast) -> None:
        # Of another month than the reference that the factory of reviews gives.
        planned(cast, window_of(date(2026, 7, 28)))
        in_review(cast, now=NOW)
        for other in (cast.pm2, cast.admin):
            assert self.load(other).roles == []

    def test_what_falls_later_is_counted_apart(self, cast: Cast) -> None:
        planned(cast, window_of(date(2026, 7, 28)))
        assert self.load(cast.regulatory).beyond == 4

    def test_a_week_begins_on_monday_over_the_new_year(self) -> None:
        assert monday(date(2027, 1, 1)) == date(2026, 12, 28)
        assert monday(date(2026, 12, 28)) == date(2026, 12, 28)


class TestWaiting:
    def test_a_missed_window_leads_to_another_plan(self, cast: Cast) -> None:
        version = planned(cast)
        old = version.reference
        assert old is not None
        after = datetime(2026, 4, 25, 9, tzinfo=UTC)
        for _swept in range(2):  # before the sweep and after it
            found = without_window(cast.pm, after.date())
            assert [one.version.pk for one in found] == [version.pk]
            assert str(found[0]) == (
                f"It missed the window that closed on 24 April 2026; its reference was {old.value}."
            )
            assert found[0].may_plan
            burn_lapsed_references(by=system_actor(), now=after)
        assert without_window(cast.pm2, after.date()) == []
        plan(version.pk, window=window_of(date(2026, 7, 28)).pk, by=cast.pm, now=after)
        assert without_window(cast.pm, after.date()) == []

    def test_what_was_never_planned_waits(self, cast: Cast) -> None:
        make_draft(cast)
        make_draft(cast, nature="medical")
        found = without_window(cast.regulatory, TODAY)
        assert [str(one) for one in found] == ["No window was planned yet."]
        assert not found[0].may_plan


class TestMoves:
    def test_another_month_is_told_before_it_is_done(self, cast: Cast) -> None:
        version = planned(cast)
        assert version.reference is not None
        said = moves_of(version, TODAY)
        april = next(one for one in said if "24 April 2026: " in one)
        july = next(one for one in said if "28 July 2026: " in one)
        assert f"{version.reference.value} is kept." in april
        assert f"{version.reference.value} is burnt, a new reference of 26/07" in july

    def test_it_is_on_the_page(self, cast: Cast) -> None:
        version = planned(cast)
        page = client_of(cast.pm).get(f"/admin/submissions/versions/{version.pk}/plan/")
        assert "is burnt, a new reference of 26/07 is reserved." in page.content.decode()
        chosen = client_of(cast.pm).get(
            f"/admin/submissions/versions/{version.pk}/plan/?window={pm_window().pk}"
        )
        assert chosen.context["form"].initial["window"] == str(pm_window().pk)

    def test_a_closed_window_keeps_nothing(self, cast: Cast) -> None:
        said = moves_of(planned(cast), date(2026, 4, 25))
        assert "has closed" in said[0]
        assert not any("is kept" in one for one in said)

    def test_an_approved_file_would_be_corrected(self, cast: Cast) -> None:
        said = moves_of(make_approved(cast, now=NOW), TODAY)
        assert "corrected file" in said[-1]


class TestMissingCalendar:
    @pytest.mark.parametrize(
        ("day", "year"),
        [
            (date(2026, 10, 31), 2026),
            (date(2026, 11, 1), 2026),
            (date(2026, 11, 2), 2027),
            (date(2026, 12, 31), 2027),
            (date(2027, 1, 1), 2027),
        ],
    )
    def test_the_year_that_is_due(self, day: date, year: int) -> None:
        assert year_due(day) == year

    def test_each_category_without_a_published_window(self, cast: Cast) -> None:
        day = date(2026, 11, 2)
        assert missing_calendars(date(2026, 11, 1)) == []
        assert [(one.category, one.year) for one in missing_calendars(day)] == [
            ("GP", 2027),
            ("PM", 2027),
        ]
        given: dict[str, Any] = {"by": cast.regulatory, "now": NOW}
        days: dict[str, Any] = {
            "opens_on": date(2027, 1, 11),
            "closes_on": date(2027, 1, 29),
        }
        window = record_window(category="PM", provisional=True, **days, **given)
        record_window(category="GP", made_up=True, **days, **given)
        said = [str(one) for one in missing_calendars(day)]
        assert said[0] == "No GP window of 2027 is published yet."
        assert said[1].startswith("The PM windows of 2027 are only provisional")

        edit_window(window.pk, changes={"provisional": False}, reason="Publiée.", **given)
        assert [one.category for one in missing_calendars(day)] == ["GP"]

    @pytest.mark.parametrize(
        ("person", "told"),
        [("regulatory", True), ("admin", True), ("medical", False), ("pm", False)],
    )
    def test_the_homes_of_those_who_record_it(self, cast: Cast, person: str, told: bool) -> None:
        with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
            page = client_of(getattr(cast, person)).get("/admin/").content.decode()
        assert ("No PM window of 2027 is published yet." in page) is told
        assert ("/admin/submissions/windows/import/" in page) is told

    def test_the_planning_tells_everybody_and_offers_it_to_some(self, cast: Cast) -> None:
        with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
            theirs = client_of(cast.pm).get("/plan/").content.decode()
            ours = client_of(cast.regulatory).get("/plan/").content.decode()
        assert "No PM window of 2027 is published yet." in theirs
        assert "Import the published windows" not in theirs
        assert "Import the published windows" in ours
