"""``python -m config.serve``: three processes, one terminal, no orphan."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import serve

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from config import serve
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
serve.commands = lambda port: {"site": sleep, "worker": %s}
serve._listens = lambda port: True
serve._people = lambda: [("pm", "product manager")]
sys.exit(serve.supervise(8000))
"""


@pytest.fixture
def supervisor() -> Iterator[subprocess.Popen[str]]:
    """A supervisor of two processes that only sleep."""
    yield from started("sleep")


@pytest.fixture
def failing_supervisor() -> Iterator[subprocess.Popen[str]]:
    """A supervisor one of whose processes ends at once."""
    yield from started('[sys.executable, "-c", ""]')


def started(worker: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT % worker],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """Process ids of what it started, read from the kernel."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "an orphan is left"
        time.sleep(0.05)


@pytest.mark.slow  # real processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(
    supervisor: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert supervisor.stdout is not None
    while "imprimatur-demo" not in supervisor.stdout.readline():
        pass
    assert supervisor.stdout.readline().split() == ["pm", "product", "manager"]
    started_pids = children_of(supervisor)
    assert len(started_pids) == 2
    supervisor.send_signal(number)
    assert supervisor.wait(15) == 0
    wait_until_gone(started_pids)


@pytest.mark.slow
def test_killed_it_leaves_no_orphan(supervisor: subprocess.Popen[str]) -> None:
    assert supervisor.stdout is not None
    while "imprimatur-demo" not in supervisor.stdout.readline():
        pass
    started_pids = children_of(supervisor)
    supervisor.kill()
    wait_until_gone(started_pids)


@pytest.mark.slow
def test_when_one_ends_the_others_are_stopped(failing_supervisor: subprocess.Popen[str]) -> None:
    output, _ = failing_supervisor.communicate(timeout=15)
    assert failing_supervisor.returncode == 1
    assert "The worker ended: everything stops." in output


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_cannot_be_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    assert serve.main() == 1
    assert f"PORT is {port!r}: set it to a number" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert serve.main() == 1
    assert f"Port {port} is taken: type make run PORT=" in capsys.readouterr().out
