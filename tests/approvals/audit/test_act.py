"""An act: one transaction, one actor, one chained event."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from approvals.audit import act
from approvals.audit.errors import WriteOutsideAct
from approvals.audit.models import AuditEvent, AuditHead
from approvals.audit.verification import Verification
from approvals.people.actions import create_person, grant_role
from approvals.people.enums import Role
from approvals.people.models import User

pytestmark = pytest.mark.django_db


def test_one_act_leaves_one_event_and_one_history_row(system: User, now: datetime) -> None:
    before = AuditEvent.objects.count()
    person = create_person(by=system, now=now, username="ada", password="secret-enough")
    assert AuditEvent.objects.count() == before + 1
    event = AuditEvent.objects.in_order().last()
    assert event is not None
    assert (event.kind, event.actor_id, event.recorded_at) == ("create_person", system.pk, now)
    row = person.history.get()
    assert (row.history_user_id, row.history_date) == (system.pk, now)


def test_a_write_outside_an_act_is_refused(system: User) -> None:
    with pytest.raises(WriteOutsideAct):
        User(username="eve").save()
    with pytest.raises(WriteOutsideAct):
        User.objects.filter(pk=system.pk).first().save()  # type: ignore[union-attr]


def test_a_refused_act_leaves_nothing(system: User, now: datetime) -> None:
    events = AuditEvent.objects.count()

    @act("fail")
    def fail(*, by: User, now: datetime) -> None:
        create_person(by=by, now=now, username="bob", password="secret-enough")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail(by=system, now=now)
    assert not User.objects.filter(username="bob").exists()
    assert AuditEvent.objects.count() == events


def test_the_chain_verifies_and_finds_an_edit(system: User, now: datetime) -> None:
    person = create_person(by=system, now=now, username="ada", password="secret-enough")
    grant_role(person, Role.MSL, by=system, now=now)
    verification = Verification().run()
    assert verification.fault is None
    assert verification.count == AuditHead.objects.get(pk=1).seq
    row = person.history.order_by("history_id").last()
    type(row)._base_manager.filter(pk=row.pk).update(username="eve")
    fault = Verification().run().fault
    assert fault is not None
    assert "people.user" in fault.what


def test_the_database_refuses_to_alter_an_event(system: User, now: datetime) -> None:
    create_person(by=system, now=now, username="ada", password="secret-enough")
    for statement in (
        "UPDATE audit_auditevent SET payload = '{}'",
        "DELETE FROM audit_auditevent",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
