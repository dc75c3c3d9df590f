"""The child that reads what nobody trusts is bounded in what it answers, too."""

import io
from pathlib import Path

import pytest

from content import child


def answered(tmp_path: Path, source: str) -> bytes | None:
    script = tmp_path / "script.py"
    script.write_text(source)
    return child.answer_of(str(script), file=io.BytesIO(b"given"), cpu_seconds=5)


def test_it_answers_what_the_script_prints(tmp_path: Path) -> None:
    said = "import sys; sys.stdout.write(sys.stdin.read()); sys.stderr.write('x' * 100_000)"
    assert answered(tmp_path, said) == b"given"


@pytest.mark.parametrize("beyond", [0, 1])
def test_an_answer_that_is_too_long_is_none(tmp_path: Path, beyond: int) -> None:
    size = child.MAX_ANSWER + beyond
    said = f"import sys; sys.stdout.buffer.write(bytes({size}))"
    made = answered(tmp_path, said)
    assert (made is None) == bool(beyond)
