"""What the desk does of its own: it hands the trail over."""

from datetime import datetime

from approvals.audit import act, current_act
from approvals.desk.pack import Written
from approvals.people.models import User


@act("export_audit")
def record_export(pack: Written, *, by: User, now: datetime) -> None:
    """Record that an inspection pack is handed over, and which bytes it is."""
    current_act().note(
        pack=pack.sha256,
        upto=pack.upto,
        asset=pack.asset or None,
        full=pack.full,
        files=len(pack.files),
    )
