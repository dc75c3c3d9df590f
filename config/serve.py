"""``python -m config.serve``: the site, a worker and the scheduler, in one terminal.

For development and demonstrations (``make run``). Ctrl-C stops all three; if one of them ends, the
others are stopped too and the exit status is not 0.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

if TYPE_CHECKING:
    from approvals.people.models import User

# Public: the demonstration refuses to be seeded when DEBUG is off.
DEMO_PASSWORD = "imprimatur-demo"
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Seed the demonstration once, start the three processes, wait."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        print(f"PORT is {port!r}: set it to a number between 1 and 65535.")
        return 1
    if _listens(int(port)):
        print(f"Port {port} is taken: type make run PORT={int(port) + 1}")
        return 1
    django.setup()
    seed_once(settings.VAR_DIR / "seeded")
    return supervise(int(port))


def seed_once(stamp: Path) -> None:
    """Seed the demonstration, unless a seeding was completed in this ``var/`` before."""
    if stamp.exists() and _people():
        return
    print("Seeding the demonstration (once)…", flush=True)
    call_command("seed_demo")
    stamp.touch()


def commands(port: int) -> dict[str, list[str]]:
    """Return what runs, by name."""
    python = sys.executable
    # As root in a container the worker would warn at each start.
    silent = ["-W", "ignore:You're running the worker"]
    celery = [python, *silent, "-m", "celery", "--app", "config", "--quiet"]
    quiet = ["--loglevel", "WARNING"]
    return {
        "site": [
            *(python, "-m", "gunicorn", "config.wsgi", "--bind", f"localhost:{port}"),
            *("--worker-class", "gthread", "--threads", "8", "--timeout", "120"),
            *("--log-level", "warning"),
        ],
        "worker": [
            *(*celery, "worker", "--concurrency", "1", *quiet),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        "scheduler": [
            *(*celery, "beat", *quiet, "--pidfile="),
            *("--schedule", str(settings.VAR_DIR / "celerybeat-schedule")),
        ],
    }


def supervise(port: int) -> int:
    """Run the processes until a signal or the first of them ends; leave no orphan."""
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    running = {name: _start(command) for name, command in commands(port).items()}
    announced = False
    try:
        while not stopping:
            ended = [name for name, process in running.items() if process.poll() is not None]
            if ended:
                print(f"The {ended[0]} ended: everything stops.", flush=True)
                return 1
            if not announced and _listens(port):
                announced = True
                announce(port)
            time.sleep(0.2)
    finally:
        _stop(list(running.values()))
    print("\nStopped; the data stays under var/.", flush=True)
    return 0


def announce(port: int) -> None:
    """Print the address and who can sign in."""
    print(f"\nImprimatur serves on http://localhost:{port}/ (Ctrl-C stops it).")
    people = _people()
    if people:
        print(f"Who can sign in, all with the password {DEMO_PASSWORD}:")
        for username, does in people:
            print(f"  {username:<12} {does}")
    sys.stdout.flush()


def _people() -> list[tuple[str, str]]:
    from approvals.people.models import User

    people = User.objects.filter(is_active=True).order_by("pk").prefetch_related("groups")
    with translation.override("en"):
        return [(person.username, _does(person)) for person in people if person.groups.all()]


def _does(person: "User") -> str:
    from approvals.people.enums import Role

    return ", ".join(str(Role(group.name).label) for group in person.groups.all())


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return False
    return True


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # Its own session, so that Ctrl-C reaches the supervisor alone; and the kernel ends it if the
    # supervisor is killed.
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: PLW1509


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + 10
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # Whatever of its group outlived it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
