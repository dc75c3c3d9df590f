"""Notices of an end of use: each once, whoever runs the sweep and when (DOMAIN.md §8)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.people.actions import choose_language, deactivate, system_actor
from approvals.people.enums import Role
from approvals.submissions.actions import plan_notices, record_window, tell_endings
from approvals.submissions.models import NoticePlan
from content.assets.actions import transfer_asset
from content.assets.enums import State
from content.assets.models import Version
from content.catalogue.actions import record_authorisation_end
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.assets import drive, make_asset, make_version
from tests.factories.clearing import make_cleared, next_cleared, release_it, suspend_it
from tests.factories.people import Cast, make_person

pytestmark = pytest.mark.django_db
# A Monday: 728 days after T0, two days before the visa of the factories ends.
ENDS = date(2028, 4, 10)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def before(days: int, ends_on: date = ENDS) -> datetime:
    return morning(ends_on - timedelta(days=days))


def sweep(at: datetime) -> int:
    return tell_endings(by=system_actor(), now=at)


def told(person: Any) -> list[Message]:
    topics = ("end_of_use", "visa_ends")
    return list(Message.objects.filter(recipient=person, topic__in=topics).order_by("pk"))


@pytest.fixture
def released(cast: Cast) -> Version:
    """A brochure of ``pm``, released, whose visa ends on 10 April 2028."""
    version = make_cleared(cast)
    release_it(version, cast.pharmacist)
    assert cast.regulatory.is_active
    return Version.objects.get(pk=version.pk)


class TestWhen:
    # 180 days before is a Wednesday; 90, 60 and 30 fall on weekdays, 7 on a Monday.
    @pytest.mark.parametrize("days", [180, 90, 60, 30, 7])
    def test_each_day_tells_once(self, cast: Cast, released: Version, days: int) -> None:
        day = ENDS - timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        at = morning(day)
        assert sweep(at) == 1
        assert len(told(cast.pm)) == 1
        assert sweep(at + timedelta(hours=1)) == 0
        assert len(told(cast.pm)) == 1

    def test_nothing_before_the_first_nor_after_the_end(
        self, cast: Cast, released: Version
    ) -> None:
        assert sweep(before(181)) == 0
        assert sweep(before(0)) == 0
        assert sweep(before(-3)) == 0

    @pytest.mark.slow
    def test_i11_all_of_them_over_the_days(self, cast: Cast, released: Version) -> None:
        for days in range(182, -2, -1):
            sweep(before(days))
        assert len(told(cast.pm)) == 5

    def test_a_late_sweep_tells_the_nearest_only(self, cast: Cast, released: Version) -> None:
        assert sweep(before(25)) == 1
        assert sweep(before(24)) == 0
        assert sweep(before(5)) == 1
        assert len(told(cast.pm)) == 2

    def test_they_wait_for_a_working_morning(self, cast: Cast, released: Version) -> None:
        saturday = datetime(2028, 3, 11, 9, tzinfo=UTC)
        assert (ENDS - saturday.date()).days == 30
        assert sweep(saturday) == 0
        assert sweep(datetime(2028, 3, 13, 5, tzinfo=UTC)) == 0
        assert sweep(datetime(2028, 3, 13, 8, tzinfo=UTC)) == 1

    def test_a_sweep_that_tells_nothing_leaves_no_event(
        self, cast: Cast, released: Version
    ) -> None:
        events = AuditEvent.objects.count()
        sweep(before(200))
        assert AuditEvent.objects.count() == events

    def test_another_end_is_told_of_anew(self, cast: Cast, released: Version) -> None:
        sweep(before(25))
        end_authorisation(cast, date(2028, 4, 3), before(24))
        assert sweep(before(24)) == 1
        assert "2028-04-03" in told(cast.pm)[-1].key


def end_authorisation(cast: Cast, day: date, now: datetime) -> None:
    record_authorisation_end(
        cast.product.pk, ends_on=day, reason="arrêt", by=cast.regulatory, now=now
    )


def said(person: Any, at: datetime, language: str = "en") -> str:
    """Return what the one notice of that sweep says to a person."""
    choose_language(language=language, by=person, now=at)
    # The row that the version names, as the database has it now.
    sweep(at)
    (message,) = told(person)
    return f"{message.subject}\n{message.body}"


class TestWhat:
    def test_the_visa_its_last_day_and_that_no_window_is_known(
        self, cast: Cast, released: Version
    ) -> None:
        text = said(cast.pm, before(90))
        assert f"{released} ends on 9 April 2028" in text
        assert "may be used until Sunday 9 April 2028, in 89 days." in text
        assert "Its visa ends then." in text
        assert "No window that can still be made is known" in text
        assert released.get_absolute_url() in text

    def test_by_when_to_enter_review(self, cast: Cast, released: Version) -> None:
        record(cast, date(2028, 1, 10), date(2028, 1, 28))
        assert "To keep it without a gap, enter review by Wednesday 5 January 2028 (" in said(
            cast.pm, before(180)
        )

    def test_too_late_and_when_it_comes_back(self, cast: Cast, released: Version) -> None:
        record(cast, date(2028, 3, 20), date(2028, 3, 31))
        text = said(cast.pm, before(60))
        assert "too late to keep it without a gap" in text
        assert "on 2 June 2028 at the earliest, after 53 days" in text

    def test_in_french_with_its_link(self, cast: Cast, released: Version) -> None:
        record(cast, date(2028, 1, 10), date(2028, 1, 28))
        text = said(cast.pm, before(180), "fr")
        assert "utilisable jusqu’au dimanche 9 avril 2028" in text
        assert "mercredi 5 janvier 2028" in text
        (message,) = told(cast.pm)
        assert message.link == released.get_absolute_url()

    def test_an_authorisation_that_ends_before_the_visa(
        self, cast: Cast, released: Version
    ) -> None:
        end_authorisation(cast, date(2028, 1, 10), before(200))
        # Sixty days before is Armistice Day, on which nobody is told.
        text = said(cast.pm, before(59, date(2028, 1, 10)))
        assert "may be used until Sunday 9 January 2028" in text
        assert "The authorisation of its product ends then." in text
        assert "No new version would be usable after it" in text

    def test_a_release_without_visa(self, cast: Cast) -> None:
        version = made_released(cast, nature="environment")
        text = said(cast.pm, before(30, version.expires_on))
        assert "The time for which it was released ends then." in text
        assert "To keep it without a gap, enter review by" in text

    def test_a_component(self, cast: Cast) -> None:
        version = made_released(cast, asset_type="email_fragment")
        assert "enter review by" in said(cast.pm, before(60, version.expires_on))
        assert told(cast.regulatory) == []

    def test_what_is_suspended_says_so(self, cast: Cast, released: Version) -> None:
        suspend_it(released, cast.pharmacist, now=before(100))
        assert "is suspended; it could come back until Sunday 9 April 2028 only" in said(
            cast.pm, before(60)
        )


class TestReplaced:
    def test_a_successor_without_a_gap_silences_the_old_one(
        self, cast: Cast, released: Version
    ) -> None:
        at = before(100)
        successor = next_cleared(
            cast, released, now=at, starts_on=at.date(), ends_on=date(2030, 1, 1)
        )
        release_it(successor, cast.pharmacist, now=at)
        assert sweep(before(60)) == 0

    def test_one_that_waits_for_its_release_only(self, cast: Cast, released: Version) -> None:
        at = before(100)
        next_cleared(cast, released, now=at, starts_on=at.date(), ends_on=date(2030, 1, 1))
        text = said(cast.pm, before(60))
        assert "Version 2 is under way (cleared). It waits for its release only." in text

    def test_a_gap_before_it_takes_over_is_told(self, cast: Cast, released: Version) -> None:
        at = before(100)
        successor = next_cleared(
            cast, released, now=at, starts_on=at.date(), ends_on=date(2030, 1, 1)
        )
        release_it(successor, cast.pharmacist, now=at, valid_from=date(2028, 4, 20))
        assert "takes over on 20 April 2028: 10 days without this material" in said(
            cast.pm, before(60)
        )


class TestWho:
    def test_the_owner_and_regulatory_then_the_pharmacist(
        self, cast: Cast, released: Version
    ) -> None:
        sweep(before(180))
        people = (cast.pm, cast.regulatory, cast.pharmacist, cast.pm2)
        assert [len(told(person)) for person in people] == [1, 1, 0, 0]
        sweep(before(28))
        assert [len(told(person)) for person in people] == [2, 2, 1, 0]
        assert told(cast.pm)[0].topic == "end_of_use"
        assert told(cast.regulatory)[0].topic == "visa_ends"

    def test_without_visa_regulatory_is_left_alone(self, cast: Cast) -> None:
        assert cast.regulatory.is_active
        version = made_released(cast, nature="environment")
        sweep(before(60, version.expires_on))
        assert [len(told(person)) for person in (cast.pm, cast.regulatory)] == [1, 0]

    def test_a_new_owner_is_told_the_next_one_only(self, cast: Cast, released: Version) -> None:
        sweep(before(90))
        other = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        transfer_asset(released.asset_id, to=other, reason="départ", by=cast.admin, now=before(89))
        assert sweep(before(88)) == 0
        sweep(before(60))
        assert [len(told(person)) for person in (cast.pm, other)] == [1, 1]

    def test_who_left_is_not_told_but_others_are(self, cast: Cast) -> None:
        version = made_released(cast, nature="environment")
        assert cast.regulatory.is_active
        assert cast.pharmacist.is_active
        deactivate(cast.pm, reason="départ", by=cast.admin, now=before(95))
        assert sweep(before(60, version.expires_on)) == 1
        people = (cast.pm, cast.regulatory, cast.pharmacist)
        assert [len(told(person)) for person in people] == [0, 1, 1]


class TestPlan:
    def test_an_administrator_changes_the_days(self, cast: Cast, released: Version) -> None:
        plan = plan_notices(days=[14, 118], by=cast.admin, now=T0)
        assert plan.days == [118, 14]
        assert sweep(before(119)) == 0
        assert sweep(before(118)) == 1
        assert sweep(before(18)) == 0

    def test_nobody_else_does(self, cast: Cast) -> None:
        for person in (cast.pm, cast.regulatory, cast.pharmacist):
            with pytest.raises(PolicyDenied) as refused:
                plan_notices(days=[10], by=person, now=T0)
            assert refused.value.code == "role_missing"

    @pytest.mark.parametrize("days", [[], [0], [367], [7, 7], list(range(1, 12))])
    def test_days_that_tell_nobody_are_refused(self, cast: Cast, days: list[int]) -> None:
        with pytest.raises(InvalidInput) as refused:
            plan_notices(days=days, by=cast.admin, now=T0)
        assert list(refused.value.errors) == ["days"]
        assert NoticePlan.objects.get().days == [180, 90, 60, 30, 7]

    def test_only_the_sweep_tells(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            tell_endings(by=cast.admin, now=T0)
        assert refused.value.code == "system_only"

    def test_the_page(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.admin)
        address = reverse("submissions:notices")
        assert "180, 90, 60, 30, 7" in client.get(address).content.decode()
        given = {"days": "120, 14", "sending": "a"}
        assert client.post(address, given).status_code == 302
        assert NoticePlan.objects.get().days == [120, 14]
        for wrong in ("", "demain", "14;7", "400"):
            answer = client.post(address, {"days": wrong, "sending": wrong or "b"})
            assert answer.status_code == 400, wrong
        client.force_login(cast.regulatory)
        assert client.get(address).status_code == 403

    def test_the_api(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.admin)
        json = "application/json"
        assert client.get("/api/v1/notices/").json() == {"days": [180, 90, 60, 30, 7]}
        answer = client.patch("/api/v1/notices/", {"days": [14, 30]}, content_type=json)
        assert answer.json() == {"days": [30, 14]}
        answer = client.patch("/api/v1/notices/", {"days": [0]}, content_type=json)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["days"])


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(cast: Cast, released: Version) -> None:
    """Where nothing is new: what was told is asked for once."""
    sweep(before(60))
    with CaptureQueriesContext(connection) as few:
        sweep(before(59))
    for _more in range(3):
        release_it(make_cleared(cast), cast.pharmacist)
    sweep(before(56))
    with CaptureQueriesContext(connection) as many:
        sweep(before(55))
    assert len(many) == len(few)


def record(cast: Cast, opens_on: date, closes_on: date) -> None:
    record_window(category="PM", opens_on=opens_on, closes_on=closes_on, by=cast.regulatory, now=T0)


def made_released(cast: Cast, **fields: Any) -> Any:
    """Return a released version of ``pm`` that needs no visa."""
    asset = make_asset(by=cast.pm, products=[cast.product], **fields)
    return drive(make_version(asset), State.RELEASED)
