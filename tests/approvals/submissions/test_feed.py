"""The calendar address: told once, renewed, revoked; what its file holds, for whom."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from approvals.audit import PolicyDenied, act
from approvals.audit.models import AuditEvent
from approvals.people.actions import revoke_role
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.submissions.actions import (
    plan,
    renew_calendar_address,
    revoke_calendar_address,
)
from approvals.submissions.feed import Dated, calendar_of, dates_of
from approvals.submissions.models import CalendarAddress, DepositWindow
from content.assets.models import Version
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.factories.submissions import make_deposited, make_draft, pm_window

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def fetch(key: str, **headers: str) -> Any:
    return Client(headers=headers).get(f"/calendar/{key}.ics")


def events(person: User, today: date = TODAY) -> dict[str, Any]:
    calendar = Calendar.from_ical(calendar_of(person, today, root="https://visa.example.test"))
    return {str(event["uid"]).split("@")[0]: event for event in calendar.walk("VEVENT")}


@act("factory")
def leave(person: User, *, by: User, now: datetime) -> None:
    person.is_active = False
    person.save()


@act("factory")
def retitle(version: Version, title: str, *, by: User, now: datetime) -> None:
    version.asset.title = title
    version.asset.save()


class TestAddress:
    def test_only_its_digest_is_kept(self, cast: Cast) -> None:
        key = renew_calendar_address(by=cast.pm, now=NOW)

        address = CalendarAddress.objects.in_force().get(person=cast.pm)
        assert key not in address.key_hash
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        assert event.kind == "renew_calendar_address"
        assert key not in event.payload
        assert address.key_hash not in event.payload

    def test_a_new_one_ends_the_old_one(self, cast: Cast) -> None:
        old = renew_calendar_address(by=cast.pm, now=NOW)
        new = renew_calendar_address(by=cast.pm, now=NOW)
        assert old != new
        assert fetch(old).status_code == 404
        assert fetch(new).status_code == 200

    def test_revoked_it_answers_no_more(self, cast: Cast) -> None:
        key = renew_calendar_address(by=cast.pm, now=NOW)
        revoke_calendar_address(by=cast.pm, now=NOW)
        assert fetch(key).status_code == 404
        assert not CalendarAddress.objects.in_force().exists()

    def test_revoking_leaves_others_alone(self, cast: Cast) -> None:
        theirs = renew_calendar_address(by=cast.pm2, now=NOW)
        revoke_calendar_address(by=cast.pm, now=NOW)
        assert fetch(theirs).status_code == 200

    @pytest.mark.parametrize("person", ["rep", "msl", "agency"])
    def test_whoever_does_not_plan_has_none(self, cast: Cast, person: str) -> None:
        with pytest.raises(PolicyDenied) as refused:
            renew_calendar_address(by=getattr(cast, person), now=NOW)
        assert refused.value.code == "role_missing"

    def test_who_left_is_unknown(self, cast: Cast) -> None:
        key = renew_calendar_address(by=cast.pm, now=NOW)
        leave(cast.pm, by=cast.admin, now=NOW)
        assert fetch(key).status_code == 404

    def test_who_may_no_longer_plan_is_unknown(self, cast: Cast) -> None:
        key = renew_calendar_address(by=cast.pm, now=NOW)
        revoke_role(
            cast.pm, Role.PRODUCT_MANAGER, by=cast.admin, now=NOW, reason="A changé de poste."
        )
        assert fetch(key).status_code == 404

    @pytest.mark.parametrize("key", ["x", "a" * 43, "é" * 43, "a" * 4000])
    def test_what_was_never_given_is_unknown(self, cast: Cast, key: str) -> None:
        assert fetch(key).status_code == 404


class TestAnswer:
    def test_no_shared_cache_keeps_it(self, cast: Cast) -> None:
        answer = fetch(renew_calendar_address(by=cast.pm, now=NOW))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Cache-Control"].startswith("private")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "sessionid" not in answer.cookies

    def test_the_same_dates_are_not_sent_twice(self, cast: Cast) -> None:
        key = renew_calendar_address(by=cast.pm, now=NOW)
        first = fetch(key)
        again = fetch(key, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        make_draft(cast)
        plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=NOW)
        assert fetch(key, if_none_match=first["ETag"]).status_code == 200

    def test_the_page_shows_the_address_once(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.pm, backend="django.contrib.auth.backends.ModelBackend")
        page = reverse("submissions:calendar")

        made = client.post(page)
        address = made.context["address"]
        assert made["Cache-Control"] == "private, no-store"
        assert address in made.content.decode()
        assert fetch(address.rsplit("/", 1)[1].removesuffix(".ics")).status_code == 200
        assert address not in client.get(page).content.decode()

        client.post(reverse("submissions:revoke_calendar"))
        assert not CalendarAddress.objects.in_force().exists()


class TestDates:
    def test_windows_by_whole_days(self, cast: Cast) -> None:
        window = pm_window()
        found = events(cast.regulatory)
        opens = found[f"window-{window.pk}-opens"]
        assert opens["dtstart"].dt == date(2026, 4, 7)
        assert opens["dtend"].dt == date(2026, 4, 8)
        assert found[f"window-{window.pk}-closes"]["dtstart"].dt == date(2026, 4, 24)
        assert found[f"window-{window.pk}-closes"]["url"] == (
            f"https://visa.example.test/admin/submissions/windows/{window.pk}/"
        )

    def test_windows_long_closed_are_left_out(self, cast: Cast) -> None:
        old = DepositWindow.objects.get(category="PM", closes_on=date(2021, 10, 20))
        assert f"window-{old.pk}-closes" not in events(cast.regulatory)

    def test_the_latest_day_of_what_one_owns(self, cast: Cast) -> None:
        version = make_draft(cast)
        plan(version.pk, window=pm_window().pk, by=cast.pm, now=NOW)
        mine = events(cast.pm)[f"enter-{version.pk}"]
        assert mine["dtstart"].dt == date(2026, 3, 31)
        assert version.asset.title in mine["summary"]
        for other in (cast.pm2, cast.regulatory, cast.admin):
            assert f"enter-{version.pk}" not in events(other)

    def test_the_evaluation_of_what_one_may_see(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        day = date(2026, 4, 20)
        for person in (cast.pm, cast.regulatory):
            found = events(person, day)[f"evaluation-{dossier.pk}"]
            assert found["dtstart"].dt == date(2026, 6, 25)
        for other in (cast.pm2, cast.admin):
            assert f"evaluation-{dossier.pk}" not in events(other, day)

    def test_the_last_day_of_use_of_what_is_usable(self, cast: Cast) -> None:
        version = make_released(cast.product)
        period = version.periods.current().get()
        day = period.starts_on
        found = events(cast.pm, day)[f"expiry-{version.pk}"]
        assert found["dtstart"].dt == period.ends_on - timedelta(days=1)
        assert f"expiry-{version.pk}" not in events(cast.pm2, day)
        assert f"expiry-{version.pk}" not in events(cast.pm, period.ends_on)

    def test_an_administrator_sees_no_title(self, cast: Cast) -> None:
        make_deposited(cast)
        kinds = {dated.key.split("-")[0] for dated in dates_of(cast.admin, TODAY)}
        assert kinds == {"window"}


class TestForm:
    """RFC 5545: text is escaped, lines fold at 75 octets, CRLF ends them."""

    TITLE = "Brochure ; l'été, \\ « çà et là »\nBEGIN:VEVENT " + "é" * 120

    def written(self, cast: Cast) -> bytes:
        version = make_draft(cast)
        retitle(version, self.TITLE, by=cast.pm, now=T0)
        plan(version.pk, window=pm_window().pk, by=cast.pm, now=NOW)
        return calendar_of(cast.pm, TODAY, root="https://visa.example.test")

    def test_lines_fold_and_end_with_crlf(self, cast: Cast) -> None:
        content = self.written(cast)
        assert content.endswith(b"END:VCALENDAR\r\n")
        assert content.count(b"\n") == content.count(b"\r\n")
        assert max(len(line) for line in content.split(b"\r\n")) <= 75

    def test_text_is_escaped_and_comes_back(self, cast: Cast) -> None:
        content = self.written(cast)
        unfolded = content.replace(b"\r\n ", b"").decode()
        assert "Brochure \\; l'été\\, \\\\ « çà et là »\\nBEGIN:VEVENT" in unfolded
        # The title opens no event of its own.
        starts = [line for line in unfolded.split("\r\n") if line == "BEGIN:VEVENT"]
        assert len(starts) == len(dates_of(cast.pm, TODAY))
        latest = [
            one for one in Calendar.from_ical(content).walk("VEVENT") if "enter" in one["uid"]
        ]
        assert self.TITLE in latest[0]["summary"]

    def test_a_calendar_of_nothing_is_one(self, cast: Cast) -> None:
        assert dates_of(cast.rep, TODAY) == []
        content = calendar_of(cast.rep, TODAY, root="")
        assert Calendar.from_ical(content).walk("VEVENT") == []

    def test_in_the_language_of_the_person(self, cast: Cast) -> None:
        assert cast.regulatory.language == "fr"
        said = {str(event["summary"]) for event in events(cast.regulatory).values()}
        assert "ANSM PM : ouverture de la période" in {one.replace("\xa0", " ") for one in said}

    def test_a_key_names_one_event(self, cast: Cast) -> None:
        make_deposited(cast)
        keys = [dated.key for dated in dates_of(cast.regulatory, date(2026, 4, 20))]
        assert len(keys) == len(set(keys))
        assert isinstance(dates_of(cast.regulatory, TODAY)[0], Dated)
