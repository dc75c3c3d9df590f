"""Figures of review: right by an independent count, within what each person sees."""

import statistics
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from approvals.people.actions import give_token
from approvals.people.models import User
from approvals.review.actions import recall, reopen
from approvals.review.figures import Asked, Figures, as_csv, figures
from approvals.review.figures.measures import quantile, waiting_in
from approvals.review.figures.rows import TaskRow
from approvals.review.figures.tables import Table, bottleneck_said
from content.calendar import working_days_between
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.review import (
    everyone,
    give,
    give_all,
    in_review,
    resubmitted,
    sign_carry,
    task_of,
)

TODAY = date(2026, 5, 29)
NOW = datetime(2026, 5, 29, 10, 0, tzinfo=UTC)


def found(by: User, *, now: datetime = NOW, **address: str) -> Figures:
    asked, faults = Asked.read(address, by=by, today=now.date())
    assert not faults
    return figures(asked, by=by, now=now)


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


class TestQuantile:
    @given(st.lists(st.integers(0, 400), min_size=2, max_size=60))
    def test_it_is_the_inclusive_method_of_statistics(self, values: list[int]) -> None:
        tenths = statistics.quantiles(values, n=10, method="inclusive")
        assert quantile(values, 50) == statistics.median(values)
        assert quantile(values, 90) == pytest.approx(tenths[8])

    def test_one_value_is_itself_and_none_has_none(self) -> None:
        assert quantile([7], 90) == 7
        assert quantile([], 50) is None


days = st.integers(0, 120).map(lambda n: date(2026, 2, 1) + timedelta(n))


class TestWaiting:
    @given(st.lists(st.tuples(days, days, st.booleans()), max_size=12))
    def test_it_is_a_count_day_by_day(self, given_tasks: list[Any]) -> None:
        """The model walks each day of the month and asks whether the task was late on it."""
        month, until = date(2026, 5, 1), date(2026, 5, 29)
        tasks, model = [], 0
        holidays = {date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)}
        for due_on, ended, is_open in given_tasks:
            ended_on = None if is_open else ended
            tasks.append(TaskRow(1, "dpo", date(2026, 1, 5), due_on, ended_on, ended_on))
            for n in range(29):
                day = month + timedelta(n)
                late = due_on < day and (ended_on is None or day <= ended_on)
                model += late and day.weekday() < 5 and day not in holidays
        waiting = waiting_in(month, until, tasks)
        assert sum(one.days for one in waiting) == model


