"""Planning backwards: from a window, and from a wanted first day of use (DOMAIN.md §8)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from approvals.review.enums import Condition
from approvals.review.routing import RouteData, candidates
from approvals.submissions.backward import (
    Backward,
    enter_review_by,
    from_window,
    last_working_day,
    plan_back,
    plan_back_without_visa,
    to_be_usable_by,
    usable_from,
)
from approvals.submissions.durations import CORRECTION_DAYS, PREPARATION_DAYS, Routes
from approvals.submissions.evaluation import evaluation_end
from approvals.submissions.models import DepositWindow
from content.calendar import add_working_days, is_working_day
from tests.factories.people import Cast
from tests.factories.submissions import make_draft, pm_window, window_of

REVIEW = 7
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
STAGES = st.lists(st.integers(1, 8), min_size=1, max_size=4)


def window(closes_on: date, opens_on: date | None = None) -> DepositWindow:
    return DepositWindow(
        category="PM",
        authority="ANSM",
        opens_on=opens_on or closes_on - timedelta(days=14),
        closes_on=closes_on,
        evaluation_ends_on=evaluation_end(closes_on),
    )


YEAR = [
    window(date(2026, 1, 30)),
    window(date(2026, 4, 24)),
    window(date(2026, 7, 28)),
    window(date(2026, 10, 16)),
]


def back(wanted: date, today: date) -> Backward:
    ahead = [one for one in YEAR if one.closes_on >= today]
    return plan_back(wanted, today, category="PM", review_days=REVIEW, windows=ahead)


class TestEnterReviewBy:
    @pytest.mark.parametrize(
        ("closes_on", "latest"),
        [
            (date(2026, 4, 24), date(2026, 3, 31)),  # Easter Monday lies between
            (date(2026, 1, 30), date(2026, 1, 7)),
            (date(2026, 5, 15), date(2026, 4, 17)),  # 1, 8 and 14 May are none
            (date(2027, 1, 8), date(2026, 12, 14)),  # Christmas and New Year
            (date(2028, 3, 3), date(2028, 2, 9)),  # over 29 February
            (date(2026, 4, 10), date(2026, 3, 17)),  # over the change to summer time
            (date(2026, 11, 6), date(2026, 10, 14)),  # over the change to winter time
            (date(2026, 4, 25), date(2026, 3, 31)),  # a Saturday counts from the Friday
            (date(2026, 11, 11), date(2026, 10, 16)),  # a holiday from the day before
        ],
    )
    def test_counts_french_working_days_back(self, closes_on: date, latest: date) -> None:
        assert enter_review_by(closes_on, REVIEW) == latest

    @given(closes_on=DAYS, stages=STAGES)
    def test_the_latest_day_is_in_time_and_the_next_one_is_not(
        self, closes_on: date, stages: list[int]
    ) -> None:
        def ready(entered: date) -> date:
            day = entered
            for days in (*stages, CORRECTION_DAYS, PREPARATION_DAYS):
                day = add_working_days(day, days)  # each task done on its due date
            return day

        latest = enter_review_by(closes_on, sum(stages))
        assert is_working_day(latest)
        assert ready(latest) <= closes_on
        assert ready(add_working_days(latest, 1)) > closes_on


class TestPlanBack:
    def test_the_last_window_that_works(self) -> None:
        # Evaluation of April's window ends on 25 June: usable from the 26th.
        found = back(date(2026, 6, 26), date(2026, 1, 2))
        assert found.feasible
        assert found.window == YEAR[1]
        assert found.deposit_by == date(2026, 4, 24)
        assert found.evaluation_ends_on == date(2026, 6, 25)
        assert found.usable_from == date(2026, 6, 26)
        assert found.enter_review_by == date(2026, 3, 31)

    def test_one_day_earlier_asks_for_the_window_before(self) -> None:
        assert back(date(2026, 6, 25), date(2026, 1, 2)).window == YEAR[0]

    def test_on_its_latest_day_it_still_works(self) -> None:
        assert back(date(2026, 6, 26), date(2026, 3, 31)).feasible

    def test_the_day_after_it_is_missed_and_the_next_window_is_the_earliest(self) -> None:
        found = back(date(2026, 6, 26), date(2026, 4, 1))
        assert not found.feasible
        assert (found.missed, found.missed_by) == (YEAR[1], date(2026, 3, 31))
        assert found.window == YEAR[2]
        assert found.usable_from == date(2026, 9, 30)  # evaluation until the 29th

    def test_a_day_before_every_evaluation_end(self) -> None:
        found = back(date(2026, 3, 1), date(2026, 1, 2))
        assert (found.feasible, found.missed, found.window) == (False, None, YEAR[0])

    def test_nothing_ahead_is_known(self) -> None:
        found = back(date(2027, 3, 1), date(2026, 10, 1))
        # October's window closes on the 16th: it would have entered review by 23 September.
        assert (found.feasible, found.window, found.usable_from) == (False, None, None)
        assert found.missed_by == date(2026, 9, 23)

    def test_an_overridden_evaluation_end_counts(self) -> None:
        late = window(date(2026, 4, 24))
        late.evaluation_ends_on = date(2026, 7, 10)
        found = plan_back(
            date(2026, 6, 26), date(2026, 1, 2), category="PM", review_days=7, windows=[late]
        )
        assert (found.feasible, found.usable_from) == (False, date(2026, 7, 11))

    @given(wanted=DAYS, today=DAYS, review=st.integers(0, 30))
    def test_what_it_promises_holds(self, wanted: date, today: date, review: int) -> None:
        windows = [
            window(date(year, month, 20)) for year in range(2024, 2033) for month in (1, 4, 7, 10)
        ]
        ahead = [one for one in windows if one.closes_on >= today]
        found = plan_back(wanted, today, category="PM", review_days=review, windows=ahead)
        assert found.window is not None
        assert found.usable_from is not None
        assert found.enter_review_by is not None
        assert found.enter_review_by >= today
        assert found.feasible == (found.usable_from <= wanted)
        later = [
            one
            for one in ahead
            if usable_from(one) <= wanted and one.closes_on > found.window.closes_on
        ]
        assert not (found.feasible and later)
        sooner = [
            one
            for one in ahead
            if usable_from(one) < found.usable_from
            and enter_review_by(one.closes_on, review) >= today
        ]
        assert found.feasible or not sooner


class TestWithoutVisa:
    def test_counts_back_from_the_day(self) -> None:
        found = plan_back_without_visa(date(2026, 5, 18), date(2026, 4, 1), days=7)
        # Ascension Day, 14 May, and 8 May are no working days.
        assert found.enter_review_by == date(2026, 5, 5)
        assert (found.feasible, found.needs_visa, found.window) == (True, False, None)

    def test_too_late_gives_the_earliest_day(self) -> None:
        found = plan_back_without_visa(date(2026, 5, 18), date(2026, 5, 7), days=7)
        assert not found.feasible
        assert found.missed_by == date(2026, 5, 5)
        assert found.usable_from == date(2026, 5, 20)

    @given(wanted=DAYS, days=st.integers(0, 30))
    def test_the_latest_day_works_and_the_next_one_does_not(self, wanted: date, days: int) -> None:
        found = plan_back_without_visa(wanted, date(2020, 1, 1), days=days)
        assert found.enter_review_by is not None
        assert add_working_days(found.enter_review_by, days) <= wanted
        late = add_working_days(found.enter_review_by, 1)
        assert add_working_days(late, days) > last_working_day(wanted)


def _slow_legal(data: RouteData) -> RouteData:
    """The route with ten days for legal, whom only a named third party calls in."""
    stages = tuple(
        tuple(
            replace(task, due_days=10) if task.condition == Condition.THIRD_PARTY else task
            for task in stage
        )
        for stage in data.stages
    )
    return replace(data, stages=stages)


@pytest.mark.django_db
class TestOfAnAsset:
    def test_from_a_wanted_day(self, cast: Cast) -> None:
        found = to_be_usable_by(make_draft(cast).asset, date(2026, 6, 26), date(2026, 3, 2))
        assert (found.feasible, found.category, found.window) == (True, "PM", pm_window())
        assert found.enter_review_by == date(2026, 3, 31)

    def test_for_the_public_its_own_windows_count(self, cast: Cast) -> None:
        asset = make_draft(cast, audience="public").asset
        found = to_be_usable_by(asset, date(2026, 9, 9), date(2026, 3, 2))
        assert found.window == window_of(date(2026, 7, 7), "GP")

    def test_without_a_visa(self, cast: Cast) -> None:
        asset = make_draft(cast, nature="medical").asset
        found = to_be_usable_by(asset, date(2026, 3, 20), date(2026, 3, 2))
        # Medical and regulatory five days, the pharmacist two.
        assert (found.needs_visa, found.review_days) == (False, 7)
        assert found.enter_review_by == date(2026, 3, 11)

    def test_from_a_window(self, cast: Cast) -> None:
        asset = make_draft(cast).asset
        found = from_window(asset, pm_window(), date(2026, 4, 1))
        assert (found.feasible, found.enter_review_by) == (False, date(2026, 3, 31))
        assert found.usable_from == date(2026, 6, 26)
        assert from_window(asset, pm_window(), date(2026, 3, 31)).feasible

    def test_what_a_condition_asks_for_lasts_as_long(self, cast: Cast) -> None:
        asset = make_draft(cast).asset
        routes = Routes([one._replace(data=_slow_legal(one.data)) for one in candidates()])
        day = date(2026, 3, 2)
        assert from_window(asset, pm_window(), day, routes=routes).review_days == 7
        asset.third_party = "Laboratoire tiers"
        assert from_window(asset, pm_window(), day, routes=routes).review_days == 12

    def test_the_answer_in_words(self, cast: Cast) -> None:
        asset = make_draft(cast).asset
        with translation.override("en"):
            said = to_be_usable_by(asset, date(2026, 6, 26), date(2026, 4, 1)).sentences
        assert said[:3] == [
            "It cannot be usable by Friday 26 June 2026.",
            "It should have entered review by Tuesday 31 March 2026.",
            "The earliest possible first day of use is Wednesday 30 September 2026.",
        ]
        assert len(said) == 6
