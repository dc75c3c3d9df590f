"""The list of references: what became of each, and the numbers that were never given.

That fifty people at once get fifty of them is invariant 5 (``test_invariants.py``).
"""

from datetime import date

import pytest
from django.urls import reverse

from approvals.submissions.actions import plan
from approvals.submissions.models import ReferenceCounter
from content.assets.models import Reference
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import make_approved, make_draft, pm_window, window_of
from tests.security.conftest import client_of

pytestmark = pytest.mark.django_db


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
