"""The feed of changes: nothing missed, each piece once, what is not one's own absent."""

import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit import act
from approvals.people.actions import grant_role, system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.actions import (
    add_member,
    add_product_to_team,
    remove_member,
    remove_product_from_team,
)
from content.assets.actions import facts
from content.assets.actions.facts import interrupt, lift_interruptions
from content.assets.enums import Cause, Nature
from content.assets.models import Entry, Version
from content.calendar import paris_day
from content.catalogue.actions import bump_list_version
from content.catalogue.models import ListHead
from tests.factories import T0
from tests.factories.catalogue import make_product
from tests.factories.people import Cast
from tests.factories.releases import make_cleared, make_released, release_now
from tests.races import PATIENCE_SECONDS, at_once

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
AFTERNOON = T0 + timedelta(hours=5)
FEED = "/api/v1/changes/"


@pytest.fixture(autouse=True)
def _afternoon(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(AFTERNOON, tick=False):
        yield


@pytest.fixture
def rep(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rep)
    return client


def read(client: Client, address: str = FEED) -> tuple[int, list[dict[str, Any]]]:
    """Read a walk to its end; return the number to go on from, and what was told."""
    told: list[dict[str, Any]] = []
    while True:
        body = client.get(address).json()
        told += body["results"]
        if body["next"] is None:
            return body["list_version"], told
        address = body["next"]


def stop(version: Version, cause: Cause = Cause.WITHDRAWN, day: date = TODAY) -> None:
    interrupt(
        version, cause=cause, reason="erreur", starts_on=day, by=system_actor(), now=AFTERNOON
    )


def kinds(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["code"], one["kind"]) for one in told]


class TestEverythingAnew:
    def test_promotional_and_valid_documents_in_the_order_of_list_versions(
        self, cast: Cast, rep: Client
    ) -> None:
        first = make_released(cast.product)
        second = make_released(cast.product, nature=Nature.ENVIRONMENT)
        head, told = read(rep)
        assert head == ListHead.objects.get().version
        assert kinds(told) == [(first.asset.code, "upsert"), (second.asset.code, "upsert")]
        assert [one["row"]["nature"] for one in told] == ["promotional", "environment"]
        assert told[0]["list_version"] < told[1]["list_version"] <= head
        row = rep.get("/api/v1/positive-list/").json()["results"][0]
        periods = [{"usable_from": "2026-04-14", "last_usable_day": "2028-04-13"}]
        assert told[0]["row"] == {**row, "periods": periods}
        assert (told[0]["number"], told[0]["reason"], told[0]["replaced_by"]) == (1, "", None)

    def test_what_left_or_ended_or_is_not_theirs_or_is_a_component_is_absent(
        self, cast: Cast, rep: Client
    ) -> None:
        stop(make_released(cast.product))
        make_released(cast.product, expires_on=TODAY + timedelta(days=1))
        make_released(cast.other_product)
        make_released(cast.product, nature=Nature.MEDICAL)
        make_released(cast.product, asset_type="email_fragment")
        with time_machine.travel(AFTERNOON + timedelta(days=1), tick=False):
            rep.force_login(cast.rep)  # The session of the day before is over.
            assert read(rep)[1] == []

    def test_since_nought_is_everything_anew(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product)
        assert read(rep) == read(rep, f"{FEED}?since=0")

    def test_a_piece_of_two_products_is_told_once(self, cast: Cast, rep: Client) -> None:
        other = make_product()
        add_product_to_team(cast.cardiology.pk, other.pk, by=system_actor(), now=T0)
        make_released(cast.product, other)
        assert len(read(rep)[1]) == 1

    def test_an_administrator_reads_nothing(self, cast: Cast, client: Client) -> None:
        make_released(cast.product)
        client.force_login(cast.admin)
        assert read(client)[1] == []


