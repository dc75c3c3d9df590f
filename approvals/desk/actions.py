"""What the desk does of its own: it hands the trail over, and notes who looked at it."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, act, current_act
from approvals.audit.actions import lock_head
from approvals.audit.models import AuditEvent, AuditHead
from approvals.desk.looks import EXPORT, LOOK, last_export, looks_at
from approvals.desk.pack import Written
from approvals.desk.policies import TRAIL_READERS, check_can_read_trail
from approvals.desk.record.contents import record_of
from approvals.desk.record.making import MAKE_RECORD, keep_twin, pdf_of, twin_of
from approvals.people.enums import EVERYONE
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
