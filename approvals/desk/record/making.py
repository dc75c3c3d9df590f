"""Where a record is kept, and how its PDF is made from its JSON."""

import hashlib
import json
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from approvals.audit.hashing import canonical
from content.assets.derived import keep, kept
from content.outbox.actions import Undeliverable
from content.outbox.enums import DispatchState
from content.outbox.models import Message
from content.printing import PangoMissing, printed

# The job's registered name.
MAKE_RECORD = "approvals.desk.tasks.make_record"
# More rows take WeasyPrint too long (ARCHITECTURE.md, traps); the JSON twin holds them all.
PRINTED_EVENTS = 300


def keep_twin(record: dict[str, Any]) -> str:
    """Keep a record's JSON under its SHA-256, and return that."""
    text = canonical(record).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    keep(_path(sha256, "json"), text)
    return sha256


def twin_of(sha256: str) -> bytes | None:
    """Return a record's JSON, or None where it was cleared away."""
    return kept(_path(sha256, "json"))


def pdf_of(sha256: str) -> bytes | None:
    """Return a record's PDF, or None while it is not made."""
    return kept(_path(sha256, "pdf"))


def why_not_made(sha256: str) -> str:
    """Return why the PDF of a record could not be made, or nothing while it may still be."""
    last = Message.objects.filter(key__startswith=f"record:{sha256}:").order_by("-pk").first()
    return last.last_error if last is not None and last.state == DispatchState.FAILED else ""


def make_pdf(sha256: str) -> None:
    """Make the PDF of a record that was asked for, unless it is made; safe to run twice.

    :raises Undeliverable: where no further attempt would do better.
    :raises PrintingFailed: if the child failed.
    """
    if pdf_of(sha256) is not None:
        return
    twin = twin_of(sha256)
    if twin is None:
        raise Undeliverable("The record's JSON was cleared away: ask for it again.")
    record = json.loads(twin)
    try:
        made = printed(
            page_of(record, sha256),
            twin=twin.decode(),
            at=record["exported_at"],
            identifier=sha256,
        )
    except PangoMissing as fault:
        raise Undeliverable("Pango is missing on this machine: PDFs are off.") from fault
    keep(_path(sha256, "pdf"), made)


def page_of(record: dict[str, Any], sha256: str) -> str:
    """Return the record as HTML, in its own language."""
    events = record["audit"]
    with translation.override(record["language"]):
        return render_to_string(
            "record/record.html",
            {
                "record": record,
                "sha256": sha256,
                "events": events[-PRINTED_EVENTS:],
                "left_out": max(0, len(events) - PRINTED_EVENTS),
            },
        )


def _path(sha256: str, kind: str) -> str:
    return f"records/{sha256[:2]}/{sha256}.{kind}"
