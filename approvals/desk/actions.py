"""What the desk does of its own: the trail handed over and looked at, who may come in."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, act, current_act
from approvals.audit.actions import lock_head
from approvals.audit.models import AuditEvent, AuditHead
from approvals.desk import notifications
from approvals.desk.looks import EXPORT, LOOK, last_export, looks_at
from approvals.desk.pack import Written
from approvals.desk.policies import TRAIL_READERS, check_can_read_trail
from approvals.desk.record.contents import record_of
from approvals.desk.record.making import MAKE_RECORD, keep_twin, pdf_of, twin_of
from approvals.people.actions import reset_factors, reset_password, unlock
from approvals.people.enums import EVERYONE, Role
from approvals.people.models import User
from content.assets.models import Version
from content.calendar import paris_day, start_of_day
from content.outbox.actions import queue_job


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


@act("lock_out")
def record_lockout(person: User, *, by: User, now: datetime) -> None:
    """Keep that a person failed too often, and alert the administrators (21 CFR 11.300(d))."""
    current_act().note(person=person.pk)
    notifications.locked_out(person, now=now)


@act("unlock", roles=[Role.ADMINISTRATOR])
def let_try_again(person: User, *, by: User, now: datetime) -> None:
    """Unlock a person, and tell them.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    unlock(person, by=by, now=now)
    notifications.unlocked(person, now=now)


@act("reset_password", roles=[Role.ADMINISTRATOR])
def give_new_password(person: User, *, password: str, by: User, now: datetime, reason: str) -> None:
    """Give a person a password to begin with, and tell them that it was done.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    :raises InvalidInput: at ``password`` if it is weak.
    """
    reset_password(person, password=password, by=by, now=now, reason=reason)
    notifications.password_reset(person, now=now)


@act("reset_factors", roles=[Role.ADMINISTRATOR])
def take_factors_away(person: User, *, by: User, now: datetime, reason: str) -> None:
    """Take away the second factors of a person who lost them, and tell them.

    :raises PolicyDenied: unless ``by`` is an administrator, and for one's own account.
    """
    reset_factors(person, by=by, now=now, reason=reason)
    notifications.factors_reset(person, now=now)


@act("export_trail", roles=TRAIL_READERS)
def record_trail_export(
    *, filters: Mapping[str, str], file_format: str, count: int, by: User, now: datetime
) -> None:
    """Record that events of the trail are handed over: which were asked for, and how many.

    :raises PolicyDenied: ``role_missing``.
    """
    check_can_read_trail(by)
    upto = AuditHead.objects.get(pk=1).seq
    current_act().note(filters=dict(filters), format=file_format, count=count, upto=upto)


@act(LOOK)
def look_at_trail(version: Version, *, by: User, now: datetime) -> AuditEvent | None:
    """Record, once a person and Paris day, that the trail of a version was looked at.

    Return the event of an earlier look of that day, or None where this one is recorded
    (SECURITY.md 28). The head's lock makes two looks at once leave one event.
    """
    head = lock_head()
    seen = looks_at(version).filter(actor=by, recorded_at__gte=start_of_day(paris_day(now)))
    if (earlier := seen.order_by("seq").last()) is not None:
        return earlier
    revision = version.current_revision
    current_act().note(
        asset=version.asset.code,
        version=version.pk,
        digest=revision.digest if revision else "",
        upto=head.seq,
    )
    return None


@act(EXPORT, roles=EVERYONE)
def ask_record(version_id: int, *, language: str, by: User, now: datetime) -> str:
    """Write the record of a version, have its PDF made, and return the record's SHA-256.

    The JSON is written here, and the event names its SHA-256; a job makes the PDF from it. While
    nothing else is recorded about the version, the same person is given the same record again.

    :raises PolicyDenied: ``not_visible`` unless the person sees the version in preparation.
    """
    if not Version.objects.visible_to(by).filter(pk=version_id).exists():
        raise PolicyDenied("not_visible", _("You do not see this version in preparation."))
    # Locked, so that nothing is recorded about it between the sections of its record.
    Version.objects.locked().get(pk=version_id)
    version = Version.objects.with_asset().get(pk=version_id)
    with translation.override(language):
        record = record_of(version, language=language, by=by, now=now)
    earlier = last_export(version, by)
    if earlier and (earlier["upto"], earlier["language"]) == (record["upto"], language):
        sha256 = str(earlier["record"])
        if twin_of(sha256) is not None:
            _have_printed(sha256, now)
            return sha256
    sha256 = keep_twin(record)
    current_act().note(
        asset=version.asset.code,
        digest=record["metadata"]["digest"],
        language=language,
        record=sha256,
        upto=record["upto"],
        version=version.pk,
    )
    _have_printed(sha256, now)
    return sha256


def _have_printed(sha256: str, now: datetime) -> None:
    if pdf_of(sha256) is None:
        # A key for each day: what is derived may be cleared away, and is then made again.
        key = f"record:{sha256}:{paris_day(now)}"
        queue_job(MAKE_RECORD, {"sha256": sha256}, key=key, now=now)
