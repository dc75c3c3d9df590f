"""``verify_audit`` names the first bad event, whatever the owner of the tables did with SQL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connection

from approvals.audit import checkpoints
from approvals.audit.actions import take_checkpoint, take_daily_checkpoint
from approvals.audit.hashing import chain_hash
from approvals.audit.models import AuditCheckpoint, AuditEvent, AuditHead
from approvals.people.actions import create_person
from approvals.people.models import User
from tests.factories.owner import CHECKPOINTS, EVENTS, as_owner, write_chain_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(system: User, now: datetime, key: str) -> AuditCheckpoint:
    """Three acts, a checkpoint, three acts after it."""
    for name in ("ada", "bea", "carl"):
        create_person(by=system, now=now, username=name, password="secret-enough")
    take_daily_checkpoint(by=system, now=now)
    for name in ("dora", "emil", "fay"):
        create_person(by=system, now=now, username=name, password="secret-enough")
    return AuditCheckpoint.objects.get()


def verify(*args: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *args, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), err.getvalue()
    return 0, out.getvalue()


def bad(seq: int, what: str) -> tuple[int, str]:
    return 1, f"Event {seq}: {what}.\n"


def head() -> int:
    return AuditHead.objects.get(pk=1).seq


def shift(cursor: Any, condition: str, by: int) -> None:
    """Number events again, by way of numbers that nobody has."""
    cursor.execute(f"UPDATE {EVENTS} SET seq = -(seq + %s) WHERE {condition}", [by])
    cursor.execute(f"UPDATE {EVENTS} SET seq = -seq WHERE seq < 0")


@contextmanager
def event(seq: int) -> Iterator[dict[str, Any]]:
    """Change an event's text and hash it again."""
    row = AuditEvent.objects.get(seq=seq)
    payload = json.loads(row.payload)
    yield payload
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with as_owner(EVENTS) as cursor:
        cursor.execute(
            f"UPDATE {EVENTS} SET payload = %s, hash = %s WHERE seq = %s",
            [text, chain_hash(row.prev_hash, text), seq],
        )


class TestWhole:
    def test_it_counts_what_it_read(self, signed: AuditCheckpoint) -> None:
        said = f"{head()} events and 1 checkpoints verified; the chain holds.\n"
        assert verify() == (0, said)

    def test_it_may_begin_later(self, signed: AuditCheckpoint) -> None:
        assert verify("--from", str(signed.seq))[1].startswith("4 events and 1 checkpoints")
        assert verify("--from", str(signed.seq + 1))[1].startswith("3 events and 0 checkpoints")
        assert verify("--from", str(head() + 1))[0] == 0
        assert verify("--from", str(head() + 2)) == bad(head() + 1, "there is no such event")

    def test_later_checkpoints_hold_from_the_middle(
        self, signed: AuditCheckpoint, system: User, now: datetime
    ) -> None:
        take_checkpoint(by=system, now=now)
        assert verify("--from", str(signed.seq + 2))[1].startswith("3 events and 1 checkpoints")

    def test_it_says_that_a_published_key_proves_nothing(
        self, system: User, now: datetime, settings: Any
    ) -> None:
        settings.SIGNING_KEY = settings.DEVELOPMENT_SIGNING_KEY
        take_daily_checkpoint(by=system, now=now)
        code, said = verify()
        assert code == 0
        assert "published one of development: no proof" in said


class TestEvents:
    def test_a_letter_changed(self, signed: AuditCheckpoint) -> None:
        with as_owner(EVENTS) as cursor:
            cursor.execute(
                f"UPDATE {EVENTS} SET payload = replace(payload, 'dora', 'dara') WHERE seq = %s",
                [signed.seq + 1],
            )
        expected = bad(signed.seq + 1, "the event's text was altered")
        assert verify() == verify("--from", str(signed.seq)) == expected
        assert verify("--from", str(signed.seq + 2))[0] == 0

    def test_a_letter_changed_and_hashed_again(self, signed: AuditCheckpoint) -> None:
        with event(signed.seq + 1) as payload:
            payload["reason"] = "because"
        assert verify() == bad(signed.seq + 1, "the event was altered and hashed again")

    @pytest.mark.parametrize("column", ["kind = 'other'", "recorded_at = '2020-01-01 00:00:00Z'"])
    def test_a_column_changed(self, signed: AuditCheckpoint, column: str) -> None:
        with as_owner(EVENTS) as cursor:
            cursor.execute(f"UPDATE {EVENTS} SET {column} WHERE seq = %s", [signed.seq + 1])
        assert verify() == bad(signed.seq + 1, "the event's columns differ from its text")

    def test_a_row_removed(self, signed: AuditCheckpoint) -> None:
        with as_owner(EVENTS) as cursor:
            cursor.execute(f"DELETE FROM {EVENTS} WHERE seq = %s", [signed.seq + 2])
        assert verify() == bad(signed.seq + 2, "an event is missing or was inserted")

    def test_a_row_removed_and_the_others_numbered_again(self, signed: AuditCheckpoint) -> None:
        gone = signed.seq + 2
        with as_owner(EVENTS) as cursor:
            cursor.execute(f"DELETE FROM {EVENTS} WHERE seq = %s", [gone])
            shift(cursor, f"seq > {gone}", -1)
            cursor.execute("UPDATE audit_audithead SET seq = seq - 1")
        assert verify() == bad(gone, "an event is missing: those after it were numbered again")

    def test_the_last_rows_removed_with_the_head(self, signed: AuditCheckpoint) -> None:
        with as_owner(EVENTS) as cursor:
            cursor.execute(f"DELETE FROM {EVENTS} WHERE seq >= %s", [signed.seq])
            cursor.execute(
                "UPDATE audit_audithead SET seq = %s, hash = "
                f"(SELECT hash FROM {EVENTS} WHERE seq = %s)",
                [signed.seq - 1] * 2,
            )
        assert verify() == bad(signed.seq, "a checkpoint signs an event that is not there")

    def test_a_row_inserted(self, signed: AuditCheckpoint, system: User) -> None:
        place = signed.seq + 2
        before = AuditEvent.objects.get(seq=place - 1)
        payload = json.dumps(json.loads(before.payload) | {"seq": place, "changes": []})
        with as_owner(EVENTS) as cursor:
            shift(cursor, f"seq >= {place}", 1)
            cursor.execute("UPDATE audit_audithead SET seq = seq + 1")
        AuditEvent(
            seq=place,
            recorded_at=before.recorded_at,
            kind=before.kind,
            actor=system,
            payload=payload,
            prev_hash=before.hash,
            hash=chain_hash(before.hash, payload),
        ).save(force_insert=True)
        assert verify() == bad(place, "the event was inserted")

    def test_a_row_added_at_the_end(self, signed: AuditCheckpoint, system: User) -> None:
        last = AuditEvent.objects.get(seq=head())
        AuditEvent(
            seq=last.seq + 1,
            recorded_at=last.recorded_at,
            kind=last.kind,
            actor=system,
            payload="{}",
            prev_hash=last.hash,
            hash=chain_hash(last.hash, "{}"),
        ).save(force_insert=True)
        assert verify() == bad(last.seq + 1, "the chain's head does not match its last event")

    def test_a_text_that_cannot_be_read(self, signed: AuditCheckpoint) -> None:
        last = AuditEvent.objects.get(seq=head())
        written = chain_hash(last.prev_hash, "{}")
        with as_owner(EVENTS) as cursor:
            cursor.execute(
                f"UPDATE {EVENTS} SET payload = '{{}}', hash = %s WHERE seq = %s",
                [written, last.seq],
            )
        assert verify() == bad(last.seq, "the event's text cannot be read")

    def test_the_head_is_gone(self, signed: AuditCheckpoint) -> None:
        AuditHead.objects.all().delete()
        assert verify() == bad(1, "the chain's head row is missing")


