"""A page that does one act: what it shows, what it refuses, what it never does twice."""

from typing import Any

import pytest
from django.test import Client

from approvals.audit.models import AuditEvent, IdempotencyKey
from approvals.people.models import User
from approvals.signatures.models import Signature
from tests.factories.people import PASSWORD, Cast, make_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.config.http.pages_under_test"),
]


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def said() -> int:
    return AuditEvent.objects.filter(kind__in=("say", "say_signed")).count()


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestWhoOpensIt:
    def test_anonymous_people_sign_in_first(self) -> None:
        assert Client().get("/say/")["Location"] == "/accounts/login/?next=/say/"

    def test_other_roles_are_told_so(self, cast: Cast) -> None:
        answer = browser(cast.rep).get("/say/")
        assert answer.status_code == 403
        assert "im-card" in text(answer)

    def test_a_refused_person_reads_why_instead_of_the_form(self, cast: Cast) -> None:
        client = browser(cast.medical2)
        for answer in (client.get("/say/"), client.post("/say/", {"word": "yes"})):
            assert answer.status_code == 403
            assert "You may not say anything." in text(answer)
            assert "<textarea" not in text(answer)
            assert 'name="word"' not in text(answer)
        assert said() == 0


class TestForm:
    def test_it_shows_what_will_happen(self, cast: Cast) -> None:
        page = text(browser(cast.medical).get("/say/"))
        assert "A word will be said." in page
        assert 'name="sending"' in page

    def test_it_wears_the_shell_of_its_address(self, cast: Cast) -> None:
        client = browser(cast.medical)
        assert "nav-sidebar" in text(client.get("/admin/say/"))
        assert "nav-sidebar" not in text(client.get("/say/"))

    @pytest.mark.parametrize(
        ("word", "status", "field", "sentence"),
        [
            ("", 400, "word", None),
            ("invalid", 400, "word", "This word is not said."),
            ("elsewhere", 400, "__all__", "Not this."),
            ("denied", 403, "__all__", "Not you."),
            ("conflict", 409, "__all__", "Too late."),
        ],
    )
    def test_a_refusal_is_told_where_it_belongs_and_nothing_is_lost(
        self, cast: Cast, word: str, status: int, field: str, sentence: str | None
    ) -> None:
        answer = browser(cast.medical).post("/say/", {"word": word, "sending": "k"})
        assert answer.status_code == status
        errors = answer.context["form"].errors
        assert list(errors) == [field]
        assert sentence is None or errors[field] == [sentence]
        assert f'value="{word}"' in text(answer) or not word
        assert said() == 0
        assert not IdempotencyKey.objects.exists()

    def test_done_redirects_and_says_so(self, cast: Cast) -> None:
        answer = browser(cast.medical).post("/say/", {"word": "yes", "sending": "k"}, follow=True)
        assert answer.redirect_chain == [("/profile/", 302)]
        assert "Said." in text(answer)
        assert said() == 1


class TestOnce:
    def test_the_same_sending_acts_once_and_leads_to_the_same_place(self, cast: Cast) -> None:
        client = browser(cast.medical)
        for _turn in range(2):
            answer = client.post("/say/", {"word": "yes", "sending": "k"})
            assert answer["Location"] == "/profile/"
        assert said() == 1

    def test_the_same_key_with_other_contents_is_refused(self, cast: Cast) -> None:
        client = browser(cast.medical)
        client.post("/say/", {"word": "yes", "sending": "k"})
        answer = client.post("/say/", {"word": "no", "sending": "k"})
        assert answer.status_code == 409
        assert 'value="no"' in text(answer)
        assert answer.context["sending"] != "k"
        assert said() == 1

    def test_a_key_is_its_persons_own(self, cast: Cast) -> None:
        for person in (cast.medical, cast.regulatory):
            browser(person).post("/say/", {"word": "yes", "sending": "k"})
        assert said() == 2

    def test_a_refused_sending_may_be_sent_again(self, cast: Cast) -> None:
        client = browser(cast.medical)
        client.post("/say/", {"word": "conflict", "sending": "k"})
        assert client.post("/say/", {"word": "yes", "sending": "k"}).status_code == 302


