"""The drawing of the lifecycle follows the machine."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals.desk.management.commands import draw_workflow
from approvals.desk.workflow import WHO, document, moves


def test_every_transition_names_who_makes_it() -> None:
    assert {move.name for move in moves()} == set(WHO)


def test_the_committed_drawing_is_the_machine() -> None:
    out = StringIO()
    call_command("draw_workflow", "--check", stdout=out)
    assert "up to date" in out.getvalue()


def test_a_drawing_that_differs_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "workflow.md"
    monkeypatch.setattr(draw_workflow, "PATH", path)
    with pytest.raises(CommandError, match="out of date"):
        call_command("draw_workflow", "--check")
    call_command("draw_workflow", stdout=StringIO())
    assert path.read_text(encoding="utf-8") == document()
