"""The bases of the API: shapes, keys, cursors, problems; shown on small endpoints of their own."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from rest_framework import serializers
from rest_framework.test import APIRequestFactory, force_authenticate

from approvals.audit import PolicyDenied, StateConflict, act, current_act
from approvals.audit.models import AuditEvent, IdempotencyKey
from approvals.people.models import ApiToken, User
from approvals.signatures.actions import sign
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from config.http.api import ActEndpoint, ListEndpoint, Shape
from tests.factories.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db


class WordShape(Shape):
    word = serializers.CharField()


@act("say")
def say(word: str, *, by: User, now: datetime) -> int:
    """Say a word, which the trail keeps."""
    current_act().note(word=word)
    if word == "no":
        raise PolicyDenied("not_that", "Not that word.")
    return AuditEvent.objects.count()


class Say(ActEndpoint):
    serializer_class = WordShape

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        return 201, {"count": say(data["word"], by=by, now=now)}


@act("swear")
def swear(word: str, *, credentials: Proof, by: User, now: datetime) -> Signature:
    """Sign a word."""
    if word == "never":
        raise StateConflict("never", "Never.")
    return sign(
        credentials,
        by=by,
        now=now,
        meaning=Meaning.RELEASE,
        role=by_role(by),
        covers=[("word", word, "d" * 64)],
    )


def by_role(by: User) -> Any:
    return next(iter(by.role_names))


class Swear(SignedActEndpoint):
    serializer_class = WordShape
    meaning = Meaning.RELEASE

    def perform(
        self, obj: Any, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> tuple[int, Any]:
        signature = swear(data["word"], credentials=credentials, by=by, now=now)
        return 200, {"signature": signature.pk}


class GroupShape(serializers.Serializer[Any]):
    name = serializers.CharField()


class Groups(ListEndpoint):
    read_serializer_class = GroupShape
    parameters = ("name",)
    ordering = ("name",)

    def get_queryset(self) -> Any:
        return Group.objects.all()


def call(
    view: Any, body: Any = None, *, by: User | None, key: str | None = None, **extra: Any
) -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    request = APIRequestFactory().post("/x/", body or {}, format="json", **headers, **extra)
    if by is not None:
        force_authenticate(request, by)
    response = view.as_view()(request)
    response.render()
    return response


def get(view: Any, path: str, *, by: User) -> Any:
    request = APIRequestFactory().get(path)
    force_authenticate(request, by)
    return view.as_view()(request).render()


class TestShape:
    def test_an_act_answers_with_its_status_and_body(self, cast: Cast) -> None:
        response = call(Say, {"word": "hello"}, by=cast.pm)
        assert response.status_code == 201
        assert AuditEvent.objects.filter(kind="say").count() == 1

    @pytest.mark.parametrize(
        ("body", "field"), [({}, "word"), ({"word": "a", "state": "released"}, "state")]
    )
    def test_a_missing_or_unknown_field_is_named(self, cast: Cast, body: Any, field: str) -> None:
        response = call(Say, body, by=cast.pm)
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert list(response.data["errors"]) == [field]
        assert not AuditEvent.objects.filter(kind="say").exists()

    def test_a_list_is_not_a_body(self, cast: Cast) -> None:
        assert call(Say, ["word"], by=cast.pm).status_code == 400

    def test_nobody_in_particular_is_401(self, db: None) -> None:
        response = call(Say, {"word": "a"}, by=None)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")

    def test_a_refusal_is_a_problem_with_its_code(self, cast: Cast) -> None:
        response = call(Say, {"word": "no"}, by=cast.pm)
        assert response.status_code == 403
        assert response.data["code"] == "not_that"
        assert response.data["detail"] == "Not that word."

    def test_a12_a_body_a_hundred_times_too_large_is_413(self, cast: Cast, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        assert call(Say, {"word": "a" * 10_000}, by=cast.pm).status_code == 413

    @pytest.mark.parametrize("word", ["\x00", "\ud800"])
    def test_text_that_no_database_holds_is_400(self, cast: Cast, word: str) -> None:
        request = APIRequestFactory().generic(
            "POST", "/x/", json.dumps({"word": word}), content_type="application/json"
        )
        force_authenticate(request, cast.pm)
        assert Say.as_view()(request).status_code == 400

    def test_another_method_is_405(self, cast: Cast) -> None:
        request = APIRequestFactory().patch("/x/", {}, format="json")
        force_authenticate(request, cast.pm)
        assert Say.as_view()(request).status_code == 405

    def test_a_read_only_token_writes_nothing(self, cast: Cast) -> None:
        request = APIRequestFactory().post("/x/", {"word": "a"}, format="json")
        force_authenticate(request, cast.pm, token=ApiToken(user=cast.pm, read_only=True))
        response = Say.as_view()(request)
        assert (response.status_code, response.data["code"]) == (403, "read_only_token")


class TestIdempotency:
    def test_the_same_key_gives_the_same_answer_and_one_effect(self, cast: Cast) -> None:
        first = call(Say, {"word": "a"}, by=cast.pm, key="k1")
        again = call(Say, {"word": "a"}, by=cast.pm, key="k1")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again["Idempotent-Replay"] == "true"
        assert AuditEvent.objects.filter(kind="say").count() == 1

    def test_the_same_key_with_another_body_is_409(self, cast: Cast) -> None:
        call(Say, {"word": "a"}, by=cast.pm, key="k1")
        response = call(Say, {"word": "b"}, by=cast.pm, key="k1")
        assert (response.status_code, response.data["code"]) == (409, "idempotency_mismatch")

    def test_another_person_may_use_the_same_key(self, cast: Cast) -> None:
        call(Say, {"word": "a"}, by=cast.pm, key="k1")
        assert call(Say, {"word": "b"}, by=cast.rep, key="k1").status_code == 201

    def test_a_refused_act_keeps_no_key(self, cast: Cast) -> None:
        assert call(Say, {"word": "no"}, by=cast.pm, key="k1").status_code == 403
        assert not IdempotencyKey.objects.exists()
        assert call(Say, {"word": "yes"}, by=cast.pm, key="k1").status_code == 201

    def test_a_key_holds_for_24_hours(self, cast: Cast) -> None:
        call(Say, {"word": "a"}, by=cast.pm, key="k1")
        row = IdempotencyKey.objects.get()
        row.created_at -= timedelta(hours=24, seconds=1)
        row.save()
        assert call(Say, {"word": "b"}, by=cast.pm, key="k1").status_code == 201

    def test_a_key_that_is_no_key_is_400(self, cast: Cast) -> None:
        assert call(Say, {"word": "a"}, by=cast.pm, key="k" * 201).status_code == 400

    def test_b20_a_signed_act_sent_twice_is_one_signature_asked_once(self, cast: Cast) -> None:
        signature = {"password": PASSWORD, "meaning": "release"}
        first = call(Swear, {"word": "a", "signature": signature}, by=cast.pharmacist, key="k")
        wrong = signature | {"password": "nothing"}
        again = call(Swear, {"word": "a", "signature": wrong}, by=cast.pharmacist, key="k")
        assert (first.status_code, again.content) == (200, first.content)
        assert Signature.objects.count() == 1
        stored = IdempotencyKey.objects.get()
        assert PASSWORD not in stored.response + stored.body_hmac


class TestSigned:
    def test_it_signs_with_the_password(self, cast: Cast) -> None:
        signature = {"password": PASSWORD, "meaning": "release"}
        response = call(Swear, {"word": "a", "signature": signature}, by=cast.pharmacist)
        assert response.status_code == 200
        assert Signature.objects.get().username == "pharmacist"

    @pytest.mark.parametrize(
        ("signature", "field"),
        [
            (None, "signature"),
            ("yes", "signature"),
            ({"meaning": "release"}, "signature.password"),
            ({"password": PASSWORD}, "signature.meaning"),
            ({"password": PASSWORD, "meaning": "withdrawal"}, "signature.meaning"),
            ({"password": PASSWORD, "meaning": "joy"}, "signature.meaning"),
            ({"password": PASSWORD, "meaning": "release", "pin": "1"}, "signature.pin"),
        ],
    )
    def test_b14_what_is_wrong_with_a_signature_is_named(
        self, cast: Cast, signature: Any, field: str
    ) -> None:
        body = {"word": "a"} | ({"signature": signature} if signature is not None else {})
        response = call(Swear, body, by=cast.pharmacist)
        assert response.status_code == 400
        assert list(response.data["errors"]) == [field]
        assert not Signature.objects.exists()

    def test_b12_a_wrong_password_signs_nothing_and_is_kept(self, cast: Cast) -> None:
        signature = {"password": "nothing", "meaning": "release"}
        response = call(Swear, {"word": "a", "signature": signature}, by=cast.pharmacist)
        assert (response.status_code, response.data["code"]) == (403, "wrong_credentials")
        assert not Signature.objects.exists()
        assert AuditEvent.objects.filter(kind="signature_refused").count() == 1

    def test_a_conflict_signs_nothing(self, cast: Cast) -> None:
        signature = {"password": PASSWORD, "meaning": "release"}
        response = call(Swear, {"word": "never", "signature": signature}, by=cast.pharmacist)
        assert (response.status_code, response.data["code"]) == (409, "never")
        assert not Signature.objects.exists()


class TestBody:
    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("en", "The body is not JSON: look at line 1, column 2."),
            ("fr", "Le corps n’est pas du JSON\N{NO-BREAK SPACE}: voyez ligne 1, colonne 2."),
        ],
    )
    def test_json_that_is_none_is_400_and_says_where(
        self, cast: Cast, client: Client, language: str, sentence: str
    ) -> None:
        client.force_login(cast.pm)
        response = client.post(
            "/api/v1/assets/",
            "{bad",
            content_type="application/json",
            headers={"Accept-Language": language},
        )
        assert (response.status_code, response.json()["detail"]) == (400, sentence)

    def test_bytes_that_are_no_text_are_400(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.pm)
        response = client.post("/api/v1/assets/", b"\xff\xfe", content_type="application/json")
        assert (response.status_code, response.json()["code"]) == (400, "parse_error")


class TestUnknown:
    @pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v2/assets/", "/api/v1/nothing/"])
    def test_an_unknown_address_is_a_problem_with_debug_too(
        self, cast: Cast, client: Client, settings: Any, path: str
    ) -> None:
        settings.DEBUG = True
        client.force_login(cast.pm)
        response = client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response["Content-Type"] == "application/problem+json"


class TestList:
    def test_pages_follow_each_other_without_loss(self, cast: Cast) -> None:
        seen: list[str] = []
        path = "/x/?limit=4"
        while path:
            page = get(Groups, path, by=cast.pm).data
            seen += [row["name"] for row in page["results"]]
            path = (page["next"] or "").removeprefix("http://testserver")
        assert seen == sorted(Group.objects.values_list("name", flat=True))

    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("/x/?nome=a", "nome"),
            ("/x/?limit=0", "limit"),
            ("/x/?limit=x", "limit"),
            ("/x/?limit=201", "limit"),
            ("/x/?cursor=cD0x", "cursor"),
            ("/x/?name=%00", "name"),
        ],
    )
    def test_a_parameter_that_means_nothing_is_400(self, cast: Cast, path: str, field: str) -> None:
        response = get(Groups, path, by=cast.pm)
        assert response.status_code == 400
        assert list(response.data["errors"]) == [field]

    def test_a_cursor_holds_for_its_filters_only(self, cast: Cast) -> None:
        following = get(Groups, "/x/?limit=4&name=a", by=cast.pm).data["next"]
        assert get(Groups, following.replace("name=a", "name=b"), by=cast.pm).status_code == 400
        assert get(Groups, following, by=cast.pm).status_code == 200
