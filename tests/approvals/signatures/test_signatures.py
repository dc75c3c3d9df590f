"""Electronic signatures: credentials proved once more, kept as they were, never altered."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client, RequestFactory

from approvals.audit import PolicyDenied, StateConflict, act
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.signatures.actions import WrongCredentials, prove, sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from approvals.signatures.policies import PROOF_LIFE
from tests.factories import keep
from tests.factories.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db
COVERS = [("assets.revision", 7, "a" * 64), ("assets.revision", 8, "b" * 64)]


@pytest.fixture
def signer(db: None) -> User:
    return make_person(Role.MEDICAL_REVIEWER, username="ada")


def prove_now(by: User, now: datetime, password: str = PASSWORD) -> Proof:
    return prove(by=by, now=now, password=password, meaning=Meaning.MEDICAL_ACCURACY)


def sign_now(proof: Proof, by: User, now: datetime, meaning: Meaning | None = None) -> Signature:
    return sign(
        proof,
        by=by,
        now=now,
        meaning=meaning or Meaning.MEDICAL_ACCURACY,
        role=Role.MEDICAL_REVIEWER,
        covers=COVERS,
    )


class TestProve:
    def test_the_right_password_makes_a_proof(self, signer: User, now: datetime) -> None:
        proof = prove_now(signer, now)
        assert (proof.user, proof.meaning, proof.used_at) == (signer, "medical_accuracy", None)

    def test_a_wrong_one_leaves_an_attempt_and_nothing_else(
        self, signer: User, now: datetime
    ) -> None:
        for password in ("guess", "", PASSWORD + " "):
            events = AuditEvent.objects.count()
            with pytest.raises(WrongCredentials) as refusal:
                prove_now(signer, now, password)
            assert refusal.value.code == "wrong_credentials"
            assert AuditEvent.objects.count() == events + 1
            attempt = AuditEvent.objects.in_order().last()
            assert attempt is not None
            assert (attempt.kind, attempt.actor_id) == ("signature_refused", signer.pk)
            assert "medical_accuracy" in attempt.payload
            assert password == "" or password not in attempt.payload
        assert not Proof.objects.exists()

    def test_somebody_else_s_password_does_not_serve(self, signer: User, now: datetime) -> None:
        other = make_person(Role.MEDICAL_REVIEWER)

        @act("factory")
        def change(*, by: User, now: datetime) -> None:
            other.set_password("another-long-one")
            other.save()

        change(by=signer, now=now)
        with pytest.raises(WrongCredentials):
            prove_now(signer, now, "another-long-one")

    def test_without_the_accountability_statement_nobody_signs(
        self, now: datetime, db: None
    ) -> None:
        person = make_person(Role.MEDICAL_REVIEWER, accepted=False)
        with pytest.raises(PolicyDenied) as refusal:
            prove_now(person, now)
        assert refusal.value.code == "accountability_missing"

    def test_who_left_proves_nothing(self, signer: User, now: datetime) -> None:
        signer.is_active = False
        keep(signer, by=signer)
        with pytest.raises(WrongCredentials):
            prove_now(signer, now)

    def test_guessing_locks_out_here_too(self, signer: User, now: datetime) -> None:
        request = RequestFactory().post("/")
        for _ in range(6):
            with pytest.raises(PolicyDenied):
                prove(
                    by=signer,
                    now=now,
                    password="guess",
                    meaning=Meaning.MEDICAL_ACCURACY,
                    request=request,
                )
        with pytest.raises(PolicyDenied):
            prove_now(signer, now)
        assert not Proof.objects.exists()


class TestSign:
    def test_it_keeps_who_what_when_and_each_digest(self, signer: User, now: datetime) -> None:
        signature = sign_now(prove_now(signer, now), signer, now)
        assert (signature.name, signature.username, signature.role) == (
            "Ada Martin",
            "ada",
            "medical_reviewer",
        )
        assert (signature.signed_at, signature.zone) == (now, "Europe/Paris")
        assert signature.covers == [
            {"label": "assets.revision", "id": "7", "digest": "a" * 64},
            {"label": "assets.revision", "id": "8", "digest": "b" * 64},
        ]
        assert signature.history.count() == 1

    def test_b19_a_later_change_of_the_person_alters_nothing(
        self, signer: User, now: datetime
    ) -> None:
        kept = sign_now(prove_now(signer, now), signer, now)
        signer.last_name = "Durand"
        keep(signer, by=signer)
        assert Signature.objects.get(pk=kept.pk).name == "Ada Martin"

    def test_one_event(self, signer: User, now: datetime) -> None:
        proof = prove_now(signer, now)
        events = AuditEvent.objects.count()
        sign_now(proof, signer, now)
        assert AuditEvent.objects.count() == events + 1

    def test_a_proof_serves_once(self, signer: User, now: datetime) -> None:
        proof = prove_now(signer, now)
        sign_now(proof, signer, now)
        with pytest.raises(StateConflict) as refusal:
            sign_now(proof, signer, now)
        assert refusal.value.code == "proof_invalid"
        assert Signature.objects.count() == 1

    def test_a_proof_serves_its_person_and_its_meaning(self, signer: User, now: datetime) -> None:
        other = make_person(Role.MEDICAL_REVIEWER)
        for by, meaning in ((other, None), (signer, Meaning.RELEASE)):
            with pytest.raises(StateConflict) as refusal:
                sign_now(prove_now(signer, now), by, now, meaning)
            assert refusal.value.code == "proof_invalid"
        assert not Signature.objects.exists()

    def test_a_proof_ages(self, signer: User, now: datetime) -> None:
        proof = prove_now(signer, now)
        assert sign_now(proof, signer, now + PROOF_LIFE)
        late = prove_now(signer, now)
        with pytest.raises(StateConflict):
            sign_now(late, signer, now + PROOF_LIFE + timedelta(seconds=1))

    def test_a_refused_act_keeps_the_proof_unused(self, signer: User, now: datetime) -> None:
        proof = prove_now(signer, now)

        @act("fail")
        def fail(*, by: User, now: datetime) -> None:
            sign_now(proof, by, now)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            fail(by=signer, now=now)
        assert not Signature.objects.exists()
        assert Proof.objects.get(pk=proof.pk).used_at is None


def test_a_signature_covers_something(signer: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sign(
            prove_now(signer, now),
            by=signer,
            now=now,
            meaning=Meaning.MEDICAL_ACCURACY,
            role=Role.MEDICAL_REVIEWER,
            covers=[],
        )


def test_b18_the_database_refuses_to_alter_a_signature(signer: User, now: datetime) -> None:
    sign_now(prove_now(signer, now), signer, now)
    for statement in (
        "UPDATE signatures_signature SET name = 'Eve'",
        "DELETE FROM signatures_signature",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_admin_shows_and_writes_nothing(signer: User, now: datetime, client: Client) -> None:
    kept = sign_now(prove_now(signer, now), signer, now)
    client.force_login(signer)
    address = f"/admin/signatures/signature/{kept.pk}/change/"
    assert "Ada Martin" in client.get(address).content.decode()
    assert client.post(address, {"name": "Eve"}).status_code == 403
    assert client.get("/admin/signatures/signature/").status_code == 200
    assert client.get("/admin/signatures/signature/add/").status_code == 403