class TestSince:
    def test_nothing_changed(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product)
        head, _told = read(rep)
        assert read(rep, f"{FEED}?since={head}") == (head, [])

    def test_what_came_what_changed_and_what_left(self, cast: Cast, rep: Client) -> None:
        kept, gone = make_released(cast.product), make_released(cast.product)
        shortened = make_released(cast.product)
        head, _told = read(rep)
        stop(gone)
        stop(shortened, Cause.SUSPENDED, TODAY + timedelta(days=7))
        fresh = make_released(cast.product, now=AFTERNOON)
        number, told = read(rep, f"{FEED}?since={head}")
        assert kinds(told) == [
            (gone.asset.code, "tombstone"),
            (shortened.asset.code, "upsert"),
            (fresh.asset.code, "upsert"),
        ]
        assert kept.asset.code not in {one["code"] for one in told}
        assert (told[0]["row"], told[0]["reason"]) == (None, "withdrawn")
        assert told[1]["row"]["last_usable_day"] == str(TODAY + timedelta(days=6))
        assert number == ListHead.objects.get().version == told[-1]["list_version"]

    def test_a_suspension_and_the_return(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product)
        head, _told = read(rep)
        stop(version, Cause.SUSPENDED)
        head, told = read(rep, f"{FEED}?since={head}")
        assert [(one["kind"], one["reason"]) for one in told] == [("tombstone", "suspended")]
        resume(version, by=system_actor(), now=AFTERNOON)
        assert kinds(read(rep, f"{FEED}?since={head}")[1]) == [(version.asset.code, "upsert")]

    def test_a_successor_is_named(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, now=T0 - timedelta(days=9))
        head, _told = read(rep)
        successor = make_cleared(version.asset, number=2)
        release_now(successor.pk, by=system_actor(), now=AFTERNOON)
        told = {one["number"]: one for one in read(rep, f"{FEED}?since={head}")[1]}
        assert (told[1]["kind"], told[1]["reason"]) == ("tombstone", "superseded")
        assert told[1]["replaced_by"] == {"code": version.asset.code, "number": 2}
        assert told[2]["kind"] == "upsert"

    def test_a_future_release_withdrawn_before_its_day(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, valid_from=TODAY + timedelta(days=9))
        head, told = read(rep)
        assert told[0]["row"]["usable_from"] == str(TODAY + timedelta(days=9))
        stop(version)
        assert kinds(read(rep, f"{FEED}?since={head}")[1]) == [(version.asset.code, "tombstone")]

    def test_a_component_that_pauses_gives_two_periods(self, cast: Cast, rep: Client) -> None:
        day = TODAY + timedelta(days=30)
        brick = make_released(
            cast.product, asset_type="email_fragment", expires_on=TODAY + timedelta(days=10)
        )
        version = make_released(cast.product, requires=[brick])
        Entry.objects.filter(version=version).get()
        second = make_released(cast.product)
        split(second, day)
        rows = {one["code"]: one["row"]["periods"] for one in read(rep)[1]}
        assert [one["last_usable_day"] for one in rows[version.asset.code]] == [
            str(TODAY + timedelta(days=9))
        ]
        assert len(rows[second.asset.code]) == 2

    def test_a_day_that_comes_is_no_change(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, expires_on=TODAY + timedelta(days=1))
        head, _told = read(rep)
        with time_machine.travel(AFTERNOON + timedelta(days=2), tick=False):
            rep.force_login(cast.rep)
            assert read(rep, f"{FEED}?since={head}") == (head, [])

    def test_another_teams_changes_are_absent(self, cast: Cast, rep: Client) -> None:
        theirs = make_released(cast.other_product)
        head, _told = read(rep)
        stop(theirs)
        assert read(rep, f"{FEED}?since={head}")[1] == []


@act("resume")
def resume(version: Version, *, by: User, now: Any) -> None:
    lift_interruptions(version, causes=[Cause.SUSPENDED], ends_on=TODAY, by=by, now=now)


@act("split")
def _split(version: Version, day: date, *, by: User, now: Any) -> None:
    number = bump_list_version(now=now)
    entry = Entry.objects.get(version=version)
    values = {f.attname: getattr(entry, f.attname) for f in Entry._meta.concrete_fields}
    values |= {"id": None, "list_version": number, "recorded_at": now}
    Entry.objects.bulk_create(
        [
            Entry(**{**values, "ends_on": day}),
            Entry(**{**values, "starts_on": day + timedelta(days=3)}),
        ]
    )
    gone = {"replaced_at": now, "replaced_on": TODAY, "gone_in": number}
    Entry.objects.filter(pk=entry.pk).update(**gone)


def split(version: Version, day: date) -> None:
    _split(version, day, by=system_actor(), now=AFTERNOON)


