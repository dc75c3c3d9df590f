"""What the homes say of deposits: the batch under way, the clocks, what lapses, who is in time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from approvals.desk.dashboard.cards import Card, Line
from approvals.desk.dashboard.home import cards_of, deed_of
from approvals.people.models import User
from approvals.submissions.actions import add_to_batch, plan
from content.assets.enums import State
from tests.approvals.desk.conftest import SignIn
from tests.factories import T0
from tests.factories.assets import drive, make_asset, make_version
from tests.factories.clearing import make_cleared, release_it
from tests.factories.people import Cast
from tests.factories.review import in_review
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    proof_piece,
    record_decision,
    window_of,
)

pytestmark = pytest.mark.django_db
# The PM window of April closes on 24 April; its evaluation ends on 25 June 2026.
DUE = datetime(2026, 6, 26, 8, tzinfo=UTC)
JULY = date(2026, 7, 28)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def card(person: User, title: str, now: datetime = T0) -> Card:
    return {str(one.title): one for one in cards_of(person, now)}[title]


def line_of(found: Card, text: str) -> Line:
    return next(line for line in found.lines if text in line.text)


class TestTheBatchUnderWay:
    title = "Batch under way"

    def test_without_a_batch_it_says_how_to_begin(self, cast: Cast) -> None:
        found = card(cast.regulatory, self.title)
        assert found.lines == []
        assert "open one" in str(found.empty)
        assert found.more == reverse("submissions:batches")

    def test_what_is_complete_and_the_first_thing_missing(self, cast: Cast) -> None:
        whole, owing = make_approved(cast), make_approved(cast)
        batch = make_batch(cast, whole)
        dossier = add_to_batch(batch.pk, version=owing.pk, by=cast.regulatory, now=T0)
        found = card(cast.regulatory, self.title)
        first, second = found.lines
        assert first.url == batch.get_absolute_url()
        assert first.remark == "1 of 2 dossiers complete"
        assert first.end == "closes in 8 working days"
        assert second.text.endswith(owing.reference.value if owing.reference else "?")
        assert second.remark == "the receipt number (11 or 12 digits) and 3 other things"
        assert second.url == reverse("submissions:dossier", args=[dossier.pk])

    def test_a_frozen_one_is_deposited_dossier_by_dossier(self, cast: Cast) -> None:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))
        dossier = batch.dossiers.get()
        first, second = card(cast.regulatory, self.title).lines
        assert first.remark == "1 dossier to deposit"
        assert second.url == batch.get_absolute_url()
        proof_piece(cast, dossier)
        assert card(cast.regulatory, self.title).lines[1].url == reverse(
            "submissions:deposit", args=[dossier.pk]
        )

    def test_the_last_day_and_the_day_after(self, cast: Cast) -> None:
        make_batch(cast)
        last = datetime(2026, 4, 24, 21, 59, tzinfo=UTC)
        assert "closes today" in card(cast.regulatory, self.title, last).lines[0].end
        after = datetime(2026, 4, 24, 22, 1, tzinfo=UTC)
        closed = card(cast.regulatory, self.title, after).lines[0]
        assert (closed.alarm, closed.late) == ("the window closed", True)

    def test_the_next_closing_comes_first_and_is_the_deed(self, cast: Cast) -> None:
        later = make_batch(cast, window=window_of(JULY))
        sooner = make_batch(cast)
        urls = [
            one.lines[0].url
            for one in cards_of(cast.regulatory, T0)
            if str(one.title) == self.title
        ]
        assert urls == [sooner.get_absolute_url(), later.get_absolute_url()]
        deed = deed_of(cast.regulatory, T0)
        assert deed is not None
        assert (str(deed.label), deed.url) == ("Complete the batch", urls[0])

    def test_a_task_is_the_deed_where_no_batch_is(self, cast: Cast) -> None:
        cycle = in_review(cast)
        deed = deed_of(cast.regulatory, T0)
        assert deed is not None
        task = cycle.tasks.get(role="regulatory_reviewer")
        assert deed.url == reverse("review:task", args=[task.pk])

    def test_it_comes_first_on_the_page(self, cast: Cast) -> None:
        assert [str(one.title) for one in cards_of(cast.regulatory, T0)][:4] == [
            self.title,
            "Clocks that run",
            "Dossiers of the batches under way",
            "Next windows",
        ]


class TestTheClocks:
    title = "Clocks that run"

    def test_how_long_they_run(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        found = card(cast.regulatory, self.title)
        (line,) = found.lines
        assert line.end == "72 days left"
        assert (line.url, line.alarm) == (dossier.batch.get_absolute_url(), "")
        assert [count.number for count in found.counts] == [1]

    def test_on_the_last_day_silence_is_not_due(self, cast: Cast) -> None:
        make_deposited(cast)
        (line,) = card(cast.regulatory, self.title, datetime(2026, 6, 25, 8, tzinfo=UTC)).lines
        assert (line.end, line.alarm) == ("ends today", "")

    def test_what_is_due_comes_first_with_its_link(self, cast: Cast) -> None:
        due = make_deposited(cast)
        with time_machine.travel(datetime(2026, 7, 10, 8, tzinfo=UTC), tick=False):
            now = datetime(2026, 7, 10, 8, tzinfo=UTC)
            running = make_deposited(cast, window=window_of(JULY), now=now)
        found = card(cast.regulatory, self.title, datetime(2026, 7, 11, 8, tzinfo=UTC))
        first, second = found.lines
        assert first.url == reverse("submissions:tacit", args=[due.pk])
        assert first.alarm == "silence grants: confirm that no letter came"
        assert running.reference.value in second.text
        assert [(str(one.pill[1]), one.number) for one in found.counts] == [
            ("to confirm", 1),
            ("running", 1),
        ]

    def test_a_decision_ends_them(self, cast: Cast) -> None:
        record_decision(cast, make_deposited(cast))
        found = card(cast.regulatory, self.title, DUE)
        assert (found.lines, found.counts) == ([], [])


class TestTheDossiers:
    def test_they_are_counted_by_state(self, cast: Cast) -> None:
        make_deposited(cast)
        make_batch(cast, make_approved(cast), make_approved(cast))
        found = card(cast.regulatory, "Dossiers of the batches under way")
        assert [(str(one.pill[1]), one.number) for one in found.counts] == [
            ("Preparing", 2),
            ("Deposited", 1),
        ]
        assert found.counts[0].url.endswith("?state=under_way")

    def test_batches_that_are_over_are_not(self, cast: Cast) -> None:
        record_decision(cast, make_deposited(cast))
        assert card(cast.regulatory, "Dossiers of the batches under way").counts == []


class TestTheWindows:
    def test_what_waits_for_regulatory_and_what_is_late(self, cast: Cast) -> None:
        approved, draft = make_approved(cast), make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        make_batch(cast, make_approved(cast))
        found = card(cast.regulatory, "Next windows")
        assert found.lines[0].remark == "3 versions planned, 1 in a batch"
        assert found.lines[0].end == "closes in 8 working days"
        assert found.lines[1].url == approved.get_absolute_url()
        assert found.lines[1].remark == "approved, not in the batch yet"
        late = found.lines[2]
        assert (late.url, late.late) == (draft.get_absolute_url(), True)
        assert late.remark
        assert "opens on" in found.lines[3].end

    def test_a_product_manager_sees_why_one_is_late(self, cast: Cast) -> None:
        draft = make_draft(cast)
        plan(draft.pk, window=pm_window().pk, by=cast.pm, now=T0)
        line = line_of(card(cast.pm, "Next windows"), draft.asset.title)
        assert (line.alarm, line.late) == ("too late", True)
        assert "entered review by" in line.remark


def usable(cast: Cast, ends_on: date) -> Any:
    version = make_cleared(cast, ends_on=ends_on)
    release_it(version, cast.pharmacist)
    return version


class TestWhatEnds:
    def test_the_pharmacist_sees_the_days_and_what_follows(self, cast: Cast) -> None:
        version = usable(cast, date(2026, 7, 1))
        usable(cast, date(2026, 12, 1))
        (line,) = card(cast.pharmacist, "Lapses within 90 days").lines
        assert line.url == version.get_absolute_url()
        assert line.end == "Usable until 30 June 2026"
        assert line.remark.endswith("nothing follows it yet")
        assert (line.alarm, line.late) == ("too late: 91 days without it", True)

    def test_an_owner_sees_what_to_renew(self, cast: Cast) -> None:
        version = usable(cast, date(2026, 12, 18))
        (line,) = card(cast.pm, "To renew").lines
        assert line.url == version.asset.get_absolute_url()
        assert line.end == "enter review by 23 September 2026"
        assert line.alarm == ""

    def test_nothing_to_renew_shows_no_card(self, cast: Cast) -> None:
        usable(cast, date(2028, 4, 10))
        assert "To renew" not in [str(one.title) for one in cards_of(cast.pm, T0)]

    def test_other_owners_see_nothing_of_it(self, cast: Cast) -> None:
        usable(cast, date(2026, 7, 1))
        assert "To renew" not in [str(one.title) for one in cards_of(cast.mpm, T0)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["regulatory", "pharmacist", "pm"])
def test_the_number_of_queries_does_not_grow(cast: Cast, name: str) -> None:
    """Fills three homes twice: more than a second on a slow machine."""

    def fill() -> None:
        make_batch(cast, make_approved(cast), complete=False)
        make_deposited(cast)
        in_review(cast, nature="environment")
        asset = make_asset(by=cast.pm, products=[cast.product])
        drive(make_version(asset), State.RELEASED, months=2)

    person = getattr(cast, name)
    fill()
    with CaptureQueriesContext(connection) as few:
        cards_of(person, T0)
    fill()
    with CaptureQueriesContext(connection) as many:
        cards_of(person, T0)
    assert len(many) == len(few)


def test_each_home_opens_with_them(cast: Cast, signed_in: SignIn) -> None:
    make_batch(cast, make_approved(cast), complete=False)
    with time_machine.travel(T0, tick=False):
        for person in (cast.regulatory, cast.pharmacist, cast.pm):
            assert signed_in(person).get(reverse("admin:index")).status_code == 200
