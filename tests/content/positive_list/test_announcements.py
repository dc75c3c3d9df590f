"""What other systems are told of pieces, once each, whatever acts and however often it is swept."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt, lift_interruptions
from content.assets.enums import Cause, Nature
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.actions import freeze_product
from content.catalogue.models import ListHead
from content.outbox.models import Message
from content.positive_list.actions import announce_ends
from tests.factories import T0
from tests.factories.outbox import make_webhook
from tests.factories.people import Cast
from tests.factories.releases import make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _somebody_listens(cast: Cast) -> None:
    assert cast.product
    make_webhook(now=T0 - 100 * DAY)


def told() -> list[dict[str, Any]]:
    """Return what was written since the last time, oldest first, and forget it."""
    rows = Message.objects.webhooks().filter(attempts=0).order_by("pk")
    found = [json.loads(row.body) for row in rows]
    rows.update(attempts=1)
    for one in found:
        assert one["data"]["event"] == one["type"]
    return [one["data"] for one in found]


def events(told_of: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(one["code"], one["number"], one["event"]) for one in told_of]


def stop(
    version: Version, cause: Cause = Cause.WITHDRAWN, *, day: date = TODAY, now: datetime = T0
) -> None:
    interrupt(version, cause=cause, reason="erreur", starts_on=day, by=system_actor(), now=now)


@act("resume")
def resume(version: Version, *, by: User, now: datetime) -> None:
    lift_interruptions(version, causes=[Cause.SUSPENDED], ends_on=TODAY, by=by, now=now)


def sweep(at: datetime) -> int:
    return announce_ends(by=system_actor(), now=at)


class TestDecided:
    def test_a_release(self, cast: Cast) -> None:
        version = make_released(cast.product, valid_from=TODAY + DAY)
        assert told() == [
            {
                "code": version.asset.code,
                "number": 1,
                "event": "released",
                "usable_from": "2026-04-15",
                "last_usable_day": "2028-04-13",
                "reason": "",
                "list_version": ListHead.objects.get().version,
            }
        ]

    @pytest.mark.parametrize(
        ("cause", "event", "reason"),
        [
            (Cause.WITHDRAWN, "withdrawn", "withdrawn"),
            (Cause.SUSPENDED, "suspended", "suspended"),
            (Cause.PRODUCT_FREEZE, "frozen", "freeze"),
            (Cause.AUTHORITY_SUSPENDED, "suspended", "authority"),
            (Cause.AUTHORITY_WITHDRAWN, "withdrawn", "authority"),
        ],
    )
    def test_a_stop_at_once(self, cause: Cause, event: str, reason: str, cast: Cast) -> None:
        version = make_released(cast.product, now=T0 - DAY)
        told()
        stop(version, cause)
        (one,) = told()
        assert (one["event"], one["reason"]) == (event, reason)
        # Null: no day is left, today included.
        assert (one["usable_from"], one["last_usable_day"]) == (None, None)

    def test_a_stop_from_a_later_day_is_told_when_decided(self, cast: Cast) -> None:
        version = make_released(cast.product)
        told()
        stop(version, day=TODAY + 7 * DAY)
        (one,) = told()
        assert (one["event"], one["last_usable_day"]) == ("withdrawn", str(TODAY + 6 * DAY))
        assert sweep(T0 + 8 * DAY) == 0

    def test_a_suspension_and_the_return(self, cast: Cast) -> None:
        version = make_released(cast.product)
        stop(version, Cause.SUSPENDED)
        resume(version, by=system_actor(), now=T0 + timedelta(hours=1))
        code = version.asset.code
        assert [event for _code, _number, event in events(told())] == [
            "released",
            "suspended",
            "released",
        ]
        assert code

    def test_a_successor(self, cast: Cast) -> None:
        version = make_released(cast.product, now=T0 - DAY)
        told()
        successor = make_cleared(version.asset, number=2)
        release_now(successor.pk, by=system_actor(), now=T0, overlap_days=10)
        both = {one["number"]: one for one in told()}
        assert (both[1]["event"], both[1]["last_usable_day"]) == (
            "superseded",
            str(TODAY + 9 * DAY),
        )
        assert both[2]["event"] == "released"

    def test_a_freeze_stops_each_promotional_piece(self, cast: Cast) -> None:
        one, two = make_released(cast.product), make_released(cast.product)
        make_released(cast.product, nature=Nature.ENVIRONMENT)
        told()
        freeze_product(
            cast.product.pk, reason="L.5122-3", effective_on=TODAY, by=cast.pharmacist, now=T0
        )
        assert events(told()) == [
            (one.asset.code, 1, "frozen"),
            (two.asset.code, 1, "frozen"),
        ]

    def test_a_component_is_told_of_its_dependents(self, cast: Cast) -> None:
        brick = make_released(cast.product, asset_type="email_fragment")
        mail = make_released(cast.product, requires=[brick])
        assert events(told()) == [(mail.asset.code, 1, "released")]
        stop(brick)
        (one,) = told()
        assert (one["code"], one["event"], one["reason"]) == (
            mail.asset.code,
            "suspended",
            "dependency",
        )

    def test_no_word_of_the_reason_leaves(self, cast: Cast) -> None:
        version = make_released(cast.product, title="Titre secret")
        stop(version)
        bodies = "".join(Message.objects.webhooks().values_list("body", flat=True))
        assert "Titre" not in bodies
        assert "erreur" not in bodies

    def test_nobody_listens(self, cast: Cast, django_assert_num_queries: Any) -> None:
        Message.objects.webhooks().delete()
        from content.outbox.models import WebhookEndpoint
        from content.positive_list import notifications

        endpoint = WebhookEndpoint.objects.get()
        endpoint.active = False
        from tests.factories import keep

        keep(endpoint, by=cast.admin)
        version = make_released(cast.product)
        assert told() == []
        with django_assert_num_queries(1):
            notifications.usability_changed({version.pk}, now=T0)
        with django_assert_num_queries(1):
            assert notifications.days_come(now=T0) == 0


class TestDays:
    def test_an_end_is_told_thirty_days_before_and_when_it_comes_once_each(
        self, cast: Cast
    ) -> None:
        ends = TODAY + 60 * DAY
        version = make_released(cast.product, cast.free_product, expires_on=ends)
        told()
        at = T0 + 29 * DAY
        assert sweep(at) == 0
        at += DAY
        assert [sweep(at + timedelta(hours=hour)) for hour in range(3)] == [1, 0, 0]
        (one,) = told()
        assert (one["code"], one["event"], one["last_usable_day"]) == (
            version.asset.code,
            "expiring",
            str(ends - DAY),
        )
        at = T0 + 60 * DAY
        assert [sweep(at + day * DAY) for day in range(3)] == [1, 0, 0]
        (one,) = told()
        assert (one["event"], one["last_usable_day"], one["reason"]) == ("expired", None, "expired")

    def test_a_sweep_that_was_dead_tells_the_end_and_no_more_that_it_comes(
        self, cast: Cast
    ) -> None:
        make_released(cast.product, expires_on=TODAY + 40 * DAY)
        told()
        assert sweep(T0 + 43 * DAY) == 1
        assert [event for _code, _number, event in events(told())] == ["expired"]

    def test_a_short_release_is_told_to_end_at_once(self, cast: Cast) -> None:
        make_released(cast.product, expires_on=TODAY + 5 * DAY)
        assert sweep(T0) == 1
        assert [event for _c, _n, event in events(told())] == ["released", "expiring"]

    def test_what_was_withdrawn_does_not_end_by_its_day(self, cast: Cast) -> None:
        version = make_released(cast.product, expires_on=TODAY + 20 * DAY)
        stop(version)
        assert sweep(T0) == 0
        assert sweep(T0 + 20 * DAY) == 0

    def test_what_ended_before_anybody_listened_is_not_told(self, cast: Cast) -> None:
        make_released(cast.product, now=T0 - 150 * DAY, expires_on=TODAY - 110 * DAY)
        assert sweep(T0) == 0

    def test_only_the_system_sweeps(self, cast: Cast) -> None:
        from approvals.audit import PolicyDenied

        with pytest.raises(PolicyDenied):
            announce_ends(by=cast.admin, now=T0)
