"""A worker killed in the middle of a job loses nothing, in the embedded mode.

A real worker on the file-system broker and a database of its own: the broker deletes on read, so
what the killed worker held is gone from it. The outbox is not.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow
JOB = "tests.slow_job"
QUEUE = """
from django.utils import timezone
from approvals.audit import act
from approvals.people.actions import system_actor
from content.outbox.actions import queue_job
@act("queue")
def queue(*, by, now):
    queue_job("tests.slow_job", {"folder": FOLDER}, key="k", now=now)
queue(by=system_actor(), now=timezone.now())
"""
WAKE = "from content.outbox.actions import wake; wake()"


class House:
    """An installation of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        dropped = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "STORAGE_URL"}
        self.environ = {k: v for k, v in os.environ.items() if k not in dropped}
        self.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "VAR_DIR": str(folder)}

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environ, check=True, capture_output=True
        )

    def shell(self, code: str) -> None:
        self.manage("shell", "--no-imports", "-c", f"FOLDER = {str(self.folder)!r}\n{code}")

    def worker(self) -> subprocess.Popen[bytes]:
        modules = ["-I", "tests.content.outbox.slow_job"]
        options = ["-A", "config", "worker", "-c", "1", "-l", "warning", *modules]
        return subprocess.Popen(
            [sys.executable, "-m", "celery", *options],
            cwd=settings.BASE_DIR,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def attempts(self) -> int:
        file = self.folder / "attempts"
        return len(file.read_text()) if file.exists() else 0

    def job(self) -> tuple[str, int]:
        return self._sql("SELECT state, attempts FROM outbox_message WHERE topic = ?", JOB)

    def let_the_lease_run_out(self) -> None:
        self._sql("UPDATE outbox_message SET not_before = created_at WHERE topic = ?", JOB)

    def _sql(self, statement: str, *values: str) -> tuple[str, int]:
        with closing(sqlite3.connect(self.folder / "imprimatur.sqlite3", timeout=30)) as base:
            row: tuple[str, int] = base.execute(statement, values).fetchone()
            base.commit()
            return row


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill the worker and its children at once, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.manage("migrate", "-v0")
    return house


def test_a_killed_worker_loses_no_job(house: House) -> None:
    worker = house.worker()
    try:
        house.shell(QUEUE)
        wait_until(lambda: house.attempts() == 1)
    finally:
        kill(worker)
    # The attempt was counted before the work began, and the job still waits.
    assert house.job() == ("waiting", 1)

    house.let_the_lease_run_out()
    worker = house.worker()
    try:
        house.shell(WAKE)
        wait_until(lambda: house.job() == ("done", 2))
    finally:
        kill(worker)
    assert house.attempts() == 2
