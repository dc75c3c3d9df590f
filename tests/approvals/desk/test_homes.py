"""Each role's home, navigation and profile."""

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from approvals.audit import InvalidInput
from approvals.audit.acts import registry
from approvals.audit.models import AuditEvent
from approvals.desk.act_words import WORDS
from approvals.desk.dashboard.home import cards_of, deed_of
from approvals.desk.navigation import entries
from approvals.people.actions import choose_language, grant_role
from approvals.people.enums import Role
from approvals.people.models import User
from content.assets.enums import State
from tests.approvals.desk.conftest import SignIn
from tests.factories import T0
from tests.factories.assets import drive, make_asset, make_version
from tests.factories.people import PASSWORD, Cast
from tests.factories.review import in_review

pytestmark = pytest.mark.django_db


def titles(person: User) -> list[str]:
    return [str(card.title) for card in cards_of(person, T0)]


class TestHome:
    def test_anonymous_people_sign_in_first(self) -> None:
        assert Client().get("/")["Location"] == "/accounts/login/?next=/"

    def test_each_role_is_sent_to_its_home(self, cast: Cast, signed_in: SignIn) -> None:
        expected = {
            **dict.fromkeys(["pm", "medical", "pharmacist", "inspector", "admin"], "/admin/"),
            **dict.fromkeys(["rep", "msl"], reverse("positive_list:field")),
            "agency": reverse("review:invitations"),
        }
        for name, home in expected.items():
            assert signed_in(getattr(cast, name)).get("/")["Location"] == home, name

    @pytest.mark.parametrize("name", Cast.EVERYBODY)
    def test_the_dashboard_opens_for_the_office_and_for_nobody_else(
        self, cast: Cast, signed_in: SignIn, name: str
    ) -> None:
        person = getattr(cast, name)
        answer = signed_in(person).get(reverse("admin:index"))
        assert (answer.status_code == 200) == person.is_office
        assert not person.is_office or answer.context["cards"]

    def test_a_product_manager_sees_what_is_with_whom(self, cast: Cast) -> None:
        cycle = in_review(cast)
        waiting, elsewhere, _windows = cards_of(cycle.version.asset.owner, T0)
        assert waiting.lines == []
        assert [line.state for line in elsewhere.lines] == [State.IN_REVIEW]
        assert elsewhere.lines[0].remark.count(",") == 2

    def test_a_reviewer_sees_the_task_and_the_button_that_opens_it(self, cast: Cast) -> None:
        cycle = in_review(cast)
        lines = [line for card in cards_of(cast.medical, T0) for line in card.lines]
        assert len(lines) == 1
        task = cycle.tasks.get(role="medical_reviewer")
        assert lines[0].url == reverse("review:task", args=[task.pk])
        deed = deed_of(cast.medical, T0)
        assert deed is not None
        assert deed.url == lines[0].url

    def test_a_pharmacist_sees_what_waits_and_what_lapses(self, cast: Cast) -> None:
        def made(state: State, months: int) -> None:
            asset = make_asset(by=cast.pm, products=[cast.product])
            drive(make_version(asset), state, months=months)

        made(State.CLEARED, 24)
        made(State.RELEASED, 2)
        made(State.RELEASED, 24)
        cards = {str(card.title): card for card in cards_of(cast.pharmacist, T0)}
        by_count = [len(card.lines) for card in list(cards.values())[-5:]]
        assert by_count == [1, 0, 0, 0, 1]

    def test_an_administrator_sees_the_chain_hold_and_whose_rights_changed(
        self, cast: Cast
    ) -> None:
        grant_role(cast.legal, Role.DPO, by=cast.admin, now=T0)
        running, evidence, _locked, rights = cards_of(cast.admin, T0)
        assert running.lines[0].end
        assert evidence.lines[0].alarm == ""
        assert evidence.lines[0].end
        assert rights.lines[0].text == str(cast.legal)
        assert str(cast.admin) in rights.lines[0].remark

    def test_an_administrator_sees_no_asset(self, cast: Cast, signed_in: SignIn) -> None:
        made = make_version(make_asset(by=cast.pm, products=[cast.product], title="Secret"))
        page = signed_in(cast.admin).get(reverse("admin:index")).content.decode()
        assert made.asset.code not in page
        assert "Secret" not in page