def test_the_first_fault_is_told(signed: AuditCheckpoint) -> None:
    """A history row of an early event comes before the altered text of a later one."""
    person = User.objects.get(username="bea")
    history = person.history.get()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {history._meta.db_table} SET last_name = 'x' WHERE history_id = %s",
            [history.pk],
        )
    with as_owner(EVENTS) as cursor:
        cursor.execute(f"UPDATE {EVENTS} SET payload = '{{}}' WHERE seq = %s", [head()])
    what = f"history row people.user {history.pk} was altered"
    assert verify() == bad(signed.seq - 2, what)


class TestCheckpoints:
    def test_the_whole_chain_written_again(self, signed: AuditCheckpoint) -> None:
        early = signed.seq - 2
        with event(early) as payload:
            payload["reason"] = "because"
        write_chain_again(early)
        expected = "its checkpoint signs another history: the chain was written again"
        assert verify() == bad(signed.seq, expected)

    @pytest.mark.parametrize("column", ["hash", "links", "signature"])
    def test_one_altered(self, signed: AuditCheckpoint, column: str) -> None:
        forged = "0" * len(getattr(signed, column))
        with as_owner(CHECKPOINTS) as cursor:
            cursor.execute(f"UPDATE {CHECKPOINTS} SET {column} = %s", [forged])
        said = {"signature": "the signature of its checkpoint is wrong"}
        other = "its checkpoint signs another history: the chain was written again"
        assert verify() == bad(signed.seq, said.get(column, other))

    @pytest.mark.parametrize("column", ["day = NULL", "at = '2020-01-01 00:00:00Z'"])
    def test_its_date_altered(self, signed: AuditCheckpoint, column: str) -> None:
        with as_owner(CHECKPOINTS) as cursor:
            cursor.execute(f"UPDATE {CHECKPOINTS} SET {column}")
        assert verify() == bad(signed.seq, "the signature of its checkpoint is wrong")

    def test_one_forged_with_another_key(self, signed: AuditCheckpoint) -> None:
        forger = Ed25519PrivateKey.from_private_bytes(b"f" * 32)
        public = forger.public_key().public_bytes_raw().hex()
        signature = forger.sign(checkpoints.signed_text(signed).encode()).hex()
        with as_owner(CHECKPOINTS) as cursor:
            cursor.execute(
                f"UPDATE {CHECKPOINTS} SET public_key = %s, signature = %s", [public, signature]
            )
        expected = "its checkpoint is signed with another key than the act says"
        assert verify() == bad(signed.seq, expected)

    def test_one_removed(self, signed: AuditCheckpoint) -> None:
        with as_owner(CHECKPOINTS) as cursor:
            cursor.execute(f"DELETE FROM {CHECKPOINTS}")
        assert verify() == bad(signed.seq, "its checkpoint is missing")

    def test_one_that_nobody_asked_for(self, signed: AuditCheckpoint) -> None:
        AuditCheckpoint(
            seq=head(),
            hash="0" * 64,
            links="0" * 64,
            at=signed.at,
            public_key=signed.public_key,
            signature=signed.signature,
        ).save(force_insert=True)
        assert verify() == bad(head(), "no act asked for its checkpoint")


@pytest.mark.parametrize("table", [EVENTS, CHECKPOINTS])
def test_a_table_left_without_its_triggers(signed: AuditCheckpoint, table: str) -> None:
    with as_owner(table):
        assert verify() == (1, f"No append-only trigger guards: {table}.\n")
    assert verify()[0] == 0
