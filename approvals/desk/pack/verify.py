"""Verify an inspection pack offline. Needs Python 3.9 or later, and no package.

    python3 verify.py [FOLDER] [--key HEX] [--kept FILE]

FOLDER holds the unpacked pack (without it: the folder of this file). ``--key`` is the public key
that the house gave you by another way; without it the keys of the pack are believed, which proves
only that the pack agrees with itself. ``--kept`` is a file of checkpoints kept elsewhere, one a
line, as in checkpoints.jsonl or as the house's log has them: each must be in this history.

Ends with 0 when everything holds, with 1 and the first fault when something does not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

FORMAT = "imprimatur-pack-1"
CHECKPOINT = "imprimatur-checkpoint-1"
GENESIS = "0" * 64
# Anybody can sign with this one: it is published with the software, for demonstrations.
DEVELOPMENT_KEY = "4b9f74263bc83e17dc682a1ad2ebee3fa9660322c774cc117913e67271184a77"
SHA256 = re.compile("[0-9a-f]{64}")


class Fault(Exception):
    """The first thing that does not hold."""


# Ed25519 (RFC 8032, section 5.1), verification only. Points are in extended coordinates.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _same(one: Point, two: Point) -> bool:
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 == (one[1] * two[2] - two[1] * one[2]) % P


def _point(data: bytes) -> Point | None:
    """Decode a point, or return None where the bytes are not one."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature is the key's over the message."""
    if len(public_key) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, point = _point(public_key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _same(_times(scalar, BASE), _add(point, _times(challenge, key)))


# The pack.


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def lines(folder: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, one a line."""
    path = os.path.join(folder, name)
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                try:
                    read = json.loads(line)
                except ValueError:
                    read = None
                if not isinstance(read, dict):
                    raise Fault(f"{name}, line {number}: it cannot be read")
                yield read
    except (OSError, UnicodeDecodeError):
        raise Fault(f"{name}: it is missing or cannot be read") from None


def kept_elsewhere(path: str | None) -> dict[int, dict[str, Any]]:
    """Read checkpoints kept outside the house, bare or in the lines of its log, by their number."""
    found: dict[int, dict[str, Any]] = {}
    if path is None:
        return found
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                said = _said(line)
                start = said.find('{"public_key"')
                if start >= 0:
                    row, _end = json.JSONDecoder().raw_decode(said[start:])
                    found[json.loads(row["text"])["seq"]] = row
    except (OSError, ValueError, LookupError, TypeError):
        raise Fault(f"{path}: it cannot be read") from None
    if not found:
        raise Fault(f"{path}: it holds no checkpoint")
    return found


def _said(line: str) -> str:
    """Return what a line of a JSON log says, or the line."""
    try:
        return str(json.loads(line)["event"])
    except (ValueError, LookupError, TypeError):
        return line


class Pack:
    """One pass over the events and the checkpoints together, then over the files."""

    def __init__(self, folder: str, keys: list[str], kept: dict[int, dict[str, Any]]) -> None:
        self.folder = folder
        self.keys = keys
        self.kept = kept
        self.full = self.by_hash = self.checkpoints = self.covered = self.found = 0
        self.files: set[str] = set()
        self.named: list[dict[str, Any]] = []

    def verify(self) -> None:
        told = next(lines(self.folder, "pack.json"))
        if told.get("format") != FORMAT:
            raise Fault(f"pack.json: this verifier knows only the format {FORMAT}")
        signed = lines(self.folder, "checkpoints.jsonl")
        checkpoint = next(signed, None)
        seq, previous, links = 0, GENESIS, GENESIS
        for event in lines(self.folder, "events.jsonl"):
            seq += 1
            asked = self._check_event(event, seq, previous)
            previous = event["hash"]
            links = sha256(links + previous)
            if checkpoint is not None and self._seq_of(checkpoint) == seq:
                self._check_checkpoint(checkpoint, seq, previous, links, asked)
                checkpoint = next(signed, None)
            elif asked:
                raise Fault(f"event {seq}: its checkpoint is missing")
            self._check_kept(seq, previous, links)
        if (seq, previous) != (told.get("events"), told.get("head")):
            raise Fault(f"event {seq + 1}: the pack does not end where it says")
        if self.full != told.get("full"):
            raise Fault("pack.json: it says another number of events in full")
        if checkpoint is not None:
            raise Fault(f"checkpoint {self._seq_of(checkpoint)}: its event is not there")
        self._check_files()

    def _check_event(self, event: dict[str, Any], seq: int, previous: str) -> str | None:
        """Return the key that the event says signs a checkpoint over it."""
        if event.get("seq") != seq:
            raise Fault(f"event {seq}: an event is missing or was inserted")
        if event.get("prev_hash") != previous:
            raise Fault(f"event {seq}: it is not chained to the one before it")
        if not SHA256.fullmatch(str(event.get("hash"))):
            raise Fault(f"event {seq}: its hash cannot be read")
        if "payload" not in event:
            self.by_hash += 1
            return None
        self.full += 1
        if event["hash"] != sha256(previous + str(event["payload"])):
            raise Fault(f"event {seq}: its text was altered")
        try:
            payload = json.loads(event["payload"])
            same = payload["seq"] == seq
            asked = (payload["details"].get("checkpoint") or {}).get("key")
            self._note_files(seq, payload["changes"])
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Fault(f"event {seq}: its text cannot be read") from None
        if not same:
            raise Fault(f"event {seq}: its text says another number")
        return asked

    def _note_files(self, seq: int, changes: list[dict[str, Any]]) -> None:
        for change in changes:
            fields = change["fields"]
            if change["type"] == "+" and fields.get("sha256"):
                sha = fields["sha256"][1]
                if not SHA256.fullmatch(sha):
                    raise ValueError
                name = (fields.get("name") or [None, ""])[1]
                self.files.add(sha)
                self.named.append({"seq": seq, "sha256": sha, "name": name})

    @staticmethod
    def _seq_of(checkpoint: dict[str, Any]) -> Any:
        try:
            return json.loads(checkpoint["text"])["seq"]
        except (ValueError, LookupError, TypeError):
            raise Fault("checkpoints.jsonl: a checkpoint cannot be read") from None

    def _check_checkpoint(
        self, row: dict[str, Any], seq: int, event_hash: str, links: str, asked: str | None
    ) -> None:
        told, key = json.loads(row["text"]), str(row.get("public_key"))
        if told.get("format") != CHECKPOINT:
            raise Fault(f"checkpoint {seq}: its format is not known")
        if (told.get("hash"), told.get("links")) != (event_hash, links):
            raise Fault(f"checkpoint {seq}: it signs another history")
        if key not in self.keys:
            raise Fault(f"checkpoint {seq}: it is signed with a key that is not the house's")
        if asked is not None and asked != key:
            raise Fault(f"checkpoint {seq}: it is signed with another key than its event says")
        self._check_signature(row, seq)
        self.checkpoints += 1
        self.covered = seq

    def _check_signature(self, row: dict[str, Any], seq: int) -> None:
        try:
            key, signature = bytes.fromhex(row["public_key"]), bytes.fromhex(row["signature"])
            holds = signature_holds(key, row["text"].encode("utf-8"), signature)
        except (ValueError, LookupError, TypeError, AttributeError):
            holds = False
        if not holds:
            raise Fault(f"checkpoint {seq}: its signature is wrong")

    def _check_kept(self, seq: int, event_hash: str, links: str) -> None:
        row = self.kept.get(seq)
        if row is None:
            return
        told = json.loads(row["text"])
        if (told.get("hash"), told.get("links")) != (event_hash, links):
            raise Fault(f"event {seq}: a checkpoint kept elsewhere signs another history")
        if row.get("public_key") not in self.keys:
            raise Fault(f"event {seq}: a checkpoint kept elsewhere has another key")
        self._check_signature(row, seq)
        self.found += 1

    def _check_files(self) -> None:
        for sha in sorted(self.files):
            digest = hashlib.sha256()
            try:
                with open(os.path.join(self.folder, "files", sha), "rb") as file:
                    for chunk in iter(lambda: file.read(1 << 20), b""):
                        digest.update(chunk)
            except OSError:
                raise Fault(f"file {sha}: it is missing") from None
            if digest.hexdigest() != sha:
                raise Fault(f"file {sha}: its bytes were altered")
        kept = os.path.join(self.folder, "files")
        there = set(os.listdir(kept)) if os.path.isdir(kept) else set()
        if there - self.files:
            raise Fault(f"file {min(there - self.files)}: no event names it")
        index = lines(self.folder, "files.jsonl")
        if [
            {name: row.get(name) for name in ("seq", "sha256", "name")} for row in index
        ] != self.named:
            raise Fault("files.jsonl: it does not say what the events say")


def report(pack: Pack, given: bool) -> Iterator[str]:
    """Yield what was verified, and what was not."""
    yield f"{pack.full} events in full, {pack.by_hash} by their hash only,"
    yield f"{pack.checkpoints} checkpoints, {len(pack.files)} files."
    if pack.by_hash:
        yield "What the events given by their hash only say is not here, and was not checked."
    if pack.covered < pack.full + pack.by_hash:
        yield f"No checkpoint covers the events after number {pack.covered}."
    if pack.kept:
        yield f"{pack.found} of the {len(pack.kept)} checkpoints kept elsewhere are here;"
        yield "the others, if any, are later than its end."
    if not given:
        yield "The keys were read from the pack. Compare them with what the house gave you:"
        yield from pack.keys
    if DEVELOPMENT_KEY in pack.keys:
        yield "One key is the published one of demonstrations: its signatures prove nothing."
    yield "EVERYTHING HOLDS. / TOUT EST CONFORME."


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify an inspection pack offline.")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", action="append", metavar="HEX", default=[])
    parser.add_argument("--kept", metavar="FILE")
    given = parser.parse_args(arguments)
    try:
        keys = [key.lower() for key in given.key]
        if not keys:
            keys = [row["public_key"] for row in lines(given.folder, "public_keys.jsonl")]
        pack = Pack(given.folder, keys, kept_elsewhere(given.kept))
        pack.verify()
    except Fault as fault:
        print(f"IT DOES NOT HOLD. / NON CONFORME.\n{fault}", file=sys.stderr)
        return 1
    print("\n".join(report(pack, bool(given.key))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
