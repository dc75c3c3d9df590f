"""Whether what is planned will be in time for its window (DOMAIN.md §8)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from approvals.people.enums import Role
from approvals.submissions.actions import miss
from approvals.submissions.models import PlannedDeposit
from approvals.submissions.next_step import next_step, rows_of
from approvals.submissions.outlook import (
    Outlook,
    latest_entry,
    outlook_of,
    review_days,
    windows_ahead,
)
from content.assets.enums import State
from content.assets.models import Asset, Version
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


class TestOutlookOf:
    def plan(self, state: str, since: datetime = T0) -> PlannedDeposit:
        version = Version(asset=Asset(), number=1, state=state, state_since=since)
        return PlannedDeposit(version=version)

    @pytest.mark.parametrize(
        ("day", "outlook"),
        [
            (date(2026, 3, 26), Outlook.ON_TRACK),  # three working days left
            (date(2026, 3, 27), Outlook.AT_RISK),
            (date(2026, 3, 31), Outlook.AT_RISK),
            (date(2026, 4, 1), Outlook.TOO_LATE),
        ],
    )
    def test_a_draft_against_the_latest_day(self, day: date, outlook: Outlook) -> None:
        row = outlook_of(self.plan(State.DRAFT), CLOSES, day, REVIEW)
        assert (row.enter_by, row.outlook) == (date(2026, 3, 31), outlook)

    @pytest.mark.parametrize(
        ("day", "outlook"),
        [
            (date(2026, 4, 2), Outlook.ON_TRACK),
            (date(2026, 4, 16), Outlook.AT_RISK),
            (date(2026, 4, 20), Outlook.TOO_LATE),
        ],
    )
    def test_one_in_review_against_what_is_left_of_it(self, day: date, outlook: Outlook) -> None:
        plan = self.plan(State.IN_REVIEW, datetime(2026, 4, 1, 8, tzinfo=UTC))
        assert outlook_of(plan, CLOSES, day, REVIEW).outlook == outlook

    def test_what_is_approved_is_in_time(self) -> None:
        assert outlook_of(self.plan(State.APPROVED), CLOSES, CLOSES, REVIEW).outlook == "on_track"


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
            found = next_step(batch, rows_of(batch, dossiers), cast.regulatory, day)
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
