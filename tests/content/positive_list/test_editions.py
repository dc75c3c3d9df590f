"""An edition is a signed snapshot: it shows what was signed; each reader takes note of it once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals.audit import PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import deactivate, system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause
from content.assets.models import Version
from content.calendar import paris_day
from content.outbox.models import Message
from content.positive_list.actions import (
    acknowledge_edition,
    attest_destruction,
    draft_edition,
    remind_of_edition,
)
from content.positive_list.editions import (
    Tampered,
    contents_of,
    due_since,
    obsolete_for,
    read_snapshot,
    stricter_today,
    waiting_for,
)
from content.positive_list.models import Edition, Recipient, Snapshot
from content.positive_list.queries import scope_for
from tests.factories import T0, keep
from tests.factories.editions import make_edition, sign_it
from tests.factories.people import Cast, make_person
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _teams(cast: Cast) -> None:
    assert cast.cardiology
    assert cast.respiratory
    assert cast.rep
    assert cast.rep2
    assert cast.pharmacist


def withdraw(version: Version, *, now: datetime) -> None:
    interrupt(
        version,
        cause=Cause.WITHDRAWN,
        reason="erreur page 2",
        starts_on=paris_day(now),
        by=system_actor(),
        now=now,
    )


def codes(lines: list[dict[str, Any]]) -> list[str]:
    return [line["code"] for line in lines]


def refused(work: Callable[[], object], code: str) -> None:
    with pytest.raises((PolicyDenied, StateConflict)) as told, transaction.atomic():
        work()
    assert told.value.code == code


class TestDraft:
    def test_the_first_edition_holds_both_lists(self, cast: Cast) -> None:
        stays, leaves = make_released(cast.product), make_released(cast.product)
        withdraw(leaves, now=T0)
        edition = draft_edition(by=cast.regulatory, now=T0)
        said = contents_of(edition)
        assert (edition.number, edition.day, edition.state) == (1, paris_day(T0), "draft")
        assert codes(said.positive) == [stays.asset.code] == codes(said.came)
        assert codes(said.negative) == [leaves.asset.code]
        assert said.negative[0]["reason"] == "withdrawn"
        assert said.went == []

    def test_what_came_and_what_went_since_the_one_before(self, cast: Cast) -> None:
        stays, leaves = make_released(cast.product), make_released(cast.product)
        make_edition(cast)
        withdraw(leaves, now=T0 + DAY)
        came = make_released(cast.product, now=T0 + DAY)
        edition = draft_edition(by=cast.pharmacist, now=T0 + DAY)
        said = contents_of(edition)
        assert edition.number == 2
        assert codes(said.came) == [came.asset.code]
        assert codes(said.went) == [leaves.asset.code]
        assert said.went[0]["reason"] == "withdrawn"
        assert stays.asset.code in codes(said.positive)
        read = read_snapshot(edition.digest)
        assert read["since"]["number"] == 1

    def test_a_draft_is_drawn_up_again_under_its_number(self, cast: Cast) -> None:
        first = draft_edition(by=cast.regulatory, now=T0)
        made = make_released(cast.product)
        again = draft_edition(by=cast.pharmacist, now=T0)
        assert (again.pk, again.number) == (first.pk, 1)
        assert codes(contents_of(again).positive) == [made.asset.code]
        assert again.digest != first.digest

    @pytest.mark.parametrize("name", ["pm", "medical", "rep", "inspector", "admin", "agency"])
    def test_nobody_else_draws_one_up(self, cast: Cast, name: str) -> None:
        person = getattr(cast, name)
        refused(lambda: draft_edition(by=person, now=T0), "role_missing")

    def test_the_database_holds_one_draft(self, cast: Cast) -> None:
        draft_edition(by=cast.regulatory, now=T0)
        kept = Edition.objects.get()
        kept.pk, kept.number, kept._state.adding = None, 2, True
        with pytest.raises(IntegrityError), transaction.atomic():
            keep(kept, by=cast.regulatory)


class TestSnapshot:
    def test_a_later_withdrawal_changes_nothing_in_it_and_is_said(self, cast: Cast) -> None:
        version = make_released(cast.product)
        edition = make_edition(cast)
        signed = contents_of(edition)
        withdraw(version, now=T0 + DAY)
        edition.refresh_from_db()
        assert contents_of(edition) == signed
        scope = scope_for(cast.rep)
        assert stricter_today(signed.positive, scope, T0) == []
        (row,) = stricter_today(signed.positive, scope, T0 + DAY)
        assert (row.code, row.reason) == (version.asset.code, "withdrawn")

    def test_an_altered_text_is_noticed(self, cast: Cast) -> None:
        edition = draft_edition(by=cast.regulatory, now=T0)
        forged = Snapshot(sha256="0" * 64, text=Snapshot.objects.get(sha256=edition.digest).text)
        forged.save()
        with pytest.raises(Tampered):
            read_snapshot("0" * 64)

    def test_each_reads_what_is_of_their_teams(self, cast: Cast) -> None:
        mine, theirs = make_released(cast.product), make_released(cast.other_product)
        edition = make_edition(cast)
        read = {
            name: set(codes(contents_of(edition, scope_for(getattr(cast, name))).positive))
            for name in ("rep", "rep2", "inspector", "admin", "agency")
        }
        assert read == {
            "rep": {mine.asset.code},
            "rep2": {theirs.asset.code},
            "inspector": {mine.asset.code, theirs.asset.code},
            "admin": set(),
            "agency": set(),
        }


class TestPublished:
    def test_the_field_is_told_once_each(self, cast: Cast) -> None:
        assert make_person(Role.FIELD_REP)  # belongs to no team
        make_edition(cast)
        told = Message.objects.filter(topic="edition.published")
        assert sorted(told.values_list("recipient__username", flat=True)) == ["rep", "rep2"]
        assert set(told.values_list("link", flat=True)) == {"/field/editions/1/"}
        assert Message.objects.filter(topic="content.positive_list.tasks.make_edition").exists()

    def test_a_newcomer_is_told_by_the_sweep(self, cast: Cast) -> None:
        make_edition(cast)
        newcomer = make_person(Role.MSL, teams=[cast.cardiology])
        assert remind_of_edition(by=system_actor(), now=T0 + DAY) == 1
        assert remind_of_edition(by=system_actor(), now=T0 + DAY) == 0
        assert waiting_for(newcomer) is not None


class TestReminders:
    def test_after_three_days_then_every_seven_once_each(self, cast: Cast) -> None:
        make_edition(cast)
        acknowledge_edition(1, by=cast.rep2, now=T0)
        told = {
            day: sum(remind_of_edition(by=system_actor(), now=T0 + day * DAY) for _turn in "12")
            # T0 is a Tuesday: day 3 is a Friday, day 4 a Saturday; day 17 is the first of May.
            for day in (1, 2, 3, 4, 6, 7, 9, 10, 13, 17, 20)
        }
        assert told == {1: 0, 2: 0, 3: 1, 4: 0, 6: 0, 7: 0, 9: 0, 10: 1, 13: 0, 17: 0, 20: 1}
        reminders = Message.objects.filter(topic="edition.reminder")
        assert {message.recipient for message in reminders} == {cast.rep}

    def test_a_newer_edition_and_a_departure_end_them(self, cast: Cast) -> None:
        make_edition(cast)
        deactivate(cast.rep2, reason="parti", by=cast.admin, now=T0)
        make_edition(cast, now=T0 + 2 * DAY)
        remind_of_edition(by=system_actor(), now=T0 + 6 * DAY)
        keys = Message.objects.filter(topic="edition.reminder").values_list("key", flat=True)
        assert list(keys) == [f"edition.reminder:2:{cast.rep.pk}:1"]

    def test_only_the_system_reminds(self, cast: Cast) -> None:
        refused(lambda: remind_of_edition(by=cast.pharmacist, now=T0), "system_only")


class TestAcknowledge:
    def test_once_and_dated(self, cast: Cast) -> None:
        make_edition(cast)
        events = AuditEvent.objects.count()
        acknowledge_edition(1, by=cast.rep, now=T0 + DAY)
        assert AuditEvent.objects.count() == events + 1
        assert Recipient.objects.get(person=cast.rep).acknowledged_at == T0 + DAY
        refused(lambda: acknowledge_edition(1, by=cast.rep, now=T0 + DAY), "already_acknowledged")

    def test_what_is_refused(self, cast: Cast) -> None:
        draft_edition(by=cast.regulatory, now=T0)
        refused(lambda: acknowledge_edition(1, by=cast.rep, now=T0), "not_signed")
        refused(lambda: acknowledge_edition(1, by=cast.pharmacist, now=T0), "role_missing")
        loner = make_person(Role.FIELD_REP)
        refused(lambda: acknowledge_edition(1, by=loner, now=T0), "no_team")
        sign_it(Edition.objects.get(), cast.pharmacist)
        make_edition(cast, now=T0 + DAY)
        refused(lambda: acknowledge_edition(1, by=cast.rep, now=T0 + DAY), "newer_edition")


class TestDestruction:
    def test_the_first_time_all_that_is_no_longer_usable(self, cast: Cast) -> None:
        gone = make_released(cast.product)
        withdraw(gone, now=T0)
        withdraw(make_released(cast.other_product), now=T0)
        make_edition(cast)
        acknowledge_edition(1, by=cast.rep, now=T0)
        done = attest_destruction(1, by=cast.rep, now=T0 + DAY)
        assert done.destroyed == [{"code": gone.asset.code, "number": 1}]
        assert done.destroyed_at == T0 + DAY
        assert waiting_for(cast.rep) is None

    def test_then_what_left_since_even_over_an_edition_that_was_missed(self, cast: Cast) -> None:
        first, second = make_released(cast.product), make_released(cast.product)
        make_edition(cast)
        acknowledge_edition(1, by=cast.rep, now=T0)
        attest_destruction(1, by=cast.rep, now=T0)
        withdraw(first, now=T0 + DAY)
        make_edition(cast, now=T0 + DAY)
        withdraw(second, now=T0 + 2 * DAY)
        edition = make_edition(cast, now=T0 + 2 * DAY)
        listed = obsolete_for(edition, cast.rep, scope_for(cast.rep))
        assert set(codes(listed)) == {first.asset.code, second.asset.code}
        assert codes(contents_of(edition).went) == [second.asset.code]

    def test_what_is_refused(self, cast: Cast) -> None:
        make_edition(cast)
        refused(lambda: attest_destruction(1, by=cast.rep, now=T0), "not_acknowledged")
        refused(lambda: attest_destruction(1, by=cast.pm, now=T0), "role_missing")
        acknowledge_edition(1, by=cast.rep, now=T0)
        attest_destruction(1, by=cast.rep, now=T0)
        refused(lambda: attest_destruction(1, by=cast.rep, now=T0), "already_attested")


def test_an_edition_is_due_a_week_after_the_lists_changed(cast: Cast) -> None:
    assert due_since(T0 + 30 * DAY) is None
    version = make_released(cast.product)
    assert due_since(T0 + 6 * DAY) is None
    assert due_since(T0 + 7 * DAY) == T0 + 7 * DAY
    make_edition(cast, now=T0 + 7 * DAY)
    assert due_since(T0 + 30 * DAY) is None
    withdraw(version, now=T0 + 8 * DAY)
    assert due_since(T0 + 15 * DAY) == T0 + 15 * DAY


def test_people_who_cannot_read_lists_see_no_edition(cast: Cast) -> None:
    make_edition(cast)
    draft_edition(by=cast.regulatory, now=T0)
    seen: dict[str, int] = {}
    for name in ("rep", "pm", "inspector", "admin", "agency"):
        person: User = getattr(cast, name)
        seen[name] = Edition.objects.visible_to(person).count()
    assert seen == {"rep": 1, "pm": 1, "inspector": 2, "admin": 2, "agency": 0}