@pytest.mark.django_db
class TestFigures:
    def test_times_counted_by_hand(self, cast: Cast) -> None:
        """Opened on Tuesday 14 April; compliance has 3 working days, until Friday 17."""
        cycle = in_review(cast)
        last_instant = datetime(2026, 4, 17, 21, 59, tzinfo=UTC)
        give(task_of(cycle, "compliance_reviewer"), cast.compliance, now=last_instant)
        # 00:01 in Paris on Wednesday 22, still the 21st in UTC: one day late.
        after = datetime(2026, 4, 21, 22, 1, tzinfo=UTC)
        give(task_of(cycle, "medical_reviewer"), cast.medical, now=after)
        shown = found(cast.regulatory)
        by_role = {one.role: one for one in shown.stages}
        assert by_role["compliance_reviewer"].times.median == 3
        assert by_role["compliance_reviewer"].times.in_time == 100
        assert by_role["compliance_reviewer"].service_most == 3
        assert by_role["medical_reviewer"].times.median == 6
        assert by_role["medical_reviewer"].times.in_time == 0
        assert (shown.times.decided, shown.times.median, shown.times.in_time) == (2, 4.5, 50)
        assert [one.month for one in shown.months if one.times.decided] == [date(2026, 4, 1)]

    def test_the_month_of_a_verdict_is_that_of_paris(self, cast: Cast) -> None:
        cycle = in_review(cast)
        late = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)
        give(task_of(cycle, "medical_reviewer"), cast.medical, now=late)
        assert found(cast.regulatory, since="2026-05-01").times.decided == 1
        assert found(cast.regulatory, until="2026-04-30").times.decided == 0

    def test_the_bottleneck_counts_what_is_still_open(self, cast: Cast) -> None:
        in_review(cast)
        shown = found(cast.regulatory)
        expected = working_days_between(date(2026, 4, 30), TODAY)
        assert shown.bottleneck is not None
        assert {one.role: one.days for one in shown.waiting} == {
            "medical_reviewer": expected,
            "regulatory_reviewer": expected,
            "compliance_reviewer": expected,
        }
        assert str(expected) in bottleneck_said(shown)
        assert shown.times.decided == 0

    def test_a_reopened_task_counts_once_and_a_correction_is_a_round(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, "approved_with_changes")
        for role, person in everyone(cast)[1:3]:
            give(task_of(cycle, role), person)
        cycle = resubmitted(cycle.version)
        assert found(cast.regulatory).times.decided == 3
        task = task_of(cycle, "regulatory_reviewer")
        reopen(task.pk, reason="La page 2 a changé", by=cast.regulatory, now=T0)
        assert found(cast.regulatory).times.decided == 2
        sign_carry(cycle.version, cast.medical)
        give(task, cast.regulatory, now=datetime(2026, 4, 16, 8, 0, tzinfo=UTC))
        give(task_of(cycle, "responsible_pharmacist"), cast.pharmacist)
        shown = found(cast.regulatory)
        again = {one.role: one.times for one in shown.stages}["regulatory_reviewer"]
        assert (again.decided, again.median) == (1, 2)
        assert (shown.rounds.first_ended, shown.rounds.first_passed) == (1, 0)
        assert [one.rounds for one in shown.rounds.longest] == [2]

    def test_rounds_and_first_pass(self, cast: Cast) -> None:
        give_all(in_review(cast), everyone(cast))
        refused = in_review(cast)
        give(task_of(refused, "medical_reviewer"), cast.medical, "changes_required")
        for role, person in everyone(cast)[1:3]:
            give(task_of(refused, role), person)
        recalled = in_review(cast)
        recall(recalled.version_id, reason="Trop tôt.", by=cast.pm, now=T0)
        rounds = found(cast.regulatory).rounds
        assert (rounds.first_ended, rounds.first_passed, rounds.first_pass) == (2, 1, 50)
        assert (rounds.approved, rounds.median, rounds.spread) == (1, 1, [(1, 1)])

    def test_filters_narrow(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        by, team = cast.regulatory, str(cast.cardiology.pk)
        counts = {
            "nature": ("promotional", "medical"),
            "asset_type": ("brochure", "eadv"),
            "role": ("medical_reviewer", "dpo"),
            "product": (cast.product.cis, cast.free_product.cis),
            "team": (team, str(cast.respiratory.pk)),
        }
        for name, (fits, other) in counts.items():
            assert found(by, **{name: fits}).times.decided == 1, name
            assert found(by, **{name: other}).times.decided == 0, name

    def test_nobody_counts_what_they_may_not_see(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        counted = {
            name: found(getattr(cast, name)).times.decided
            for name in ("pm", "pm2", "medical", "pharmacist", "inspector", "admin")
        }
        assert counted == {**dict.fromkeys(counted, 1), "pm2": 0}

    def test_an_administrator_singles_no_asset_out(self, cast: Cast) -> None:
        give_all(in_review(cast), everyone(cast))
        assert found(cast.admin).rounds.longest == []
        _asked, faults = Asked.read({"product": cast.product.cis}, by=cast.admin, today=TODAY)
        assert set(faults) == {"product"}

    def test_queries_do_not_grow(
        self, cast: Cast, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        for _n in range(3):
            give(task_of(in_review(cast), "medical_reviewer"), cast.medical)
        asked, _faults = Asked.read({}, by=cast.regulatory, today=TODAY)
        with django_assert_max_num_queries(10):
            figures(asked, by=cast.regulatory, now=NOW)


@pytest.mark.django_db
class TestPage:
    def test_charts_have_their_tables_and_no_style(self, cast: Cast) -> None:
        give_all(in_review(cast), everyone(cast))
        page = browser_of(cast.regulatory).get("/admin/review/figures/?since=2026-01-01")
        shown = page.content.decode()
        assert page.status_code == 200
        assert shown.count("<svg viewBox=") == shown.count('class="im-chart"') == 3
        svg = shown[shown.index("<svg viewBox=") :]
        assert "style=" not in svg[: svg.index("</svg>")]

    def test_without_a_decision_it_says_what_would_be_here(self, cast: Cast) -> None:
        shown = browser_of(cast.pm2).get("/admin/review/figures/").content.decode()
        assert "im-empty" in shown
        assert "im-chart" not in shown

    def test_faults_are_said_and_leave_the_page_whole(self, cast: Cast) -> None:
        address = "/admin/review/figures/?since=9999-99-99&until=x&nature=%00&team=1e9"
        page = browser_of(cast.medical).get(address)
        assert page.status_code == 200
        assert page.content.decode().count("im-refusal") == 4

    def test_the_field_and_agencies_do_not_open_it(self, cast: Cast) -> None:
        for person in (cast.rep, cast.msl, cast.agency):
            assert browser_of(person).get("/admin/review/figures/").status_code == 403

    def test_a_table_as_csv(self, cast: Cast) -> None:
        give_all(in_review(cast), everyone(cast))
        client = browser_of(cast.regulatory)
        answer = client.get("/admin/review/figures/?format=csv&table=stages&since=2026-01-01")
        assert answer["Content-Type"].startswith("text/csv")
        assert len(answer.content.decode("utf-8-sig").splitlines()) == 5
        assert client.get("/admin/review/figures/?format=csv&table=x").status_code == 404

    def test_csv_cells_are_no_formulas(self) -> None:
        table = Table("longest", "", ["Title"], [["=1+1"], ["+1"], ["@x"]])
        assert as_csv(table).decode("utf-8-sig").split() == ["Title", "'=1+1", "'+1", "'@x"]


@pytest.mark.django_db
class TestApi:
    def test_the_same_figures_and_refusals_by_name(self, cast: Cast) -> None:
        give(task_of(in_review(cast), "medical_reviewer"), cast.medical)
        _token, key = give_token(by=cast.medical, now=T0)
        client = Client(headers={"Authorization": f"Token {key}"})
        body = client.get("/api/v1/figures/?since=2026-04-01").json()
        assert body["times"] == {"decided": 1, "median": 0.0, "p90": 0.0, "in_time": 100.0}
        answer = client.get("/api/v1/figures/?format=csv&table=months")
        assert answer["Content-Type"].startswith("text/csv")
        for wrong in ("format=pdf", "table=x", "nature=x", "since=2030-01-01", "until=x", "x=1"):
            assert client.get(f"/api/v1/figures/?{wrong}").status_code == 400, wrong
