"""One window with its history, the past ones, and a file of windows brought by a page."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from approvals.people.models import User
from approvals.submissions.actions import edit_window
from approvals.submissions.models import DepositWindow
from approvals.submissions.window_history import window_history
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import make_approved, make_batch, pm_window, window_of

pytestmark = pytest.mark.django_db
HEAD = "authority,category,opens_on,closes_on,source\n"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(T0, tick=False), translation.override("en"):
        yield


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(cast: Cast, content: str | bytes, person: str = "regulatory") -> Any:
    file = SimpleUploadedFile(
        "windows.csv", content.encode() if isinstance(content, str) else content
    )
    page = reverse("submissions:import_windows")
    return client_of(getattr(cast, person)).post(page, {"file": file}, follow=True)


class TestWindowPage:
    def test_its_history_says_who_what_and_why(self, cast: Cast) -> None:
        window = pm_window()
        edit_window(
            window.pk,
            changes={
                "evaluation_ends_on": date(2026, 6, 30),
                "overridden_reason": "Publiée ainsi.",
            },
            reason="Décision du 12 mars.",
            by=cast.regulatory,
            now=T0,
        )
        found = window_history(window)
        assert [change.recorded for change in found] == [False, True]
        assert (found[0].who, found[0].why) == (cast.regulatory, "Décision du 12 mars.")
        assert ("Evaluation ends on", "25 June 2026", "30 June 2026") in found[0].fields

        page = client_of(cast.pm).get(window.get_absolute_url()).content.decode()
        assert "Décision du 12 mars." in page
        assert "30 June 2026" in page
        assert reverse("submissions:edit_window", args=[window.pk]) not in page

    def test_what_is_planned_stays_within_what_one_sees(self, cast: Cast) -> None:
        version = make_approved(cast)
        address = pm_window().get_absolute_url()
        assert version.asset.code in client_of(cast.pm).get(address).content.decode()
        for other in (cast.pm2, cast.admin):
            assert version.asset.code not in client_of(other).get(address).content.decode()

    def test_its_batches_are_linked_for_those_who_see_them(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        address = pm_window().get_absolute_url()
        link = f'href="{batch.get_absolute_url()}"'
        assert link in client_of(cast.regulatory).get(address).content.decode()
        assert link not in client_of(cast.pm2).get(address).content.decode()

    @pytest.mark.parametrize("person", ["rep", "msl", "agency"])
    def test_the_field_does_not_open_it(self, cast: Cast, person: str) -> None:
        assert (
            client_of(getattr(cast, person)).get(pm_window().get_absolute_url()).status_code == 403
        )

    def test_the_past_ones_can_be_reached(self, cast: Cast) -> None:
        old = window_of(date(2021, 10, 20))
        listed = client_of(cast.pm).get(reverse("submissions:past_windows"))
        assert old.get_absolute_url() in listed.content.decode()
        assert pm_window().get_absolute_url() not in listed.content.decode()
        page = client_of(cast.pm).get(old.get_absolute_url())
        assert "Closed Wednesday 20 October 2021" in page.content.decode()


class TestImportPage:
    def test_a_file_is_read_and_its_bad_lines_are_told(self, cast: Cast) -> None:
        answer = sent(
            cast,
            HEAD
            + "ANSM,PM,2027-01-11,2027-01-29,published\n"
            + "ANSM,PM,11/04/2027,2027-04-30,published\n"
            + "ANSM,PM,2027-01-20,2027-02-05,published\n"
            + "ANSM,PM,2026-04-07,2026-04-24,published\n",
        )
        said = [str(message) for message in answer.context["messages"]]
        assert said[0].startswith("Line 3: ")
        assert "11/04/2027" in said[0]
        assert said[1].startswith("Line 4: These days overlap another window")
        assert said[2] == "1 windows recorded, 1 known already, 2 lines left out."
        assert DepositWindow.objects.filter(opens_on__year=2027).count() == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "This file has no line under its heading."),
            (HEAD, "This file has no line under its heading."),
            (
                "a,b\n1,2\n",
                "This file lacks the columns: authority, category, opens_on, closes_on.",
            ),
            (b"\xff\xfe\x00", "This file is not UTF-8: save it so first."),
            (HEAD + "x" * 1_000_001, "This file is too large for a list of windows."),
            (HEAD + '"' + "x" * 200_000, "This file cannot be read as a CSV."),
        ],
    )
    def test_what_is_no_list_is_said_at_the_file(
        self, cast: Cast, content: str | bytes, said: str
    ) -> None:
        answer = sent(cast, content)
        assert answer.status_code == 400
        assert answer.context["form"].errors["file"] == [said]

    @pytest.mark.parametrize(("person", "status"), [("pm", 403), ("medical", 403), ("admin", 400)])
    def test_who_may(self, cast: Cast, person: str, status: int) -> None:
        assert sent(cast, b"", person).status_code == status


class TestApi:
    def test_the_plan_says_outlook_reason_and_latest_day(self, cast: Cast) -> None:
        make_approved(cast)
        body = client_of(cast.pm).get(f"/api/v1/windows/{pm_window().pk}/plan/").json()
        (line,) = body["planned"]
        assert line["outlook"] == "on_track"
        assert line["reason"] == line["reasons"][0]
        assert "17 April 2026" in line["reason"] or "17 avril 2026" in line["reason"]
        assert (line["enter_by"], line["act_by"]) == (None, "2026-04-17")
        (route,) = [one for one in body["routes"] if not one["asset_type"]]
        assert (route["review_days"], route["enter_by"]) == (7, "2026-03-31")
