"""The periodic evaluation (EU GMP Annex 11 §11): what the house looks at each year, in a table."""

import platform
from datetime import date, datetime
from typing import Any

import django
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max

from approvals.audit import triggers
from approvals.audit.models import AuditCheckpoint, AuditEvent
from approvals.audit.verification import Verification
from approvals.people.models import User
from content.calendar import end_of_day, start_of_day
from content.outbox.models import Message

# Acts by which rights came and went, and those that tell of an attempt that failed.
RIGHTS = (
    *("create_person", "grant_role", "revoke_role", "delegate", "revoke_delegation"),
    *("unlock", "reset_password", "reset_factors", "deactivate_person", "reactivate_person"),
)
FAILURES = ("signature_refused", "sign_in_failed", "lock_out")
EXPORTS = ("export_audit", "export_trail", "export_record")


def evaluation(since: date, until: date) -> dict[str, Any]:
    """Return the report over a span of Paris days, both included, as JSON values.

    The chain is verified whole, from its first event, whatever the span.
    """
    span = (start_of_day(since), end_of_day(until))
    events = AuditEvent.objects.filter(recorded_at__range=span)
    counted = events.order_by("kind").values("kind").annotate(n=Count("pk"))
    acts = {row["kind"]: row["n"] for row in counted}
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "people": _people(),
        "rights": {kind: acts.get(kind, 0) for kind in RIGHTS},
        "failures": {kind: acts.get(kind, 0) for kind in FAILURES},
        "exports": {kind: acts.get(kind, 0) for kind in EXPORTS},
        "acts": acts,
        "chain": _chain(span),
        "messages_failed": Message.objects.failed().filter(created_at__range=span).count(),
        "versions": _versions(),
    }


def _people() -> list[dict[str, Any]]:
    # The chain is the only place that keeps sign-ins.
    events = AuditEvent.objects.filter(kind="sign_in").order_by("actor_id").values_list("actor_id")
    seen = dict(events.annotate(last=Max("recorded_at")))
    people = User.objects.prefetch_related("groups", "authenticator_set").order_by("username")
    return [
        {
            "username": person.username,
            "name": str(person),
            "active": person.is_active,
            "roles": sorted(group.name for group in person.groups.all()),
            "last_sign_in": seen[person.pk].isoformat() if person.pk in seen else None,
            "second_factor": bool(person.authenticator_set.all()),
        }
        for person in people
    ]


def _chain(span: tuple[datetime, datetime]) -> dict[str, Any]:
    verified = Verification().run()
    fault = verified.fault
    return {
        "events": verified.count,
        "holds": fault is None,
        "fault": {"seq": fault.seq, "what": fault.what} if fault else None,
        "checkpoints": AuditCheckpoint.objects.filter(at__range=span).count(),
        "tables_without_triggers": triggers.missing(connection),
    }


def _versions() -> dict[str, Any]:
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": connection.vendor,
        "migrations": len(applied),
    }
