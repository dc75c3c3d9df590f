"""The inspection pack: what is in it, and that an outsider finds one altered byte."""

import hashlib
import json
import logging
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from approvals.audit import checkpoints
from approvals.audit.actions import take_daily_checkpoint
from approvals.audit.models import AuditCheckpoint, AuditEvent, AuditHead
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.models import RevisionFile
from content.files import path_of, revisions_storage
from tests.factories import T0
from tests.factories.owner import EVENTS, as_owner
from tests.factories.people import Cast
from tests.factories.submissions import make_approved, make_deposited

pytestmark = pytest.mark.django_db
KEY = "33" * 32
Export = Callable[..., Path]


@pytest.fixture
def house(cast: Cast, settings: Any) -> str:
    """Two assets, the first deposited, a checkpoint between them; return the first one's code."""
    settings.SIGNING_KEY = KEY
    code = make_deposited(cast).version.asset.code
    take_daily_checkpoint(by=system_actor(), now=T0)
    make_approved(cast)
    return code


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Write a pack and unpack it; return its folder, the ZIP beside it."""

    def export(name: str, *args: str) -> Path:
        out, folder = tmp_path / f"{name}.zip", tmp_path / name
        call_command("export_audit", str(out), *args, stdout=StringIO())
        with zipfile.ZipFile(out) as archive:
            archive.extractall(folder)
        return folder

    return export


def run(folder: Path, *args: str) -> tuple[int, str]:
    """Run the pack's verifier as an inspector would: no site, no environment, no package."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *args],
        capture_output=True,
        text=True,
        check=False,
        env={},
        cwd="/",
    )
    return ended.returncode, ended.stdout + ended.stderr


def refused(folder: Path, *args: str) -> str:
    code, said = run(folder, *args)
    assert code == 1, said
    return said.splitlines()[-1]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def change_byte(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def put(folder: Path, name: str, lines: list[dict[str, Any]]) -> None:
    (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))


class TestWhole:
    def test_b32_it_verifies_offline(self, house: str, export: Export) -> None:
        folder = export("pack")
        code, said = run(folder, "--key", checkpoints.public_key())
        assert code == 0, said
        upto = AuditCheckpoint.objects.in_order().last()
        assert upto is not None
        files = len({row["sha256"] for row in rows(folder, "files.jsonl")})
        assert said.splitlines() == [
            f"{upto.seq} events in full, 0 by their hash only,",
            f"3 checkpoints, {files} files.",
            "EVERYTHING HOLDS. / TOUT EST CONFORME.",
        ]

    def test_it_holds_the_exact_texts_the_files_and_the_names(
        self, house: str, export: Export
    ) -> None:
        folder = export("pack")
        kept = list(AuditEvent.objects.in_order().values_list("payload", flat=True))
        told = [row["payload"] for row in rows(folder, "events.jsonl")]
        # All but the event of the export itself, which comes after.
        assert told == kept[:-1]
        for sha256 in RevisionFile.objects.values_list("sha256", flat=True):
            data = (folder / "files" / sha256).read_bytes()
            assert hashlib.sha256(data).hexdigest() == sha256
        people = {row["username"]: row["name"] for row in rows(folder, "people.jsonl")}
        assert {"system", "pm", "regulatory"} <= set(people)
        assert people["regulatory"] == str(User.objects.get(username="regulatory"))

    def test_it_leaves_an_event_that_names_its_bytes(self, house: str, export: Export) -> None:
        folder = export("pack", "--asset", house)
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        details = json.loads(event.payload)["details"]
        assert (event.kind, details["asset"], details["upto"]) == (
            "export_audit",
            house,
            event.seq - 1,
        )
        data = folder.with_name("pack.zip").read_bytes()
        assert details["pack"] == hashlib.sha256(data).hexdigest()

    def test_the_same_chain_gives_the_same_bytes(self, house: str, export: Export) -> None:
        for name, options in (("whole", []), ("one", ["--asset", house])):
            first = export(name, *options)
            upto = str(AuditHead.objects.get(pk=1).seq - 1)
            second = export(f"{name}-again", *options, "--to", upto)
            packs = [one.with_name(f"{one.name}.zip").read_bytes() for one in (first, second)]
            assert packs[0] == packs[1]
            with zipfile.ZipFile(first.with_name(f"{name}.zip")) as archive:
                names = archive.namelist()
            assert names == sorted(names)

    def test_what_no_checkpoint_covers_is_said(
        self, cast: Cast, export: Export, settings: Any
    ) -> None:
        assert cast.pm
        code, said = run(export("pack"))
        assert code == 0
        assert "No checkpoint covers the events after number 0." in said
        settings.SIGNING_KEY = settings.DEVELOPMENT_SIGNING_KEY
        code, said = run(export("signed"))
        assert code == 0
        assert "its signatures prove nothing" in said
        assert "The keys were read from the pack." in said


