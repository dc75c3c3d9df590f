"""The forecast as people meet it: its page, its files, its API, each within what one may see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.people.models import User
from approvals.review.actions import submit
from approvals.submissions.actions import plan
from approvals.submissions.forecast import Portfolio, lapses_if_missed, renewal_of
from approvals.submissions.models import DepositWindow
from content.assets.enums import LimitCode, State
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.actions import record_authorisation_end
from tests.factories import T0
from tests.factories.assets import drive, make_asset, make_version
from tests.factories.clearing import freeze_it, make_cleared, next_cleared, release_it, suspend_it
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited, pm_window, window_of

pytestmark = pytest.mark.django_db
API = "/api/v1/forecast/"
# The day of T0, and visas of the factories that end in summer.
TODAY = date(2026, 4, 14)
ENDS = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _at_t0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: T0)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def usable(cast: Cast, ends_on: date = ENDS, **fields: Any) -> Version:
    """Return a released brochure of ``pm`` whose visa ends on a day."""
    version = make_cleared(cast, ends_on=ends_on, **fields)
    release_it(version, cast.pharmacist)
    return Version.objects.with_asset().get(pk=version.pk)


def lapses(person: User, missed: DepositWindow) -> list[Any]:
    found = Portfolio.seen_by(person, TODAY)
    return lapses_if_missed(found.items, missed, found.windows, TODAY)


class TestWhatIsRead:
    def test_a_visa_that_ends_before_the_next_evaluation(self, cast: Cast) -> None:
        version = usable(cast)
        (lapse,) = lapses(cast.regulatory, pm_window())
        assert lapse.item.version == version
        assert (lapse.last_day, lapse.back_on) == (date(2026, 6, 30), date(2026, 9, 30))
        assert lapse.through == window_of(date(2026, 7, 28))

    def test_what_is_frozen_or_suspended_is_not_on_the_list(self, cast: Cast) -> None:
        suspend_it(usable(cast), cast.pharmacist)
        assert lapses(cast.regulatory, pm_window()) == []
        (item,) = Portfolio.seen_by(cast.regulatory, TODAY).endings
        assert (item.ends_on, item.listed) == (ENDS, False)
        usable(cast)
        freeze_it(cast.product, cast.pharmacist)
        assert lapses(cast.regulatory, pm_window()) == []

    def test_components_and_environment_need_no_window(self, cast: Cast) -> None:
        for fields in ({"asset_type": "email_fragment"}, {"nature": "environment"}):
            asset = make_asset(by=cast.pm, products=[cast.product], **fields)
            drive(make_version(asset), State.RELEASED, months=3)
        assert lapses(cast.regulatory, pm_window()) == []
        found = Portfolio.seen_by(cast.regulatory, TODAY)
        assert [item.category for item in found.endings] == ["", ""]
        renewals = [renewal_of(item, found.windows, TODAY) for item in found.endings]
        assert [one.through for one in renewals] == [None, None]
        assert all(one.act_by and one.outlook == "on_track" for one in renewals)

    def test_gp_waits_for_gp_windows(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.free_product], audience="public")
        drive(make_version(asset), State.RELEASED, months=2)
        assert lapses(cast.regulatory, pm_window()) == []
        (lapse,) = lapses(cast.regulatory, window_of(date(2026, 5, 7), "GP"))
        assert lapse.through == window_of(date(2026, 7, 7), "GP")

    def test_an_authorisation_that_ends_is_no_matter_of_windows(self, cast: Cast) -> None:
        usable(cast, date(2027, 1, 1))
        record_authorisation_end(
            cast.product.pk, ends_on=ENDS, reason="arrêt", by=cast.regulatory, now=T0
        )
        assert lapses(cast.regulatory, pm_window()) == []
        (item,) = Portfolio.seen_by(cast.regulatory, TODAY).endings
        assert (item.ends_on, item.limited_by) == (ENDS, LimitCode.AUTHORISATION_ENDED)

    def test_a_successor_planned_in_the_window_is_seen(self, cast: Cast) -> None:
        version = usable(cast)
        renewal = make_version(version.asset, change_kind="renewal")
        plan(renewal.pk, window=pm_window().pk, by=cast.pm, now=T0)
        (lapse,) = lapses(cast.regulatory, pm_window())
        assert lapse.item.successor == renewal
        assert lapse.moved
        assert lapses(cast.regulatory, window_of(date(2026, 7, 28))) != []

    def test_one_in_review_needs_what_its_tasks_still_need(self, cast: Cast) -> None:
        version = usable(cast, date(2026, 7, 1))
        renewal = make_version(version.asset, change_kind="renewal")
        july = window_of(date(2026, 7, 28))
        plan(renewal.pk, window=july.pk, by=cast.pm, now=T0)
        (before,) = Portfolio.seen_by(cast.pm, TODAY).endings
        submit(renewal.pk, by=cast.pm, now=T0)
        (after,) = Portfolio.seen_by(cast.pm, TODAY).endings
        # 7 days of review and 5 to prepare; before review, 5 more to correct.
        assert (before.days_needed, after.days_needed) == (17, 12)

    def test_one_cleared_waits_for_no_window(self, cast: Cast) -> None:
        version = usable(cast)
        next_cleared(cast, version, ends_on=date(2028, 7, 1))
        assert lapses(cast.regulatory, pm_window()) == []
        (item,) = Portfolio.seen_by(cast.pm, TODAY).endings
        assert item.settled_on == TODAY

    def test_one_deposited_waits_for_the_authority(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        drive(make_version(asset), State.RELEASED, months=2)
        make_deposited(cast, asset=asset)
        assert lapses(cast.regulatory, pm_window()) == []
        (item,) = Portfolio.seen_by(cast.pm, TODAY).endings
        assert item.settled_on == date(2026, 6, 26)

    def test_a_minor_modification_renews_nothing(self, cast: Cast) -> None:
        version = usable(cast)
        make_version(version.asset, change_kind="minor_modification")
        (item,) = Portfolio.seen_by(cast.pm, TODAY).endings
        assert item.successor is None

    def test_a_renewal_that_is_in_use_takes_its_place(self, cast: Cast) -> None:
        version = usable(cast)
        renewal = next_cleared(cast, version, ends_on=date(2028, 7, 1))
        release_it(renewal, cast.pharmacist)
        (item,) = Portfolio.seen_by(cast.pm, TODAY).endings
        assert (item.version, item.ends_on) == (renewal, date(2028, 7, 1))

    def test_one_reads_ones_teams_only(self, cast: Cast) -> None:
        usable(cast)
        assert len(Portfolio.seen_by(cast.pm, TODAY).items) == 1
        assert Portfolio.seen_by(cast.pm2, TODAY).items == []

    @pytest.mark.slow
    def test_the_number_of_queries_does_not_grow(self, cast: Cast) -> None:
        """Makes several released versions: more than a second on a slow machine."""
        one = usable(cast)
        with CaptureQueriesContext(connection) as few:
            assert len(Portfolio.seen_by(cast.pm, TODAY).items) == 1
        for _more in range(2):
            asset = make_asset(by=cast.pm, products=[cast.product])
            drive(make_version(asset), State.RELEASED, months=3)
        make_version(one.asset, change_kind="renewal")
        with CaptureQueriesContext(connection) as many:
            assert len(Portfolio.seen_by(cast.pm, TODAY).items) == 3
        assert len(many) == len(few)


class TestPage:
    address = "/admin/submissions/forecast/"

    def test_what_lapses_and_what_to_renew(self, cast: Cast) -> None:
        version = usable(cast)
        page = client_of(cast.pm).get(self.address)
        text = page.content.decode()
        assert page.status_code == 200
        assert "30 juin 2026" in text
        assert "91 jours" in text
        assert reverse("assets:new_version", args=[version.asset.code]) in text
        assert version.get_absolute_url() in text

    def test_nobody_else_is_offered_to_create_it(self, cast: Cast) -> None:
        version = usable(cast)
        text = client_of(cast.regulatory).get(self.address).content.decode()
        assert reverse("assets:new_version", args=[version.asset.code]) not in text

    def test_another_window_and_another_time_are_chosen(self, cast: Cast) -> None:
        usable(cast)
        october = window_of(date(2026, 10, 16))
        client = client_of(cast.regulatory)
        page = client.get(self.address, {"window": october.pk, "within": "3"})
        assert (page.context["window"], page.context["months"]) == (october, 3)
        assert page.context["after"] is None
        # No later window is known; what ends in time is listed without a day of return.
        assert [lapse.back_on for lapse in page.context["lapses"]] == [None]
        assert "aucune période connue" in page.content.decode()

    @pytest.mark.parametrize("asked", [{"window": "x"}, {"window": "999999"}, {"within": "5"}])
    def test_what_means_nothing_is_as_if_not_asked(self, cast: Cast, asked: dict[str, str]) -> None:
        page = client_of(cast.regulatory).get(self.address, asked)
        assert page.context["window"] == DepositWindow.objects.ahead(TODAY).first()
        assert page.context["months"] == 12

    def test_empty_pages_say_what_would_be_there(self, cast: Cast) -> None:
        text = client_of(cast.pm).get(self.address).content.decode()
        assert "Rien ne quitte la liste si cette période est manquée." in text
        assert "Rien ne prend fin dans ce délai." in text

    def test_without_any_window(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        usable(cast, date(2027, 7, 1), now=datetime(2026, 4, 14, 8, tzinfo=UTC))
        monkeypatch.setattr(timezone, "now", lambda: T0 + timedelta(days=300))
        page = client_of(cast.pm).get(self.address)
        text = page.content.decode()
        assert page.context["window"] is None
        assert "Aucune période à venir n’est connue." in text
        assert "aucune période connue" in text

    @pytest.mark.parametrize("table", ["lapses", "renewals"])
    def test_each_table_is_a_file(self, cast: Cast, table: str) -> None:
        version = usable(cast, title="=SOMME(A1)")
        answer = client_of(cast.pm).get(self.address, {"format": "csv", "table": table})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert f"{version.asset.code};1;'=SOMME(A1);" in lines[1]
        assert "2026-06-30" in lines[1]

    def test_another_file_does_not_exist(self, cast: Cast) -> None:
        answer = client_of(cast.pm).get(self.address, {"format": "csv", "table": "other"})
        assert answer.status_code == 404

    def test_the_field_does_not_enter(self, cast: Cast) -> None:
        for person in (cast.rep, cast.msl, cast.agency, cast.admin):
            assert client_of(person).get(self.address).status_code == 403


class TestApi:
    def get(self, person: User, **asked: Any) -> Any:
        return client_of(person).get(API, asked)

    def test_if_a_window_is_missed(self, cast: Cast) -> None:
        version = usable(cast)
        answer = self.get(cast.pm, missing_window=pm_window().pk).json()
        assert answer["missing_window"]["id"] == pm_window().pk
        (row,) = answer["results"]
        july = window_of(date(2026, 7, 28))
        assert row["code"] == version.asset.code
        assert (row["last_usable_day"], row["back_on"]) == ("2026-06-30", "2026-09-30")
        assert (row["gap_days"], row["window"], row["successor"]) == (91, july.pk, None)
        assert row["products"] == [{"cis": cast.product.cis, "name": cast.product.name}]
        assert self.get(cast.pm2, missing_window=pm_window().pk).json()["results"] == []

    def test_what_ends_within_some_months(self, cast: Cast) -> None:
        usable(cast, date(2026, 12, 18))
        (row,) = self.get(cast.regulatory).json()["results"]
        assert row["enter_review_by"] == "2026-09-23"
        assert (row["deposit_by"], row["gap_days"], row["outlook"]) == ("2026-10-16", 0, "on_track")
        assert self.get(cast.regulatory, within="3").json() == {"within": 3, "results": []}

    def test_usable_by_a_day(self, cast: Cast) -> None:
        version = usable(cast)
        answer = self.get(cast.pm, usable_by="2026-10-01", asset=version.asset.code).json()
        assert answer["feasible"] is True
        assert answer["window"]["closes_on"] == answer["deposit_by"] == "2026-07-28"
        assert answer["usable_from"] == "2026-09-30"
        assert answer["enter_review_by"] < answer["deposit_by"]
        late = self.get(cast.pm, usable_by="2026-05-01", asset=version.asset.code).json()
        assert late["feasible"] is False

    def test_files(self, cast: Cast) -> None:
        usable(cast)
        for asked in ({"missing_window": pm_window().pk}, {}):
            answer = self.get(cast.pm, format="csv", **asked)
            assert answer["Content-Type"].startswith("text/csv")
            assert len(answer.content.decode("utf-8-sig").splitlines()) == 2

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"missing_window": ""}, "missing_window"),
            ({"missing_window": "x"}, "missing_window"),
            ({"missing_window": "-1"}, "missing_window"),
            ({"missing_window": "1", "usable_by": "2026-10-01"}, "usable_by"),
            ({"missing_window": "1", "within": "3"}, "within"),
            ({"missing_window": "1", "asset": "FR-2026-000001"}, "asset"),
            ({"usable_by": "2026-10-01"}, "asset"),
            ({"asset": "FR-2026-000001"}, "usable_by"),
            ({"usable_by": "1/10/2026", "asset": "FR-2026-000001"}, "usable_by"),
            ({"usable_by": "20261001", "asset": "FR-2026-000001"}, "usable_by"),
            ({"usable_by": "2026-02-30", "asset": "FR-2026-000001"}, "usable_by"),
            ({"usable_by": "2026-10-01", "asset": "A", "format": "csv"}, "format"),
            ({"within": "0"}, "within"),
            ({"within": "61"}, "within"),
            ({"within": "douze"}, "within"),
            ({"format": "pdf"}, "format"),
            ({"missing": "1"}, "missing"),
        ],
    )
    def test_bad_input_is_said_at_its_place(
        self, cast: Cast, asked: dict[str, str], field: str
    ) -> None:
        answer = self.get(cast.pm, **asked)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert list(answer.json()["errors"]) == [field]

    def test_a_past_day_is_refused(self, cast: Cast) -> None:
        version = usable(cast)
        answer = self.get(cast.pm, usable_by="2026-04-13", asset=version.asset.code)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["usable_by"])

    def test_what_does_not_exist_or_is_not_seen_is_404(self, cast: Cast) -> None:
        version = usable(cast)
        code = version.asset.code
        assert self.get(cast.pm, missing_window="999999").status_code == 404
        assert self.get(cast.pm, missing_window="9" * 30).status_code == 404
        assert self.get(cast.pm, usable_by="2026-10-01", asset="FR-2026-999999").status_code == 404
        assert self.get(cast.pm2, usable_by="2026-10-01", asset=code).status_code == 404

    def test_the_field_is_denied(self, cast: Cast) -> None:
        for person in (cast.rep, cast.agency, cast.admin):
            answer = self.get(person)
            assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


def test_today_is_paris(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 22:30 UTC in summer the next day has come in Paris: the window that closed is gone."""
    late = datetime(2026, 4, 24, 22, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert paris_day(late) == date(2026, 4, 25)
    page = client_of(cast.pm).get(TestPage.address)
    assert pm_window() not in page.context["windows"]