class TestSigned:
    """SECURITY.md 12, 13, 20 and 21, on pages."""

    def test_b13_a_session_alone_never_signs(self, cast: Cast) -> None:
        answer = browser(cast.medical).post("/sign/", {"word": "yes"})
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == ["password"]
        assert not Signature.objects.exists()

    def test_b12_a_wrong_password_signs_nothing_and_is_kept(self, cast: Cast) -> None:
        answer = browser(cast.medical).post("/sign/", {"word": "yes", "password": "never-this"})
        assert answer.status_code == 403
        assert list(answer.context["form"].errors) == ["password"]
        assert 'value="yes"' in text(answer)
        assert "never-this" not in text(answer)
        assert not Signature.objects.exists()
        assert AuditEvent.objects.filter(kind="signature_refused").count() == 1

    def test_b20_a_double_submit_gives_one_signature(self, cast: Cast) -> None:
        client = browser(cast.medical)
        for _turn in range(2):
            given = {"word": "yes", "password": PASSWORD, "sending": "k"}
            assert client.post("/sign/", given)["Location"] == "/profile/"
        assert Signature.objects.count() == 1
        assert said() == 1

    def test_b21_nobody_signs_before_the_statement(self, cast: Cast) -> None:
        person = make_person("medical_reviewer", accepted=False)  # type: ignore[arg-type]
        answer = browser(person).get("/sign/")
        assert answer.status_code == 403
        assert 'name="password"' not in text(answer)

    def test_it_says_who_signs_and_what_it_means(self, cast: Cast) -> None:
        page = text(browser(cast.medical).get("/sign/"))
        assert "(medical)" in page
        assert 'autocomplete="current-password"' in page


class TestErrors:
    def test_an_absent_page_is_a_sentence(self, cast: Cast) -> None:
        answer = browser(cast.medical).get("/nowhere/")
        assert answer.status_code == 404
        assert "im-card" in text(answer)

    def test_a_forged_form_is_refused_with_a_sentence(self, cast: Cast) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.medical, "django.contrib.auth.backends.ModelBackend")
        answer = client.post("/say/", {"word": "yes"})
        assert answer.status_code == 403
        assert "im-card" in text(answer)
        assert said() == 0

    def test_a_failure_of_ours_tells_no_more_than_that(self) -> None:
        from django.test import RequestFactory

        from config.http.errors import broken

        answer = broken(RequestFactory().get("/"))
        assert answer.status_code == 500
        assert "Traceback" not in text(answer)


class TestSignIn:
    def test_closed_routes_do_not_exist(self) -> None:
        for route in ("signup", "password/reset", "reauthenticate", "email"):
            assert Client().get(f"/accounts/{route}/").status_code == 404

    def test_a_wrong_and_an_unknown_name_are_told_alike(self, cast: Cast) -> None:
        assert cast.medical
        answers = [
            Client().post("/accounts/login/", {"login": name, "password": "wrong wrong"})
            for name in ("medical", "nobody")
        ]
        told = [answer.context["form"].errors.as_text() for answer in answers]
        assert told[0] == told[1]

    def test_signing_out_is_a_post(self, cast: Cast) -> None:
        client = browser(cast.medical)
        client.get("/accounts/logout/")
        assert client.get("/profile/").status_code == 200
        client.post("/accounts/logout/")
        assert client.get("/profile/").status_code == 302

    def test_the_admins_own_entrance_leads_to_the_houses(self, cast: Cast) -> None:
        assert Client().get("/admin/", follow=True).redirect_chain[-1] == (
            "/accounts/login/?next=/admin/",
            302,
        )
        assert browser(cast.rep).get("/admin/", follow=True).status_code == 403
        client = browser(cast.medical)
        assert client.get("/admin/password_change/")["Location"] == "/profile/password/"
        client.post("/admin/logout/")
        assert client.get("/profile/").status_code == 302

    def test_nobody_is_led_out_of_the_house(self) -> None:
        answer = Client().get("/admin/login/", {"next": "https://elsewhere.example/"})
        assert answer["Location"].startswith("/accounts/login/?next=")
