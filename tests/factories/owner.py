"""What the owner of the tables can do and the application cannot: go round the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from approvals.audit import triggers
from approvals.audit.hashing import chain_hash


@contextmanager
def as_owner(table: str) -> Iterator[Any]:
    """Open a cursor on a table whose append-only triggers are off; put them back at the end."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_append_only_{verb}")
        yield cursor
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    triggers.install(connection)


EVENTS = "audit_auditevent"
CHECKPOINTS = "audit_auditcheckpoint"


def write_chain_again(since: int) -> None:
    """Hash every event again from one on, head included: what only a checkpoint can show."""
    with as_owner(EVENTS) as cursor:
        cursor.execute(f"SELECT hash FROM {EVENTS} WHERE seq = %s", [since - 1])
        ((previous,),) = cursor.fetchall()
        cursor.execute(f"SELECT seq, payload FROM {EVENTS} WHERE seq >= %s ORDER BY seq", [since])
        for seq, payload in cursor.fetchall():
            written = chain_hash(previous, payload)
            cursor.execute(
                f"UPDATE {EVENTS} SET prev_hash = %s, hash = %s WHERE seq = %s",
                [previous, written, seq],
            )
            previous = written
        cursor.execute("UPDATE audit_audithead SET hash = %s", [previous])
