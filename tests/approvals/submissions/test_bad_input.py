"""The bad inputs of a deposit, all in one place, each with its code and its sentence.

What is tested more widely elsewhere: both clock changes and every second of a window
(``test_windows.py``, ``test_deposit.py``), two people at once (``test_invariants.py``).
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from approvals.audit import InvalidInput, StateConflict
from approvals.people.actions import system_actor
from approvals.submissions.actions import edit_dossier, record_window
from approvals.submissions.completeness import warnings_in
from approvals.submissions.models import Dossier
from content.assets.models import Version
from content.calendar import paris_day
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    record_decision,
    record_deposit,
    window_of,
)

pytestmark = pytest.mark.django_db
# The window of April 2026 closes on the 24th, 23:59 in Paris (22:00 in UTC the day is over).
LAST_MINUTE = datetime(2026, 4, 24, 21, 59, tzinfo=UTC)
DAY_AFTER = datetime(2026, 4, 24, 22, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def the_dossier(version: Version) -> Dossier:
    found: Dossier = Dossier.objects.with_page().filter(version=version).latest("pk")
    return found


def frozen(cast: Cast, **fields: Any) -> Dossier:
    version = make_approved(cast, **fields)
    freeze(cast, make_batch(cast, version))
    return the_dossier(version)


def refusal(job: Any) -> tuple[str, list[str], str]:
    """Return the code, the fields and the sentence of what an act refuses."""
    with pytest.raises((InvalidInput, StateConflict)) as refused:
        job()
    return refused.value.code, list(getattr(refused.value, "errors", {})), str(refused.value)


def test_a_version_in_two_batches(cast: Cast) -> None:
    version = make_approved(cast)
    make_batch(cast, version)
    assert refusal(lambda: make_batch(cast, version)) == (
        "already_in_batch",
        [],
        f"{version} already has a dossier that is not decided.",
    )


def test_an_empty_batch_is_not_frozen(cast: Cast) -> None:
    assert refusal(lambda: freeze(cast, make_batch(cast))) == (
        "batch_empty",
        [],
        "This batch holds no dossier: add one first.",
    )


def test_a_batch_says_which_piece_of_which_dossier_is_missing(cast: Cast) -> None:
    complete, bare = make_approved(cast), make_approved(cast)
    batch = make_batch(cast, complete)
    batch = make_batch(cast, bare, complete=False)
    code, _fields, sentence = refusal(lambda: freeze(cast, batch))
    assert (code, sentence) == (
        "batch_incomplete",
        "The batch is not complete. 26/04/60000001/PM/002: the receipt number (11 or 12 digits), "
        "the answer to “Context of the application”, piece: fee receipt, piece: SmPC",
    )


class TestTheInstantOfADeposit:
    def test_one_minute_past_midnight_after_the_closing(self, cast: Cast) -> None:
        dossier = frozen(cast)
        told = refusal(lambda: record_deposit(cast, dossier, deposited_at=DAY_AFTER, now=DAY_AFTER))
        assert told[:2] == ("outside_window", [])
        assert "0:00" in told[2]
        assert "23:59" in told[2]

    def test_the_last_minute_is_taken_also_when_recorded_the_day_after(self, cast: Cast) -> None:
        dossier = frozen(cast)
        record_deposit(cast, dossier, deposited_at=LAST_MINUTE, now=DAY_AFTER)
        assert the_dossier(dossier.version).state == "deposited"

    def test_tomorrow(self, cast: Cast) -> None:
        dossier = frozen(cast)
        tomorrow = datetime(2026, 4, 15, 8, tzinfo=UTC)
        told = refusal(lambda: record_deposit(cast, dossier, deposited_at=tomorrow, now=T0))
        assert told == (
            "in_the_future",
            ["deposited_at"],
            "A deposit is a fact: it is never in the future.",
        )

    @pytest.mark.parametrize(
        ("opens_on", "closes_on", "inside", "outside"),
        [
            # Forward on 29 March 2026: the last minute is 21:59 in UTC.
            (
                date(2026, 3, 23),
                date(2026, 3, 29),
                datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
                datetime(2026, 3, 29, 22, 1, tzinfo=UTC),
            ),
            # Back on 25 October 2026: the last minute is 22:59 in UTC.
            (
                date(2026, 10, 22),
                date(2026, 10, 25),
                datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
                datetime(2026, 10, 25, 23, 1, tzinfo=UTC),
            ),
        ],
    )
    def test_on_the_day_the_clock_changes(
        self, cast: Cast, opens_on: date, closes_on: date, inside: datetime, outside: datetime
    ) -> None:
        now = datetime(opens_on.year, opens_on.month, opens_on.day, 8, tzinfo=UTC)
        window = record_window(
            category="PM", opens_on=opens_on, closes_on=closes_on, by=cast.regulatory, now=now
        )
        version = make_approved(cast, window, now=now)
        freeze(cast, make_batch(cast, version, window=window, now=now), now=now)
        dossier = the_dossier(version)
        told = refusal(lambda: record_deposit(cast, dossier, deposited_at=outside, now=outside))
        assert told[0] == "outside_window"
        record_deposit(cast, dossier, deposited_at=inside, now=outside)
        assert the_dossier(version).state == "deposited"


class TestTheReceipt:
    def change(self, cast: Cast, version: Version, number: str) -> None:
        changes = {"receipt_number": number}
        edit_dossier(the_dossier(version).pk, changes=changes, by=cast.regulatory, now=T0)

    def test_ten_digits(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version, complete=False)
        told = refusal(lambda: self.change(cast, version, "1234567890"))
        assert told == ("invalid", ["receipt_number"], "A receipt number has 11 or 12 digits.")

    def test_one_used_twice(self, cast: Cast) -> None:
        first, second = make_approved(cast), make_approved(cast)
        make_batch(cast, first, second)
        number = the_dossier(first).receipt_number
        told = refusal(lambda: self.change(cast, second, number))
        assert told == (
            "invalid",
            ["receipt_number"],
            "This receipt paid another dossier: each dossier has its own.",
        )


class TestDecisions:
    def test_a_dossier_that_was_not_deposited(self, cast: Cast) -> None:
        dossier = frozen(cast)
        told = refusal(lambda: record_decision(cast, dossier))
        assert told == (
            "not_deposited",
            [],
            "This dossier was not deposited: nothing can be decided on it.",
        )

    def test_silence_before_its_day(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        last_day = datetime(2026, 6, 25, 21, 59, tzinfo=UTC)
        told = refusal(
            lambda: record_decision(
                cast, dossier, "tacit", decided_on=date(2026, 6, 25), now=last_day
            )
        )
        assert told[:2] == ("evaluation_not_over", [])
        assert told[2].endswith("silence can be confirmed from the day after.")


class TestWindows:
    def record(self, cast: Cast, opens_on: date, closes_on: date) -> None:
        record_window(
            category="PM", opens_on=opens_on, closes_on=closes_on, by=cast.regulatory, now=T0
        )

    def test_one_that_overlaps(self, cast: Cast) -> None:
        shipped = window_of(date(2026, 4, 24))
        job = lambda: self.record(cast, date(2026, 4, 24), date(2026, 5, 2))  # noqa: E731
        code, fields, sentence = refusal(job)
        assert (code, fields) == ("window_overlaps", ["opens_on"])
        assert str(shipped) in sentence

    def test_one_that_ends_before_it_begins(self, cast: Cast) -> None:
        job = lambda: self.record(cast, date(2027, 1, 2), date(2027, 1, 1))  # noqa: E731
        assert refusal(job)[1] == ["closes_on"]


class TestProductsThatChanged:
    def test_a_medicine_that_became_reimbursed_is_caught_at_the_freeze(self, cast: Cast) -> None:
        window = window_of(date(2026, 5, 7), "GP")
        version = make_approved(cast, window, product=cast.free_product, audience="public")
        batch = make_batch(cast, version, window=window)
        cast.free_product.reimbursed = True
        keep(cast.free_product, by=system_actor())
        code, _fields, sentence = refusal(lambda: freeze(cast, batch))
        assert code == "public_not_allowed"
        assert cast.free_product.name in sentence

    def test_a_code_gone_from_the_public_database_is_a_warning_and_bars_nothing(
        self, cast: Cast
    ) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)
        cast.product.in_public_database = False
        keep(cast.product, by=system_actor())
        (warning,) = warnings_in(the_dossier(version), paris_day(T0))
        assert warning.code == "not_in_public_database"
        assert str(warning.text) == (
            f"{cast.product.name} (60000001) is no longer in the public database: check its code."
        )
        assert freeze(cast, batch).state == "frozen"
