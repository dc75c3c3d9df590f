"""Checkpoints: who takes them, what they sign, what the database refuses."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError, connection, transaction

from approvals.audit import checkpoints
from approvals.audit.actions import take_checkpoint, take_daily_checkpoint
from approvals.audit.hashing import GENESIS
from approvals.audit.models import AuditCheckpoint, AuditEvent, AuditHead
from approvals.audit.verification import Verification
from approvals.desk.sweep import sweep
from approvals.people.actions import create_person
from approvals.people.models import User
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited

pytestmark = pytest.mark.django_db


def last_event() -> AuditEvent:
    return AuditEvent.objects.get(seq=AuditHead.objects.get(pk=1).seq)


class TestDaily:
    def test_the_sweep_signs_one_a_paris_day(self, system: User, key: str) -> None:
        evening = datetime(2026, 4, 14, 21, 59, tzinfo=UTC)
        assert sweep(evening) == [("point de contrôle du jour signé", 1)]
        assert sweep(evening) == []
        assert sweep(evening - timedelta(hours=3)) == []
        sweep(evening + timedelta(minutes=1))
        days = AuditCheckpoint.objects.in_order().values_list("day", flat=True)
        assert [str(day) for day in days] == ["2026-04-14", "2026-04-15"]

    def test_it_is_an_act_and_signs_its_own_event(
        self, system: User, now: datetime, key: str
    ) -> None:
        assert take_daily_checkpoint(by=system, now=now)
        event, made = last_event(), AuditCheckpoint.objects.get()
        assert (event.kind, event.actor_id) == ("checkpoint", system.pk)
        assert (made.seq, made.hash, made.at) == (event.seq, event.hash, now)
        assert json.loads(event.payload)["details"] == {
            "checkpoint": {"key": made.public_key, "day": "2026-04-14"}
        }

    def test_without_a_key_nothing_is_done(self, system: User, now: datetime) -> None:
        before = AuditEvent.objects.count()
        assert not take_daily_checkpoint(by=system, now=now)
        assert not take_checkpoint(by=system, now=now)
        assert AuditEvent.objects.count() == before
        assert not AuditCheckpoint.objects.exists()


class TestDeposit:
    def test_a_deposit_ends_with_one(self, cast: Cast, key: str) -> None:
        make_deposited(cast)
        event, made = last_event(), AuditCheckpoint.objects.get()
        assert event.kind == "deposit"
        assert (made.seq, made.hash, made.day) == (event.seq, event.hash, None)

    def test_a_deposit_needs_no_key(self, cast: Cast) -> None:
        make_deposited(cast)
        assert "checkpoint" not in json.loads(last_event().payload)["details"]
        assert not AuditCheckpoint.objects.exists()


class TestSignature:
    def test_it_binds_the_hash_of_every_event(self, system: User, now: datetime, key: str) -> None:
        take_daily_checkpoint(by=system, now=now)
        create_person(by=system, now=now, username="ada", password="secret-enough")
        assert take_checkpoint(by=system, now=now)
        assert not take_checkpoint(by=system, now=now)
        made = AuditCheckpoint.objects.in_order().last()
        assert made is not None
        hashes = AuditEvent.objects.in_order().values_list("hash", flat=True)
        assert made.links == checkpoints.roll(GENESIS, hashes)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(made.public_key))
        text = checkpoints.signed_text(made)
        public.verify(bytes.fromhex(made.signature), text.encode())
        with pytest.raises(InvalidSignature):
            public.verify(bytes.fromhex(made.signature), text.replace("-1", "-2").encode())

    def test_the_log_keeps_a_copy(
        self,
        system: User,
        now: datetime,
        key: str,
        caplog: pytest.LogCaptureFixture,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        with (
            caplog.at_level(logging.INFO, "approvals.audit.checkpoints"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            take_daily_checkpoint(by=system, now=now)
        made = AuditCheckpoint.objects.get()
        assert made.signature in caplog.text
        assert key not in caplog.text

    def test_the_published_key_is_told_apart(self, settings: Any, key: str) -> None:
        assert not checkpoints.is_for_development()
        settings.SIGNING_KEY = settings.DEVELOPMENT_SIGNING_KEY
        assert checkpoints.is_for_development()

    def test_a_former_key_still_counts(
        self, system: User, now: datetime, key: str, settings: Any
    ) -> None:
        take_daily_checkpoint(by=system, now=now)
        former = AuditCheckpoint.objects.get()
        settings.SIGNING_KEY = "22" * 32
        fault = Verification().run().fault
        assert fault is not None
        assert fault.seq == former.seq
        assert fault.what == "its checkpoint is signed with a key that this house does not know"
        settings.CHECKPOINT_KEYS = [former.public_key]
        take_checkpoint(by=system, now=now)
        verification = Verification().run()
        assert (verification.fault, verification.checkpoints) == (None, 1)


def test_the_database_refuses_to_alter_a_checkpoint(system: User, now: datetime, key: str) -> None:
    take_daily_checkpoint(by=system, now=now)
    for statement in (
        "UPDATE audit_auditcheckpoint SET hash = ''",
        "DELETE FROM audit_auditcheckpoint",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
