"""Behaviours of SECURITY.md about the trail and the records, each under its number."""

import hashlib
import json
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from approvals.audit import InvalidInput, act, current_act
from approvals.audit.models import AuditEvent, AuditHead
from approvals.people.actions import record_sign_in
from approvals.people.models import User
from approvals.release.models import ReleaseAct
from approvals.review.actions import cancel, recall
from content.assets.models import Asset, RevisionFile, Version
from content.files import open_stored
from tests.factories import T0
from tests.factories.assets import make_asset, make_pdf, make_released, make_version
from tests.factories.people import Cast
from tests.factories.review import correct, in_review

pytestmark = pytest.mark.django_db


def test_b22_each_change_says_who_in_which_role_what_when_and_why(cast: Cast) -> None:
    cycle = in_review(cast)
    recall(cycle.version_id, reason="Mauvais fichier", by=cast.pm, now=T0)
    event = AuditEvent.objects.filter(kind="recall").get()
    told = json.loads(event.payload)
    assert told["actor"] == cast.pm.pk
    assert told["role"] == "product_manager"
    assert told["reason"] == "Mauvais fichier"
    # UTC in the text; the zone of the house is that of its days.
    assert told["at"] == "2026-04-14T08:00:00.000000+00:00"
    (version,) = [one for one in told["changes"] if one["model"] == "assets.version"]
    assert version["fields"]["state"] == ["in_review", "draft"]
    history = Version.history.get(history_id=version["history"])
    assert (history.history_user, history.history_change_reason) == (cast.pm, "Mauvais fichier")


@pytest.mark.parametrize("verb", [recall, cancel])
def test_b23_a_reason_is_owed_for_what_was_submitted(cast: Cast, verb: Any) -> None:
    cycle = in_review(cast)
    events = AuditEvent.objects.count()
    with pytest.raises(InvalidInput) as refused:
        verb(cycle.version_id, reason="  ", by=cast.pm, now=T0)
    assert list(refused.value.errors) == ["reason"]
    assert AuditEvent.objects.count() == events
    # The database asks too, for what ends a use.
    names = {constraint.name for constraint in ReleaseAct._meta.constraints}
    assert any("reason" in name for name in names)


def test_b26_the_event_and_the_write_commit_or_roll_back_together(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product], title="Avant")
    events, head = AuditEvent.objects.count(), AuditHead.objects.get(pk=1).seq

    @act("rename_in_a_test")
    def rename(*, by: User, now: Any, fail: bool) -> None:
        found = Asset.objects.get(pk=asset.pk)
        found.title = "Après"
        found.save()
        if fail:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename(by=cast.pm, now=T0, fail=True)
    with monkeypatch.context() as broken:
        # The write succeeded, the event cannot be written.
        broken.setattr(AuditEvent, "save", _broken)
        with pytest.raises(OSError, match="full"):
            rename(by=cast.pm, now=T0, fail=False)
    asset.refresh_from_db()
    assert asset.title == "Avant"
    assert Asset.history.filter(id=asset.pk).count() == 1
    assert (AuditEvent.objects.count(), AuditHead.objects.get(pk=1).seq) == (events, head)
    rename(by=cast.pm, now=T0, fail=False)
    assert AuditEvent.objects.count() == events + 1


def _broken(*args: Any, **kwargs: Any) -> None:
    assert current_act()
    raise OSError("full")


def test_b33_earlier_versions_come_back_byte_for_byte(cast: Cast) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product])
    sent = make_pdf(text="PREMIER")
    first = sent.read()
    sent.seek(0)
    version = make_version(asset, files=[sent])
    correct(version)
    revisions = version.revisions.order_by("number")
    assert [one.number for one in revisions] == [1, 2]
    kept = RevisionFile.objects.get(revision=revisions[0])
    with open_stored(kept.sha256) as stored:
        assert stored.read() == first
    assert kept.sha256 == hashlib.sha256(first).hexdigest()


def test_b37_the_archive_is_read_without_the_application(cast: Cast, tmp_path: Path) -> None:
    version = make_released(cast)
    pack = tmp_path / "pack.zip"
    call_command("export_audit", str(pack), stdout=StringIO())
    folder = tmp_path / "read"
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    # Plain text, a line an event, people and files beside it; a program that needs only Python.
    events = [json.loads(line) for line in (folder / "events.jsonl").open(encoding="utf-8")]
    assert any(version.asset.code in event["payload"] for event in events)
    assert (folder / "LISEZMOI.md").read_text(encoding="utf-8")
    people = (folder / "people.jsonl").read_text(encoding="utf-8")
    assert "system" in people
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_b36_a_periodic_evaluation_report(cast: Cast) -> None:
    in_review(cast)
    assert cast.medical
    record_sign_in(by=cast.pm, now=T0, way="page")
    out = StringIO()
    call_command("evaluation_report", "--since=2026-04-01", "--until=2026-04-30", stdout=out)
    told = json.loads(out.getvalue())
    medical = next(one for one in told["people"] if one["username"] == "medical")
    assert (medical["active"], medical["roles"]) == (True, ["medical_reviewer"])
    assert told["chain"]["holds"] is True
    assert told["chain"]["events"] == AuditHead.objects.get(pk=1).seq
    assert told["chain"]["tables_without_triggers"] == []
    assert told["acts"]["submit"] == 1
    assert told["failures"] == {"signature_refused": 0, "sign_in_failed": 0, "lock_out": 0}
    # The review of who may come in: 21 CFR 11.300, Annex 11 §12.3.
    assert (medical["second_factor"], medical["last_sign_in"]) == (False, None)
    owner = next(one for one in told["people"] if one["username"] == cast.pm.username)
    assert owner["last_sign_in"] == T0.isoformat()
    assert told["rights"]["grant_role"] >= 0
    assert told["versions"]["python"].startswith("3.")
    with pytest.raises(CommandError, match="after the last"):
        call_command("evaluation_report", "--since=2026-05-01", "--until=2026-04-30")