class TestOneAsset:
    def test_its_events_are_in_full_and_the_others_by_hash(
        self, house: str, export: Export
    ) -> None:
        folder = export("pack", "--asset", house)
        code, said = run(folder, "--key", checkpoints.public_key())
        assert code == 0, said
        assert "was not checked" in said
        events = rows(folder, "events.jsonl")
        told = [json.loads(row["payload"])["act"] for row in events if "payload" in row]
        assert told.count("deposit") == 1
        assert {"plan", "add_to_batch", "freeze_batch", "add_piece"} <= set(told)
        assert {"create_person", "checkpoint"}.isdisjoint(told)
        others = [row for row in events if "payload" not in row]
        assert {tuple(row) for row in others} == {("hash", "prev_hash", "seq")}
        codes = {row["fields"]["code"][1] for row in created(events, "assets.asset")}
        assert codes == {house}
        mine = RevisionFile.objects.filter(revision__version__asset__code=house)
        there = {path.name for path in (folder / "files").iterdir()}
        for file in RevisionFile.objects.select_related("revision__version__asset"):
            assert (file.sha256 in there) == (file.revision.version.asset.code == house)
        assert set(mine.values_list("sha256", flat=True)) == {
            row["fields"]["sha256"][1] for row in created(events, "assets.revisionfile")
        }

    def test_a_text_and_its_hash_altered_together_are_found(
        self, house: str, export: Export
    ) -> None:
        """What the bare links could not show: the checkpoint binds the hash of every event."""
        folder = export("pack", "--asset", house)
        events = rows(folder, "events.jsonl")
        place = next(
            number
            for number, row in enumerate(events)
            if "payload" in row and "payload" not in events[number + 1]
        )
        payload = events[place]["payload"].replace('"reason":""', '"reason":"x"')
        text = events[place]["prev_hash"] + payload
        written = hashlib.sha256(text.encode()).hexdigest()
        events[place] |= {"payload": payload, "hash": written}
        events[place + 1]["prev_hash"] = written
        put(folder, "events.jsonl", events)
        assert refused(folder).endswith("it signs another history")


