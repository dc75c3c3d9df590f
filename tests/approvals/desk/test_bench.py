"""The bench writes rows that verify, and never touches the house's own database."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from approvals.audit.models import AuditEvent, AuditHead
from approvals.audit.verification import EVENTS, Verification
from approvals.desk.bench import prints
from approvals.desk.bench.rows import write_events
from approvals.people.models import User
from tests.factories.owner import as_owner

pytestmark = pytest.mark.django_db


def test_its_events_verify_and_one_altered_letter_is_found(system: User, now: datetime) -> None:
    """Past the first batch too: an event is found at its place, whichever way it was changed."""
    write_events(EVENTS + 50, system, now)
    head = AuditHead.objects.get(pk=1).seq
    verified = Verification().run()
    assert (verified.fault, verified.count) == (None, head)
    place = head - 10
    with as_owner("audit_auditevent") as cursor:
        cursor.execute(
            "UPDATE audit_auditevent SET payload = replace(payload, 'xxxx', 'xxxy') WHERE seq = %s",
            [place],
        )
    fault = Verification().run().fault
    assert fault is not None
    assert (fault.seq, fault.what) == (place, "the event's text was altered")
    with as_owner("audit_auditevent") as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE seq BETWEEN %s AND %s", [3, place])
    fault = Verification().run().fault
    assert fault is not None
    assert fault.seq == 3


def test_it_asks_for_something(system: User) -> None:
    events = AuditEvent.objects.count()
    with pytest.raises(CommandError, match="at least one"):
        call_command("bench", versions=0)
    assert AuditEvent.objects.count() == events


@pytest.mark.slow
def test_it_prints_editions_of_so_many_entries(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "FEW", 10)
    monkeypatch.setattr(prints, "MANY", 20)
    figures = list(prints.print_editions(now))
    assert [count for count, _taken, _largest in figures] == [10, 20]
    # The largest child of this process so far, those of the tests before this one included.
    assert all(taken > 0 and largest > 20 for _count, taken, largest in figures)
