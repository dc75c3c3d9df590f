"""What the record of a version holds: one function a section, plain JSON values only.

Codes stand beside their words, in the language in which the record was asked for.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from approvals.audit import checkpoints
from approvals.audit.models import AuditCheckpoint, AuditEvent
from approvals.desk.act_words import act_words
from approvals.desk.looks import looks_at
from approvals.desk.pack.concerning import Row, events_about, rows_of
from approvals.desk.queries import signatures_on
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release.models import ReleaseAct
from approvals.review.models import (
    Carry,
    Comment,
    PrecheckResult,
    PrecheckRun,
    ReviewCycle,
    Verdict,
)
from approvals.submissions.models import Decision, Dossier
from content.access.policies import scope_of
from content.assets.enums import State
from content.assets.models import Revision, Version

FORMAT = "imprimatur-record-1"
# What a section is made from, and the events that it may tell of.
Section = Callable[[Version, list[int]], Any]


def record_of(version: Version, *, language: str, by: User, now: datetime) -> dict[str, Any]:
    """Return the whole record of a version as JSON values, in the language that is spoken now."""
    rows = rows_of(version)
    numbers = sorted({*events_about(rows), *looks_at(version).values_list("pk", flat=True)})
    told: dict[str, Any] = {
        "format": FORMAT,
        "language": language,
        "exported_at": utc(now),
        "exported_by": person(by),
        "upto": max(numbers, default=0),
    }
    sections = {name: section(version, numbers) for name, section in SECTIONS.items()}
    if not scope_of(by).sees_all:
        sections["audit"] = [_within(event, rows) for event in sections["audit"]]
    return told | sections


def _within(event: dict[str, Any], rows: set[Row]) -> dict[str, Any]:
    """Withhold the text of an act over several things, some of which the reader may not see.

    Its hash stays, so that the chain can still be followed past it.
    """
    changes = json.loads(event["payload"])["changes"]
    own = all((change["model"], change["id"]) in rows for change in changes)
    return event if own else {**event, "payload": None}


def utc(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None


def day(value: Any) -> str | None:
    return value.isoformat() if value else None


def person(user: User | None) -> dict[str, str] | None:
    return {"username": user.username, "name": str(user)} if user else None


def role(code: str) -> dict[str, str]:
    return {"code": code, "words": str(Role(code).label) if code in Role.values else code}


def metadata(version: Version, numbers: list[int]) -> dict[str, Any]:
    asset, revision = version.asset, version.current_revision
    return {
        "code": asset.code,
        "number": version.number,
        "title": asset.title,
        "asset_type": str(asset.asset_type),
        "nature": str(asset.get_nature_display()),
        "audience": str(asset.get_audience_display()),
        "products": [{"cis": one.cis, "name": one.name} for one in asset.products.order_by("cis")],
        "owner": person(asset.owner),
        "state": {"code": version.state, "words": str(version.get_state_display())},
        "change_kind": str(version.get_change_kind_display()),
        "reference": version.reference.value if version.reference else None,
        "visa_category": version.visa_category or None,
        "visa": _visa(version),
        "valid_from": day(version.valid_from),
        "expires_on": day(version.expires_on),
        "digest": revision.digest if revision else "",
    }


def _visa(version: Version) -> dict[str, Any] | None:
    visa = version.visa
    if visa is None:
        return None
    return {
        "category": visa.category,
        "reference": visa.reference.value,
        "starts_on": day(visa.starts_on),
        "ends_on": day(visa.ends_on),
    }


def revisions(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = version.revisions.select_related("uploaded_by").prefetch_related("files")
    return [_revision(one) for one in rows.order_by("number")]


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "prepared_on": day(revision.prepared_on),
        "change_summary": revision.change_summary,
        "uploaded_by": person(revision.uploaded_by),
        "uploaded_at": utc(revision.uploaded_at),
        "digest": revision.digest,
        # The exact text that the digest covers.
        "metadata_text": revision.metadata_text,
        "files": [
            {"position": one.position, "name": one.name, "size": one.size, "sha256": one.sha256}
            for one in revision.files.all()
        ],
    }


def prechecks(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    """Return every run of the pre-checks of each revision, with what each check found and where."""
    runs = PrecheckRun.objects.filter(revision__version=version).order_by("revision__number", "pk")
    return [
        {
            "revision": run.revision.number,
            "requested_by": person(run.requested_by),
            "requested_at": utc(run.requested_at),
            "finished_at": utc(run.finished_at),
            "tool": f"{run.tool} {run.tool_version}".strip(),
            "fault": run.fault,
            "files": run.files,
            "results": [_checked(one) for one in run.results.all()],
        }
        for run in runs.select_related("revision", "requested_by").prefetch_related("results__kind")
    ]


def _checked(result: PrecheckResult) -> dict[str, Any]:
    return {
        "check": {"code": result.kind.code, "words": str(result.kind)},
        "severity": {"code": result.severity, "words": str(result.get_severity_display())},
        "outcome": {"code": result.outcome, "words": str(result.get_outcome_display())},
        "detail": result.detail,
        "places": result.places,
    }


def cycles(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = ReviewCycle.objects.filter(version=version).select_related("revision", "opened_by")
    verdicts = Verdict.objects.filter(cycle__version=version).select_related(
        "task", "revision", "decided_by", "on_behalf_of", "signature"
    )
    by_cycle: dict[int, list[Verdict]] = {}
    for verdict in verdicts.prefetch_related("changes").order_by("pk"):
        by_cycle.setdefault(verdict.cycle_id, []).append(verdict)
    return [
        {
            "number": one.number,
            "kind": str(one.get_kind_display()),
            "state": str(one.get_state_display()),
            "opened_by": person(one.opened_by),
            "opened_at": utc(one.opened_at),
            "closed_at": utc(one.closed_at),
            "verdicts": [_verdict(verdict) for verdict in by_cycle.get(one.pk, [])],
        }
        for one in rows.order_by("number")
    ]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "role": role(verdict.task.role),
        "outcome": {"code": verdict.outcome, "words": str(verdict.get_outcome_display())},
        "by": person(verdict.decided_by),
        "on_behalf_of": person(verdict.on_behalf_of),
        "at": utc(verdict.decided_at),
        "comment": verdict.comment,
        "revision": verdict.revision.number,
        "digest": verdict.digest,
        "signature": verdict.signature_id,
        "checklist": verdict.checklist,
        "changes": [
            {"text": one.text, "evidence": one.evidence, "confirmed_at": utc(one.confirmed_at)}
            for one in verdict.changes.all()
        ],
        "voided_at": utc(verdict.voided_at),
        "void_reason": verdict.void_reason,
    }


def carries(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = Carry.objects.filter(version=version).select_related("carried_by", "on_behalf_of")
    return [
        {
            "kind": str(one.get_kind_display()),
            "role": role(one.role),
            "by": person(one.carried_by),
            "on_behalf_of": person(one.on_behalf_of),
            "at": utc(one.carried_at),
            "reason": one.reason,
            "from_digest": one.from_digest,
            "to_digest": one.to_digest,
            "signature": one.signature_id,
        }
        for one in rows.order_by("pk")
    ]


def comments(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = Comment.objects.concerning(version).with_thread()
    return [_comment(one) for one in rows]


def _comment(one: Comment) -> dict[str, Any]:
    return {
        "version": one.version.number,
        "revision": one.revision.number if one.revision else None,
        "author": person(one.author),
        "at": utc(one.created_at),
        "severity": str(one.get_severity_display()),
        "anchor": one.anchor,
        "body": one.body,
        "replies": [
            {"author": person(reply.author), "at": utc(reply.created_at), "body": reply.body}
            for reply in one.replies.all()
        ],
        "resolved_by": person(one.resolved_by),
        "resolved_at": utc(one.resolved_at),
        "verified_by": person(one.verified_by),
        "verified_at": utc(one.verified_at),
    }


def signatures(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    """Return each signature as it was given: name, role, meaning, instant and zone then."""
    return [
        {
            "id": one.pk,
            "name": one.name,
            "username": one.username,
            "role": role(one.role),
            "on_behalf_of": one.on_behalf_of,
            "meaning": {"code": one.meaning, "words": str(one.get_meaning_display())},
            "signed_at": utc(one.signed_at),
            "zone": one.zone,
            "covers": one.covers,
        }
        for one in signatures_on(version)
    ]


def authority(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = Dossier.objects.filter(version=version).select_related("reference")
    decisions: dict[int, list[Decision]] = {}
    said = Decision.objects.filter(dossier__version=version).select_related(
        "letter", "recorded_by", "superseded_by"
    )
    for one in said.order_by("pk"):
        decisions.setdefault(one.dossier_id, []).append(one)
    return [
        {
            "reference": one.reference.value,
            "state": str(one.get_state_display()),
            "digest": one.digest,
            "deposited_at": utc(one.deposited_at),
            "portal_number": one.portal_number,
            "decisions": [_decision(said) for said in decisions.get(one.pk, [])],
        }
        for one in rows.order_by("pk")
    ]


def _decision(said: Decision) -> dict[str, Any]:
    """Return one entry; a wrong one is there too, with the one that corrects it."""
    later = said.superseded_by.pk if hasattr(said, "superseded_by") else None
    return {
        "id": said.pk,
        "outcome": str(said.get_outcome_display()),
        "decided_on": day(said.decided_on),
        "notified_on": day(said.notified_on),
        "reason": said.reason,
        "letter": {"name": said.letter.name, "sha256": said.letter.sha256} if said.letter else None,
        "starts_on": day(said.starts_on),
        "start_reason": said.start_reason,
        "until": day(said.until),
        "silence_statement": said.silence_statement,
        "by": person(said.recorded_by),
        "at": utc(said.recorded_at),
        "signature": said.signature_id,
        "corrects": said.corrects_id,
        "correction_reason": said.correction_reason,
        "corrected_by": later,
        "wrong_days": said.wrong_days,
    }


def releases(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    rows = ReleaseAct.objects.filter(version=version).select_related("by")
    return [
        {
            "act": str(one.get_kind_display()),
            "by": person(one.by),
            "at": utc(one.made_at),
            "effective_on": day(one.effective_on),
            "reason": one.reason,
            "digest": one.digest,
            "signature": one.signature_id,
        }
        for one in rows.order_by("pk")
    ]


def states(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    """Return each state that was entered: by whom, when, why; the first one first."""
    told: list[dict[str, Any]] = []
    for row in version.history.select_related("history_user").order_by("history_id"):
        if told and told[-1]["state"]["code"] == row.state:
            continue
        told.append(
            {
                "state": {"code": row.state, "words": str(State(row.state).label)},
                "by": person(row.history_user),
                "at": utc(row.history_date),
                "reason": row.history_change_reason or "",
            }
        )
    return told


def audit(version: Version, numbers: list[int]) -> list[dict[str, Any]]:
    """Return the events in full: the exact text that was hashed, its hash and the one before."""
    return list(_events(numbers))


def _events(numbers: list[int]) -> Iterable[dict[str, Any]]:
    found = AuditEvent.objects.select_related("actor").in_bulk(numbers)
    for seq in numbers:
        event = found[seq]
        told = json.loads(event.payload)
        yield {
            "seq": seq,
            "at": utc(event.recorded_at),
            "act": act_words(event.kind),
            "by": person(event.actor),
            "role": role(told["role"]),
            "reason": told["reason"],
            "payload": event.payload,
            "prev_hash": event.prev_hash,
            "hash": event.hash,
        }


def checkpoint(version: Version, numbers: list[int]) -> dict[str, Any] | None:
    """Return the last checkpoint of the chain: the text that was signed, the key, the signature."""
    last = AuditCheckpoint.objects.in_order().last()
    if last is None:
        return None
    return {
        "seq": last.seq,
        "at": utc(last.at),
        "text": checkpoints.signed_text(last),
        "public_key": last.public_key,
        "signature": last.signature,
    }


# In the order of the document. A new section is a function here and a part of record.html.
SECTIONS: dict[str, Section] = {
    "metadata": metadata,
    "revisions": revisions,
    "prechecks": prechecks,
    "cycles": cycles,
    "carries": carries,
    "comments": comments,
    "signatures": signatures,
    "authority": authority,
    "releases": releases,
    "states": states,
    "audit": audit,
    "checkpoint": checkpoint,
}