def created(events: list[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    return [
        change
        for row in events
        if "payload" in row
        for change in json.loads(row["payload"])["changes"]
        if (change["model"], change["type"]) == (model, "+")
    ]


class TestTampering:
    def test_one_byte_of_an_event(self, house: str, export: Export) -> None:
        folder = export("pack")
        row = next(
            row for row in rows(folder, "events.jsonl") if '"act":"deposit"' in row["payload"]
        )
        change_byte(folder / "events.jsonl", b"DS-123456", b"DS-123457")
        assert refused(folder) == f"event {row['seq']}: its text was altered"

    def test_one_byte_of_a_file(self, house: str, export: Export) -> None:
        folder = export("pack")
        path = min((folder / "files").iterdir())
        path.chmod(0o600)
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        assert refused(folder) == f"file {path.name}: its bytes were altered"
        path.unlink()
        assert refused(folder) == f"file {path.name}: it is missing"

    def test_one_byte_of_a_checkpoint(self, house: str, export: Export) -> None:
        folder = export("pack")
        first = AuditCheckpoint.objects.in_order().first()
        assert first is not None
        start = first.signature[:8].encode()
        change_byte(folder / "checkpoints.jsonl", start, start[:-1] + b"%x" % (start[-1] % 9))
        assert refused(folder) == f"checkpoint {first.seq}: its signature is wrong"

    @pytest.mark.parametrize(
        ("name", "place", "fault"),
        [
            ("events.jsonl", 2, "event 3: an event is missing or was inserted"),
            ("events.jsonl", -1, "event {last}: the pack does not end where it says"),
            ("checkpoints.jsonl", 0, "event {first}: its checkpoint is missing"),
            ("files.jsonl", 0, "files.jsonl: it does not say what the events say"),
        ],
    )
    def test_a_line_removed(
        self, house: str, export: Export, name: str, place: int, fault: str
    ) -> None:
        folder = export("pack")
        lines = rows(folder, name)
        del lines[place]
        put(folder, name, lines)
        signed = AuditCheckpoint.objects.in_order().values_list("seq", flat=True)
        assert refused(folder) == fault.format(first=signed[0], last=signed[2])

    def test_another_key_or_a_file_too_many(self, house: str, export: Export) -> None:
        folder = export("pack")
        first = AuditCheckpoint.objects.in_order().first()
        assert first is not None
        said = f"checkpoint {first.seq}: it is signed with a key that is not the house's"
        assert refused(folder, "--key", "00" * 32) == said
        (folder / "files" / "extra").write_text("x")
        assert refused(folder) == "file extra: no event names it"

    @pytest.mark.parametrize(
        "name", ["events.jsonl", "checkpoints.jsonl", "pack.json", "public_keys.jsonl"]
    )
    def test_what_cannot_be_read_is_said(self, house: str, export: Export, name: str) -> None:
        folder = export("pack")
        (folder / name).write_text("{\n")
        assert refused(folder) == f"{name}, line 1: it cannot be read"
        (folder / name).unlink()
        assert refused(folder) == f"{name}: it is missing or cannot be read"


class TestKeptElsewhere:
    def test_the_lines_of_the_log_are_found_in_the_history(
        self,
        house: str,
        export: Export,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        with (
            caplog.at_level(logging.INFO, "approvals.audit.checkpoints"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            folder = export("pack")
        kept = tmp_path / "log"
        kept.write_text(json.dumps({"event": caplog.messages[-1], "level": "info"}) + "\n")
        code, said = run(folder, "--kept", str(kept))
        assert code == 0, said
        assert "1 of the 1 checkpoints kept elsewhere are here" in said

    def test_a_history_that_was_signed_again_is_found(
        self, house: str, export: Export, tmp_path: Path
    ) -> None:
        """Who holds the key too can sign what they like: not what was kept elsewhere."""
        folder = export("pack")
        kept = rows(folder, "checkpoints.jsonl")
        told = json.loads(kept[0]["text"])
        kept[0]["text"] = json.dumps(told | {"links": "0" * 64})
        put(tmp_path, "kept", kept)
        said = refused(folder, "--kept", str(tmp_path / "kept"))
        assert said == f"event {told['seq']}: a checkpoint kept elsewhere signs another history"
        (tmp_path / "kept").write_text("nothing\n")
        assert refused(folder, "--kept", str(tmp_path / "kept")).endswith("holds no checkpoint")


class TestRefused:
    def refused(self, *args: str) -> str:
        events = AuditEvent.objects.count()
        with pytest.raises(CommandError) as refusal:
            call_command("export_audit", *args)
        assert AuditEvent.objects.count() == events
        return str(refusal.value)

    def test_an_asset_or_an_event_that_is_not_there(self, cast: Cast, tmp_path: Path) -> None:
        out = tmp_path / "pack.zip"
        assert self.refused(str(out), "--asset", "FR-0") == "There is no asset 'FR-0'."
        assert self.refused(str(out), "--to", "0").startswith("There is no event 0: give a number")
        assert self.refused(str(tmp_path / "no" / "pack.zip")).endswith("make it first.")
        out.write_text("mine")
        assert self.refused(str(out)).endswith("is there already: choose another name.")
        assert out.read_text() == "mine"

    def test_a_stored_file_that_is_lost(self, cast: Cast, tmp_path: Path) -> None:
        make_approved(cast)
        sha256 = RevisionFile.objects.values_list("sha256", flat=True)[0]
        revisions_storage().delete(path_of(sha256))
        assert self.refused(str(tmp_path / "pack.zip")) == (
            f"File {sha256} is missing from the store."
        )
        assert not list(tmp_path.iterdir())


def test_a_broken_chain_is_exported_and_found_by_the_verifier(house: str, export: Export) -> None:
    seq = AuditHead.objects.get(pk=1).seq
    with as_owner(EVENTS) as cursor:
        cursor.execute(f"UPDATE {EVENTS} SET payload = 'x' WHERE seq = %s", [seq])
    assert refused(export("pack")) == f"event {seq}: its text was altered"