class TestPages:
    def test_a_walk_in_pages_is_the_walk(self, cast: Cast, rep: Client) -> None:
        for _number in range(5):
            make_released(cast.product)
        whole = read(rep)
        assert read(rep, f"{FEED}?limit=2") == whole
        assert read(rep, f"{FEED}?limit=1") == whole
        assert len(whole[1]) == 5

    def test_one_act_with_many_pieces_is_cut_between_pages(self, cast: Cast, rep: Client) -> None:
        versions = [make_released(cast.product) for _number in range(5)]
        head, _told = read(rep)
        interrupt(
            versions,
            cause=Cause.SUSPENDED,
            reason="gel",
            starts_on=TODAY,
            by=system_actor(),
            now=AFTERNOON,
        )
        _number, told = read(rep, f"{FEED}?since={head}&limit=2")
        assert [one["code"] for one in told] == [version.asset.code for version in versions]
        assert {one["list_version"] for one in told} == {head + 1}

    def test_what_changes_during_a_walk_is_told_by_the_next(self, cast: Cast, rep: Client) -> None:
        first, second = make_released(cast.product), make_released(cast.product)
        body = rep.get(FEED, {"limit": "1"}).json()
        assert kinds(body["results"]) == [(first.asset.code, "upsert")]
        stop(first)
        stop(second)
        head, told = read(rep, body["next"])
        assert (told, head) == ([], body["list_version"])
        told = read(rep, f"{FEED}?since={head}")[1]
        assert kinds(told) == [(first.asset.code, "tombstone"), (second.asset.code, "tombstone")]

    def test_the_number_of_queries_does_not_grow(
        self, cast: Cast, rep: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _number in range(4):
            make_released(cast.product)
        head = read(rep)[0]
        for entry in Entry.objects.select_related("version"):
            stop(entry.version)
        with django_assert_max_num_queries(32):
            assert len(read(rep, f"{FEED}?since={head}")[1]) == 4


class TestRefused:
    @pytest.mark.parametrize("since", ["-1", "x", "1.5", "", "9" * 30, "١"])
    def test_no_number(self, rep: Client, since: str) -> None:
        body = rep.get(FEED, {"since": since}).json()
        assert (body["status"], list(body["errors"])) == (400, ["since"])

    def test_a_number_of_the_future(self, rep: Client) -> None:
        head = ListHead.objects.get().version
        body = rep.get(FEED, {"since": str(head + 1)}).json()
        assert (body["status"], list(body["errors"])) == (400, ["since"])

    def test_a_cursor_from_elsewhere(self, cast: Cast, rep: Client) -> None:
        for _number in range(2):
            make_released(cast.product)
        listed = rep.get("/api/v1/positive-list/", {"limit": "1"}).json()["next"]
        cursor = listed.partition("cursor=")[2].partition("&")[0]
        mine = rep.get(FEED, {"limit": "1"}).json()["next"]
        for address in (f"{FEED}?cursor={cursor}", f"{FEED}?cursor=x", f"{mine}&since=1"):
            body = rep.get(address).json()
            assert (body["status"], list(body["errors"])) == (400, ["cursor"]), address

    def test_an_unknown_parameter(self, rep: Client) -> None:
        assert rep.get(FEED, {"product": "60000001"}).status_code == 400


class TestOtherListsSeen:
    """What a person sees changed: the differences are not told one by one."""

    def refused(self, client: Client, head: int) -> None:
        body = client.get(FEED, {"since": str(head)}).json()
        assert (body["status"], body["code"]) == (409, "resync_needed")
        head, _told = read(client)
        assert client.get(FEED, {"since": str(head)}).status_code == 200

    def test_a_product_comes_to_the_team_and_leaves_it(self, cast: Cast, rep: Client) -> None:
        by = system_actor()
        head, _told = read(rep)
        version = make_released(cast.other_product)
        add_product_to_team(cast.cardiology.pk, cast.other_product.pk, by=by, now=AFTERNOON)
        self.refused(rep, head)
        head, told = read(rep)
        assert kinds(told) == [(version.asset.code, "upsert")]
        remove_product_from_team(
            cast.cardiology.pk, cast.other_product.pk, reason="?", by=by, now=AFTERNOON
        )
        self.refused(rep, head)
        assert read(rep)[1] == []

    def test_a_person_joins_and_leaves_a_team(self, cast: Cast, rep: Client) -> None:
        by = system_actor()
        head, _told = read(rep)
        add_member(cast.respiratory.pk, cast.rep.pk, by=by, now=AFTERNOON)
        self.refused(rep, head)
        head, _told = read(rep)
        remove_member(cast.respiratory.pk, cast.rep.pk, reason="?", by=by, now=AFTERNOON)
        self.refused(rep, head)

    def test_a_role_is_given(self, cast: Cast, rep: Client) -> None:
        head, _told = read(rep)
        grant_role(cast.rep, Role.MSL, by=system_actor(), now=AFTERNOON)
        self.refused(rep, head)

    def test_what_others_see_is_not_ones_own(self, cast: Cast, rep: Client) -> None:
        by = system_actor()
        assert cast.rep2
        head, _told = read(rep)
        add_product_to_team(cast.respiratory.pk, cast.product.pk, by=by, now=AFTERNOON)
        grant_role(cast.rep2, Role.MSL, by=by, now=AFTERNOON)
        assert rep.get(FEED, {"since": str(head)}).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_are_in_the_order_of_commits(
    cast: Cast, rep: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow act and one that comes after it: who read up to a number has all of it."""
    slow, quick = make_released(cast.product), make_released(cast.product)
    head, _told = read(rep)
    written, read_meanwhile = threading.Event(), threading.Event()
    real = facts.work_out

    def work_out_slowly(ids: Any, **kwargs: Any) -> Any:
        answer = real(ids, **kwargs)
        if slow.pk in ids:
            written.set()
            assert read_meanwhile.wait(PATIENCE_SECONDS)
        return answer

    def withdraw_the_other() -> None:
        assert written.wait(PATIENCE_SECONDS)
        stop(quick)

    def read_between() -> tuple[int, list[dict[str, Any]]]:
        assert written.wait(PATIENCE_SECONDS)
        # Time enough for the other act, if nothing held it back.
        time.sleep(0.5)
        try:
            return read(rep, f"{FEED}?since={head}")
        finally:
            read_meanwhile.set()

    monkeypatch.setattr(facts, "work_out", work_out_slowly)
    outcomes = at_once(lambda: stop(slow), withdraw_the_other, read_between)
    assert outcomes == [None, None, (head, [])]
    number, told = read(rep, f"{FEED}?since={head}")
    assert number == head + 2
    assert [(one["list_version"], one["code"]) for one in told] == [
        (head + 1, slow.asset.code),
        (head + 2, quick.asset.code),
    ]
