"""Write an inspection pack. The same chain, names and keys give the same bytes."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.apps import apps

from approvals.audit import checkpoints
from approvals.audit.hashing import canonical
from approvals.audit.models import AuditCheckpoint, AuditEvent
from approvals.desk.pack.concerning import Row, rows_of
from approvals.desk.pack.verify import FORMAT
from approvals.people.models import User
from content.assets.models import Asset
from content.files import StoredFileFault, chunks_of, hash_of, open_stored

HERE = Path(__file__).parent
EPOCH = (1980, 1, 1, 0, 0, 0)


class PackFault(Exception):
    """The pack cannot be written: something that the trail names is not there."""


@dataclass
class Written:
    """What a pack holds."""

    upto: int
    asset: str = ""
    head: str = ""
    full: int = 0
    by_hash: int = 0
    signed: int = 0
    sha256: str = ""
    people: set[int] = field(default_factory=set)
    files: list[dict[str, Any]] = field(default_factory=list)


def write_pack(path: Path, *, upto: int, asset: Asset | None = None) -> Written:
    """Write the pack of the chain up to an event: all of it, or one asset's events in full.

    :raises PackFault: if a file that an event names is missing or altered.
    """
    done = Written(upto, asset.code if asset else "")
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("LISEZMOI.md", "README.md"):
            _write(archive, name, [(HERE / name).read_bytes()])
        _write(archive, "checkpoints.jsonl", _checkpoints(done))
        _write(archive, "events.jsonl", _events(done, asset))
        _write(archive, "files.jsonl", (_line(row) for row in done.files))
        for sha256 in sorted({row["sha256"] for row in done.files}):
            _write(archive, f"files/{sha256}", _stored(sha256))
        _write(archive, "pack.json", [_line(_told(done))])
        _write(archive, "people.jsonl", _people(done))
        keys = ({"public_key": key} for key in checkpoints.trusted_keys())
        _write(archive, "public_keys.jsonl", (_line(key) for key in keys))
        _write(archive, "verify.py", [(HERE / "verify.py").read_bytes()])
    with path.open("rb") as pack:
        done.sha256 = hash_of(pack).sha256
    return done


def _line(row: dict[str, Any]) -> bytes:
    return f"{canonical(row)}\n".encode()


def _write(archive: zipfile.ZipFile, name: str, parts: Any) -> None:
    """Write one file; not compressed, so that every machine writes the same bytes."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    place: IO[bytes]
    with archive.open(entry, "w", force_zip64=True) as place:
        for part in parts:
            place.write(part)


def _told(done: Written) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "asset": done.asset or None,
        "events": done.upto,
        "full": done.full,
        "head": done.head,
    }


def _checkpoints(done: Written) -> Iterator[bytes]:
    rows = AuditCheckpoint.objects.filter(seq__lte=done.upto).in_order()
    for row in rows.iterator(chunk_size=500):
        done.signed += 1
        text = checkpoints.signed_text(row)
        yield _line({"text": text, "public_key": row.public_key, "signature": row.signature})


def _events(done: Written, asset: Asset | None) -> Iterator[bytes]:
    rows = rows_of(asset) if asset else set()
    events: Any = AuditEvent.objects.filter(seq__lte=done.upto).in_order()
    for event in events.iterator(chunk_size=2000):
        line = {"seq": event.seq, "prev_hash": event.prev_hash, "hash": event.hash}
        payload = _read(event.payload)
        if asset is None or _concerns(payload, asset, rows):
            done.full += 1
            _note(done, event, payload)
            line["payload"] = event.payload
        else:
            done.by_hash += 1
        done.head = event.hash
        yield _line(line)


def _read(payload: str) -> dict[str, Any]:
    """Read an event's text; where it is not one, the verifier says so."""
    try:
        read: dict[str, Any] = {"changes": [], "details": {}} | json.loads(payload)
    except (ValueError, TypeError):
        return {"changes": [], "details": {}}
    return read


def _concerns(payload: dict[str, Any], asset: Asset, rows: set[Row]) -> bool:
    if payload["details"].get("asset") == asset.code:
        return True
    return any((change["model"], change["id"]) in rows for change in payload["changes"])


def _note(done: Written, event: AuditEvent, payload: dict[str, Any]) -> None:
    """Remember the people and the files that an event names."""
    done.people.add(event.actor_id)
    for change in payload["changes"]:
        fields = change["fields"]
        for name in _people_fields(change["model"]):
            done.people.update(one for one in fields.get(name, ()) if isinstance(one, int))
        if change["type"] == "+" and fields.get("sha256"):
            name = fields.get("name", [None, ""])[1]
            sha256 = fields["sha256"][1]
            done.files.append({"seq": event.seq, "sha256": sha256, "name": name})


def _people_fields(label: str) -> list[str]:
    model = apps.get_model(label)
    own = ["id"] if model is User else []
    return own + [one.attname for one in model._meta.concrete_fields if one.related_model is User]


def _people(done: Written) -> Iterator[bytes]:
    people = User.objects.filter(pk__in=sorted(done.people)).order_by("pk")
    for person in people:
        yield _line({"id": person.pk, "username": person.username, "name": str(person)})


def _stored(sha256: str) -> Iterator[bytes]:
    try:
        with open_stored(sha256) as stored:
            yield from chunks_of(stored)
    except StoredFileFault as fault:
        raise PackFault(str(fault)) from fault
