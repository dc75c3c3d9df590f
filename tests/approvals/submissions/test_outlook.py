"""Whether what is planned will be in time for its window (DOMAIN.md §8)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from approvals.people.enums import Role
from approvals.submissions.actions import miss
from approvals.submissions.durations import Stages, Step
from approvals.submissions.next_step import next_step, rows_of
from approvals.submissions.outlook import (
    Outlook,
    judge,
    latest_entry,
    review_days,
    windows_ahead,
)
from approvals.submissions.progress import OpenTask, Progress
from content.assets.enums import State
from content.calendar import add_working_days
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    proof_piece,
)

CLOSES = date(2026, 4, 24)
# Two stages: five working days (medical, regulatory, compliance), then two (the pharmacist).
REVIEW = 7


class TestLatestEntry:
    def test_counts_working_days_back_from_the_closing(self) -> None:
        # 24 April − 17 working days; Easter Monday, 6 April, is none of them.
        assert latest_entry(CLOSES, REVIEW) == date(2026, 3, 31)

    def test_without_review_only_preparation_and_correction(self) -> None:
        assert latest_entry(CLOSES, 0) == date(2026, 4, 10)


STAGES: Stages = (
    (Step("medical_reviewer", 5), Step("regulatory_reviewer", 5), Step("compliance_reviewer", 3)),
    (Step("responsible_pharmacist", 2),),
)
APRIL_1 = date(2026, 4, 1)


def first_stage(opened_on: date) -> Progress:
    """The first stage of the default route, opened on a day."""
    tasks = tuple(
        OpenTask(step.role, opened_on, add_working_days(opened_on, step.days)) for step in STAGES[0]
    )
    return Progress(State.IN_REVIEW, STAGES[1:], tasks)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


class TestJudge:
    """Every state against days around its turning points, for the window that closes 24 April."""

    @pytest.mark.parametrize("state", [State.DRAFT, State.CHANGES_REQUESTED])
    @pytest.mark.parametrize(
        ("day", "outlook", "said"),
        [
            (date(2026, 3, 2), Outlook.ON_TRACK, "21 working days of slack"),
            (date(2026, 3, 26), Outlook.ON_TRACK, "3 working days of slack"),
            (date(2026, 3, 27), Outlook.AT_RISK, "2 working days of slack"),
            (date(2026, 3, 29), Outlook.AT_RISK, "2 working days of slack"),  # a Sunday
            (date(2026, 3, 30), Outlook.AT_RISK, "1 working day of slack"),
            (date(2026, 3, 31), Outlook.AT_RISK, "today at the latest, 31 March 2026"),
            (date(2026, 4, 1), Outlook.TOO_LATE, "by 31 March 2026: 1 working day late"),
            (date(2026, 4, 7), Outlook.TOO_LATE, "4 working days late"),  # Easter Monday between
            (CLOSES, Outlook.TOO_LATE, "17 working days late"),
        ],
    )
    def test_before_review(self, state: str, day: date, outlook: Outlook, said: str) -> None:
        found = judge(Progress(state, STAGES), CLOSES, day)
        assert (found.act_by, found.outlook) == (date(2026, 3, 31), outlook)
        assert said in found.reasons[0]

    def test_a_weekend_after_the_latest_day_is_too_late(self) -> None:
        # Thursday 7 May; Friday the 8th is a holiday, as Ascension Day and Whit Monday are.
        closes = date(2026, 6, 4)
        assert latest_entry(closes, REVIEW) == date(2026, 5, 7)
        found = judge(Progress(State.DRAFT, STAGES), closes, date(2026, 5, 9))
        assert found.outlook == Outlook.TOO_LATE
        assert found.reasons == ["Should have entered review by 7 May 2026."]

    def test_without_a_route(self) -> None:
        found = judge(Progress(State.DRAFT), CLOSES, date(2026, 3, 2))
        assert found.outlook == Outlook.AT_RISK
        assert found.reasons == ["No review route fits it: an administrator adds one."]

    @pytest.mark.parametrize(
        ("opened_on", "outlook"),
        [
            (date(2026, 3, 26), Outlook.ON_TRACK),
            (date(2026, 3, 27), Outlook.AT_RISK),
            (date(2026, 3, 31), Outlook.AT_RISK),  # its latest day: in time, no slack
            (date(2026, 4, 1), Outlook.AT_RISK),  # only if nobody asks for a correction
            (date(2026, 4, 8), Outlook.AT_RISK),  # Easter Monday between
            (date(2026, 4, 9), Outlook.TOO_LATE),
        ],
    )
    def test_on_the_day_it_enters_review(self, opened_on: date, outlook: Outlook) -> None:
        assert judge(first_stage(opened_on), CLOSES, opened_on).outlook == outlook

    def test_in_review_says_when_it_ends(self) -> None:
        found = judge(first_stage(date(2026, 3, 26)), CLOSES, date(2026, 3, 27))
        # Medical by 2 April, the pharmacist by 7 April: 13 working days to the closing.
        assert found.passes_on == date(2026, 4, 7)
        assert found.reasons == [
            "Review ends on 7 April 2026 if each task keeps its due date: 3 working days of slack."
        ]

    def test_without_a_correction_it_can_still_be_deposited(self) -> None:
        found = judge(first_stage(APRIL_1), CLOSES, APRIL_1)
        assert found.reasons == [
            "Review ends on 13 April 2026: in time only if nobody asks for a correction."
        ]

    def test_an_overdue_task_is_a_risk_and_named(self) -> None:
        found = judge(first_stage(date(2026, 3, 9)), CLOSES, date(2026, 3, 13))
        assert (found.outlook, found.slack) == (Outlook.AT_RISK, 16)
        assert found.reasons[0] == ("Compliance has had it for 4 working days, 3 planned.")

    def test_what_is_late_ends_today_at_the_earliest(self) -> None:
        late = first_stage(date(2026, 3, 9))
        found = judge(late, CLOSES, date(2026, 4, 20))
        assert (found.outlook, found.passes_on) == (Outlook.TOO_LATE, date(2026, 4, 22))
        assert len(found.reasons) == 4
        assert found.reasons[3].startswith("Review ends on 22 April 2026 at the earliest: 3 work")

    @pytest.mark.parametrize(
        ("day", "outlook"),
        [
            (date(2026, 4, 10), Outlook.ON_TRACK),
            (date(2026, 4, 13), Outlook.AT_RISK),
            (date(2026, 4, 15), Outlook.AT_RISK),
            (date(2026, 4, 16), Outlook.TOO_LATE),
        ],
    )
    def test_changes_asked_within_a_cycle(self, day: date, outlook: Outlook) -> None:
        """The owner answers, then the pharmacist has two days: by 15 April."""
        asked = Progress(State.CHANGES_REQUESTED, STAGES[1:], (), correcting=True)
        found = judge(asked, CLOSES, day)
        assert (found.act_by, found.outlook) == (date(2026, 4, 15), outlook)
        assert "owner" in found.reasons[0]

    def test_confirming_has_used_its_days_of_correction(self) -> None:
        opened, due = date(2026, 4, 1), date(2026, 4, 9)
        task = OpenTask("medical_reviewer", opened, due, confirms=True)
        confirming = Progress(State.IN_REVIEW, STAGES[1:], (task,), correcting=True)
        found = judge(confirming, CLOSES, date(2026, 4, 8))
        assert (found.outlook, found.slack) == (Outlook.ON_TRACK, 4)
        late = judge(confirming, CLOSES, date(2026, 4, 10))
        assert late.outlook == Outlook.AT_RISK
        assert late.reasons[0] == (
            "Medical reviewer still has a correction to confirm; its task was due on 9 April 2026."
        )

    @pytest.mark.parametrize(
        ("day", "outlook"),
        [
            (date(2026, 4, 17), Outlook.ON_TRACK),
            (date(2026, 4, 20), Outlook.AT_RISK),
            (CLOSES, Outlook.AT_RISK),
        ],
    )
    def test_approved_waits_for_its_batch(self, day: date, outlook: Outlook) -> None:
        assert judge(Progress(State.APPROVED), CLOSES, day).outlook == outlook

    @pytest.mark.parametrize(
        ("day", "outlook"),
        [(date(2026, 4, 21), Outlook.ON_TRACK), (date(2026, 4, 22), Outlook.AT_RISK)],
    )
    def test_in_the_batch_waits_for_its_deposit(self, day: date, outlook: Outlook) -> None:
        assert judge(Progress(State.IN_BATCH), CLOSES, day).outlook == outlook

    def test_deposited_is_done(self) -> None:
        found = judge(Progress(State.DEPOSITED), CLOSES, CLOSES)
        assert (found.outlook, found.reasons) == (Outlook.ON_TRACK, ["Deposited."])

    @given(
        closes=st.dates(date(2025, 1, 1), date(2031, 12, 31)),
        days=st.lists(st.integers(1, 8), min_size=1, max_size=3),
    )
    def test_kept_due_dates_stay_in_time_until_the_end(self, closes: date, days: list[int]) -> None:
        """Entering on the latest day, each task done when due: never too late on the way."""
        stages: Stages = tuple((Step("medical_reviewer", n),) for n in days)
        entered = latest_entry(closes, sum(days))
        assert judge(Progress(State.DRAFT, stages), closes, entered).outlook == Outlook.AT_RISK
        day = entered
        for place, n in enumerate(days):
            task = OpenTask("medical_reviewer", day, add_working_days(day, n))
            at = Progress(State.IN_REVIEW, stages[place + 1 :], (task,))
            assert judge(at, closes, day).slack == 0
            assert judge(at, closes, task.due_on).outlook == Outlook.AT_RISK
            day = task.due_on
        after = add_working_days(entered, 1)
        assert judge(Progress(State.DRAFT, stages), closes, after).outlook == Outlook.TOO_LATE


@pytest.mark.django_db
class TestWindowsAhead:
    def test_the_default_route_takes_seven_days(self, cast: Cast) -> None:
        assert review_days(make_draft(cast).asset) == REVIEW

    def test_one_sees_what_one_may_see(self, cast: Cast) -> None:
        version = make_approved(cast)
        theirs = windows_ahead(cast.pm, date(2026, 4, 14))[0]
        assert theirs.window == pm_window()
        assert (theirs.is_open, theirs.days_left) == (True, 10)
        assert [row.plan.version for row in theirs.planned] == [version]
        assert windows_ahead(cast.pm2, date(2026, 4, 14))[0].planned == []
        assert windows_ahead(cast.rep, date(2026, 4, 14)) == []

    def test_a_window_leaves_the_plan_the_day_after_it_closed(self, cast: Cast) -> None:
        assert windows_ahead(cast.pm, date(2026, 4, 24))[0].window == pm_window()
        assert windows_ahead(cast.pm, date(2026, 4, 25))[0].window != pm_window()


@pytest.mark.django_db
class TestNextStep:
    def step(self, cast: Cast, batch: Any, day: date = date(2026, 4, 14)) -> str:
        dossiers = list(batch.dossiers.with_page())
        with translation.override("en"):
            found = next_step(batch, rows_of(batch, dossiers, day), cast.regulatory, day)
        return found.label if found else ""

    def test_leads_from_an_empty_batch_to_the_decision(self, cast: Cast) -> None:
        version = make_approved(cast)
        assert self.step(cast, make_batch(cast)) == "Add a version"
        batch = make_batch(cast, version)
        assert self.step(cast, batch) == "Freeze the batch"
        frozen = freeze(cast, batch)
        assert self.step(cast, frozen) == "Add the acknowledgement"
        proof_piece(cast, frozen.dossiers.get())
        assert self.step(cast, frozen) == "Record the deposit"

    def test_an_incomplete_dossier_comes_first(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast), complete=False)
        assert self.step(cast, batch) == "Complete the dossier"

    def test_silence_is_due_the_day_after_the_evaluation(self, cast: Cast) -> None:
        batch = make_deposited(cast).batch
        assert self.step(cast, batch, date(2026, 6, 25)) == "Record its decision"
        assert self.step(cast, batch, date(2026, 6, 26)) == "Confirm the tacit grant"

    def test_once_the_window_closed_what_was_not_deposited_is_missed(self, cast: Cast) -> None:
        after = date(2026, 4, 25)
        now = datetime(2026, 4, 25, 8, tzinfo=UTC)
        assert self.step(cast, make_batch(cast), after) == "Cancel the batch"
        batch = make_batch(cast, make_approved(cast))
        assert self.step(cast, batch, after) == "Declare it missed"
        frozen = freeze(cast, batch)
        assert self.step(cast, frozen, date(2026, 4, 24)) == "Add the acknowledgement"
        assert self.step(cast, frozen, after) == "Declare it missed"
        # It left in time after all: its acknowledgement came later.
        dossier = frozen.dossiers.get()
        proof_piece(cast, dossier, now=now)
        assert self.step(cast, frozen, after) == "Record the deposit"
        miss(dossier.pk, reason="Portail fermé.", by=cast.regulatory, now=now)
        assert self.step(cast, frozen, after) == "Cancel the batch"

    def test_a_frozen_batch_without_a_dossier_left_is_not_without_a_step(self, cast: Cast) -> None:
        frozen = freeze(cast, make_batch(cast, make_approved(cast)))
        miss(frozen.dossiers.get().pk, reason="Budget.", by=cast.regulatory, now=T0)
        assert self.step(cast, frozen) == "Cancel the batch"

    def test_who_does_not_batch_has_none(self, cast: Cast) -> None:
        batch = make_batch(cast)
        assert not cast.pm.holds(Role.REGULATORY_REVIEWER)
        assert next_step(batch, [], cast.pm, date(2026, 4, 14)) is None
