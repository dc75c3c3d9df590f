"""The list of assets, an asset's page, a version's page and its files: who sees what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.people.enums import OWNERS, READERS_OF_ALL, Role
from content.assets.enums import State
from content.assets.models import Version
from content.calendar import add_months, paris_day
from tests.approvals.desk.conftest import SignIn
from tests.factories import T0
from tests.factories.assets import (
    drive,
    make_asset,
    make_html,
    make_pdf,
    make_released,
    make_version,
)
from tests.factories.people import Cast
from tests.factories.review import in_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(cast: Cast) -> Version:
    asset = make_asset(by=cast.pm, products=[cast.product], title="Brochure cœur")
    return make_version(asset, files=[make_pdf()])


def address(version: Version) -> str:
    return reverse("desk:version", args=[version.asset.code, version.number])


class TestWhoSees:
    @pytest.mark.parametrize("name", Cast.EVERYBODY)
    def test_each_role_gets_the_list_or_a_refusal(
        self, cast: Cast, signed_in: SignIn, name: str
    ) -> None:
        person = getattr(cast, name)
        sees = person.holds(*OWNERS, *READERS_OF_ALL)
        answer = signed_in(person).get(reverse("desk:assets"))
        assert answer.status_code == (200 if sees else 403)

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("pm", 200),
            ("pm2", 404),
            ("mpm", 200),
            ("medical", 200),
            ("inspector", 200),
            ("pharmacist", 200),
            ("admin", 403),
            ("rep", 403),
            ("agency", 403),
        ],
    )
    def test_each_role_gets_the_page_a_refusal_or_nothing(
        self, cast: Cast, version: Version, signed_in: SignIn, name: str, status: int
    ) -> None:
        client = signed_in(getattr(cast, name))
        for url in (address(version), version.asset.get_absolute_url(), file_of(version)):
            assert client.get(url).status_code == status, url

    def test_anonymous_people_sign_in_first(self, version: Version) -> None:
        for url in (address(version), reverse("desk:assets"), file_of(version)):
            answer = Client().get(url)
            assert answer.status_code == 302
            assert answer["Location"].startswith("/accounts/login/?next=")

    def test_another_teams_asset_is_not_in_the_list(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        assert version.asset.code in _text(signed_in(cast.pm).get(reverse("desk:assets")))
        assert version.asset.code not in _text(signed_in(cast.pm2).get(reverse("desk:assets")))


def file_of(version: Version) -> str:
    return reverse("desk:file", args=[version.asset.code, version.number, 1, 1])


def _text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


class TestList:
    def test_filters_narrow_and_stay_in_the_address(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        other = make_version(make_asset(by=cast.pm, products=[cast.product], title="Affiche"))
        drive(other, State.WITHDRAWN)
        client = signed_in(cast.pm)
        page = _text(client.get(reverse("desk:assets"), {"state": "withdrawn"}))
        assert other.asset.code in page
        assert version.asset.code not in page
        assert '<option value="withdrawn" selected>' in page
        assert version.asset.code in _text(client.get(reverse("desk:assets"), {"q": "cœur"}))
        assert version.asset.code in _text(client.get(reverse("desk:assets"), {"mine": "1"}))

    def test_an_unknown_filter_value_is_as_if_none_were_given(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        answer = signed_in(cast.pm).get(reverse("desk:assets"), {"state": "nonsense", "page": "x"})
        assert version.asset.code in _text(answer)

    def test_the_export_holds_the_rows_and_no_formula(self, cast: Cast, signed_in: SignIn) -> None:
        make_version(make_asset(by=cast.pm, products=[cast.product], title="=HYPERLINK(1)"))
        answer = signed_in(cast.pm).get(reverse("desk:assets"), {"format": "csv"})
        assert answer["Content-Type"].startswith("text/csv")
        assert "'=HYPERLINK(1)" in _text(answer)
        assert ";=HYPERLINK" not in _text(answer)

    @pytest.mark.slow
    def test_rows_add_no_query(self, cast: Cast, signed_in: SignIn) -> None:
        """30 real files are made: more than a second."""
        client = signed_in(cast.pm)
        counts = []
        for more in (10, 20):
            for _turn in range(more):
                made = make_version(make_asset(by=cast.pm, products=[cast.product]))
                drive(made, State.IN_REVIEW)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("desk:assets")).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestVersionPage:
    def test_it_says_who_has_it_and_what_one_may_do(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        page = signed_in(cast.pm).get(address(version))
        assert page.context["holder"].who == [str(cast.pm)]
        assert [step.status for step in page.context["steps"]] == ["now", *["ahead"] * 6]
        assert "im-pill" in _text(page)

    def test_a_reviewer_is_sent_to_their_task(self, cast: Cast, signed_in: SignIn) -> None:
        cycle = in_review(cast)
        page = signed_in(cast.medical).get(address(cycle.version))
        assert [task.role for task in page.context["my_tasks"]] == [Role.MEDICAL_REVIEWER]
        assert page.context["why"] == ""
        assert len(page.context["holder"].who) == 3

    def test_a_reader_is_offered_nothing(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        page = signed_in(cast.inspector).get(address(version))
        assert page.context["buttons"] == []

    def test_what_is_usable_says_until_when(self, cast: Cast, signed_in: SignIn) -> None:
        now = timezone.now()
        page = signed_in(cast.pm).get(address(make_released(cast, now=now)))
        last = add_months(paris_day(now), 24) - timedelta(days=1)
        assert page.context["usable"]
        assert page.context["last_day"] == last
        assert "im-validity--yes" in _text(page)

    def test_what_is_not_usable_says_why(self, cast: Cast, signed_in: SignIn) -> None:
        page = signed_in(cast.pm).get(address(make_released(cast, now=T0 - timedelta(days=900))))
        assert not page.context["usable"]
        assert [reason.code for reason in page.context["reasons"]] == ["expired"]
        assert "im-validity--no" in _text(page)

    def test_the_story_names_who_did_what(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        story = signed_in(cast.pm).get(address(version)).context["story"]
        assert [moment.who for moment in story] == [cast.pm, cast.pm]
        assert story[0].state == State.DRAFT


class TestFile:
    def test_a_pdf_is_shown_and_downloaded_byte_for_byte(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.pm)
        shown = client.get(file_of(version))
        assert shown["Content-Type"] == "application/pdf"
        assert shown["Content-Disposition"].startswith("inline")
        assert shown["X-Content-Type-Options"] == "nosniff"
        saved = client.get(file_of(version), {"download": ""})
        assert saved["Content-Disposition"].startswith("attachment")
        assert b"".join(shown.streaming_content) == b"".join(saved.streaming_content)  # type: ignore[attr-defined]

    def test_html_is_never_shown_from_our_address(self, cast: Cast, signed_in: SignIn) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        made = make_version(asset, files=[make_html()])
        answer = signed_in(cast.pm).get(file_of(made))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"

    def test_a_file_that_is_not_there(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        absent = reverse("desk:file", args=[version.asset.code, version.number, 1, 9])
        assert signed_in(cast.pm).get(absent).status_code == 404


class TestPolicyOfContent:
    def test_every_page_says_what_may_run(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.pm)
        for url in (address(version), reverse("desk:assets"), "/admin/"):
            policy = client.get(url)["Content-Security-Policy"]
            assert "script-src 'self' 'unsafe-eval'" in policy
            assert "frame-ancestors 'self'" in policy
        for url in (reverse("desk:profile"), "/nothing/"):
            policy = client.get(url)["Content-Security-Policy"]
            assert "unsafe" not in policy