class TestNavigation:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        "name", ["pm", "mpm", "medical", "regulatory", "pharmacist", "inspector", "admin"]
    )
    def test_no_entry_leads_nowhere(self, cast: Cast, signed_in: SignIn, name: str) -> None:
        """Opens every page of the navigation: more than a second on a slow machine."""
        person = getattr(cast, name)
        request = RequestFactory().get("/admin/")
        request.user = person
        links = [item["link"] for group in entries(request) for item in group["items"]]
        assert links
        client = signed_in(person)
        for link in links:
            assert client.get(link).status_code == 200, link

    def test_the_shell_shows_it(self, cast: Cast) -> None:
        request = RequestFactory().get("/admin/")
        request.user = cast.pm
        shown = admin.site.each_context(request)["sidebar_navigation"]
        assert reverse("desk:assets") in [item["link"] for item in shown[0]["items"]]


class TestProfile:
    def test_it_says_who_one_is(self, cast: Cast, signed_in: SignIn) -> None:
        page = signed_in(cast.rep).get(reverse("desk:profile")).content.decode()
        assert "rep" in page
        assert "Cardiology" in page

    def test_the_statement_is_accepted_once(self, cast: Cast, signed_in: SignIn) -> None:
        person = cast.pm
        client = signed_in(person)
        url = reverse("desk:accountability")
        assert client.get(url).status_code == 200
        assert client.post(url, {"accepted": "on", "sending": "a"}).status_code == 302
        assert client.post(url, {"sending": "b"}).status_code == 400

    def test_a_password_is_changed_and_the_session_stays(
        self, cast: Cast, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.pm)
        fresh = "le chat dort sur le toit"
        answer = client.post(
            reverse("desk:password"), {"current": PASSWORD, "password": fresh, "again": fresh}
        )
        assert answer.status_code == 302
        assert client.get(reverse("desk:profile")).status_code == 200
        assert User.objects.get(pk=cast.pm.pk).check_password(fresh)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            (
                {"current": "wrong", "password": "a long sentence", "again": "a long sentence"},
                "current",
            ),
            ({"current": PASSWORD, "password": "short", "again": "short"}, "password"),
            ({"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "password"),
            ({"current": PASSWORD, "password": "a long sentence", "again": "another"}, "again"),
        ],
    )
    def test_a_bad_entry_is_told_at_its_field(
        self, cast: Cast, signed_in: SignIn, given: dict[str, str], field: str
    ) -> None:
        answer = signed_in(cast.pm).post(reverse("desk:password"), given)
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == [field]
        assert User.objects.get(pk=cast.pm.pk).check_password(PASSWORD)

    def test_the_language_is_chosen_there_for_pages_and_mails(
        self, cast: Cast, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.pm)
        profile = reverse("desk:profile")
        answer = client.post(reverse("desk:language"), {"language": "en"})
        assert answer["Location"] == profile
        assert '<html lang="en"' in client.get(profile).content.decode()
        assert User.objects.get(pk=cast.pm.pk).language == "en"
        assert AuditEvent.objects.filter(kind="choose_language", actor=cast.pm).count() == 1

    def test_another_language_is_not_spoken(self, cast: Cast, signed_in: SignIn) -> None:
        answer = signed_in(cast.pm).post(reverse("desk:language"), {"language": "de"})
        assert answer.status_code == 404
        assert User.objects.get(pk=cast.pm.pk).language == "fr"
        with pytest.raises(InvalidInput) as refused:
            choose_language(language="de", by=cast.pm, now=T0)
        assert refused.value.code == "invalid"
        assert list(refused.value.errors) == ["language"]

    def test_signing_in_goes_on_in_ones_own_language(self, cast: Cast, client: Client) -> None:
        choose_language(language="en", by=cast.pm, now=T0)
        given = {"login": "pm", "password": PASSWORD}
        french = {"accept-language": "fr"}
        assert client.post(reverse("account_login"), given, headers=french).status_code == 302
        text = client.get(reverse("desk:profile"), headers=french).content.decode()
        assert '<html lang="en"' in text
        assert "My profile" in text

    def test_signing_in_speaks_as_the_rest_does(self, cast: Cast, client: Client) -> None:
        given = {"login": cast.pm.username, "password": "not my password"}
        text = client.post(reverse("account_login"), given).content.decode()
        assert "L’identifiant ou le mot de passe est incorrect." in text
        client.post(reverse("account_login"), {**given, "password": PASSWORD})
        assert "im-message" not in client.get(reverse("admin:index")).content.decode()


def test_every_act_has_its_words() -> None:
    # Some actions are called by commands alone: whatever was imported before, all are asked.
    autodiscover_modules("actions")
    kinds = {
        registered.kind
        for registered in registry.values()
        if registered.function.startswith(("approvals.", "content."))
    }
    assert kinds == set(WORDS)
