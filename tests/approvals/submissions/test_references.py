"""References: given once, one after the other, also to fifty people at once; listed with gaps."""

import functools
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse

from approvals.people.actions import system_actor
from approvals.submissions.actions import plan
from approvals.submissions.actions.planning import take_number
from approvals.submissions.models import ReferenceCounter
from content.assets.models import Reference
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.submissions import make_approved, make_draft, pm_window, window_of
from tests.races import Meeting, at_once
from tests.security.conftest import client_of

pytestmark = pytest.mark.django_db
needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="rows are locked on PostgreSQL only"
)


def take() -> int:
    """Take a number as an act does: within one transaction."""
    with transaction.atomic():
        return take_number("60000001", "PM", 2026, 4)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.slow  # fifty connections
class TestFiftyAtOnce:
    def test_each_gets_a_number_of_its_own_without_a_gap(self, cast: Cast) -> None:
        numbers = at_once(*[take] * 50)
        assert sorted(numbers) == list(range(1, 51))

    def test_each_plan_reserves_another_reference(self, cast: Cast) -> None:
        window = pm_window().pk
        versions = [make_draft(cast) for _ in range(50)]
        jobs = [
            functools.partial(plan, version.pk, window=window, by=cast.pm, now=T0)
            for version in versions
        ]
        given = at_once(*jobs)
        values = sorted(str(getattr(one, "value", one)) for one in given)
        assert values == [f"26/04/60000001/PM/{n:03d}" for n in range(1, 51)]
        assert Reference.objects.filter(cis="60000001").count() == 50

    def test_without_its_lock_two_get_the_same_number(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Proves that the test above would fail: the lock is what keeps numbers apart."""
        take()
        meeting = Meeting()
        meeting.insist()
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
        real = ReferenceCounter.save

        def meet_then_save(self: Any, *args: Any, **kwargs: Any) -> None:
            meeting.wait()
            real(self, *args, **kwargs)

        monkeypatch.setattr(ReferenceCounter, "save", meet_then_save)
        assert at_once(take, take) == [2, 2]


def without_the_second(cast: Cast) -> list[str]:
    """Three references of April and one of July; number 2 of April was never given."""
    make_approved(cast)
    counter = ReferenceCounter.objects.get(cis="60000001", month=4)
    counter.last = 2
    counter.save()
    later = make_draft(cast)
    plan(later.pk, window=pm_window().pk, by=cast.pm, now=T0)
    moved = make_draft(cast)
    plan(moved.pk, window=pm_window().pk, by=cast.pm, now=T0)
    july = window_of(date(2026, 7, 28)).pk
    plan(moved.pk, window=july, by=cast.pm, now=T0)
    return list(Reference.objects.order_by("value").values_list("value", flat=True))


class TestList:
    def test_shows_what_became_of_each_and_what_was_never_given(self, cast: Cast) -> None:
        values = without_the_second(cast)
        page = client_of(cast.regulatory).get(reverse("submissions:references"))
        shown = page.content.decode()
        assert all(value in shown for value in values)
        assert "26/04/60000001/PM/002" in shown
        rows = {
            row["reference"].number: row
            for row in page.context["rows"]
            if "/04/" in row["reference"].value
        }
        assert rows[3]["gap"] == ["26/04/60000001/PM/002"]
        assert rows[4]["reference"].status == "burnt"
        assert rows[4]["reference"].burnt_reason in shown
        assert (page.context["gaps"], page.context["burnt"]) == (1, 1)

    def test_the_api_tells_the_same_by_product_category_and_month(self, cast: Cast) -> None:
        without_the_second(cast)
        client = client_of(cast.regulatory)
        asked = "?cis=60000001&category=PM&year=2026&month=4"
        rows = client.get(f"/api/v1/references/{asked}").json()["results"]
        assert [(row["number"], row["status"], row["gap_before"]) for row in rows] == [
            (1, "reserved", []),
            (3, "reserved", [2]),
            (4, "burnt", []),
        ]
        assert rows[2]["burnt_reason"]
        for wrong in ("cis=1", "category=XX", "year=1", "month=13"):
            refused = client.get(f"/api/v1/references/?{wrong}")
            assert (refused.status_code, list(refused.json()["errors"])) == (
                400,
                [wrong.partition("=")[0]],
            )

    def test_the_file_holds_the_gap_in_its_place(self, cast: Cast) -> None:
        without_the_second(cast)
        address = reverse("submissions:references") + "?month=4&format=csv"
        lines = client_of(cast.regulatory).get(address).content.decode("utf-8-sig").splitlines()
        told = [line.split(";")[0] for line in lines[1:]]
        assert told == [f"26/04/60000001/PM/{n:03d}" for n in (1, 2, 3, 4)]

    def test_an_owner_sees_those_of_their_teams(self, cast: Cast) -> None:
        without_the_second(cast)
        client = client_of(cast.pm2)
        assert client.get("/api/v1/references/").json()["results"] == []
        assert client.get(reverse("submissions:references")).context["rows"] == []
        assert client_of(cast.rep).get("/api/v1/references/").status_code == 403

    def test_a_number_is_never_given_twice_also_behind_the_actions(self, cast: Cast) -> None:
        make_approved(cast)
        first = Reference.objects.get()
        again = Reference(
            value="26/04/60000001/PM/999",
            cis=first.cis,
            category=first.category,
            year=first.year,
            month=first.month,
            number=first.number,
            reserved_by=first.reserved_by,
            reserved_at=T0,
        )
        with pytest.raises(IntegrityError):
            keep(again, by=system_actor())
