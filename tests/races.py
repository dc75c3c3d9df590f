"""Several people at the same instant, each on a connection of their own."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

PATIENCE_SECONDS = 30
BLOCKED_SECONDS = 2


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs at once, and return what each returned or raised, in their order."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


class Meeting:
    """A point that two pass together, where nothing holds one of them back.

    With a lock under test the second cannot come before the first has left: the first goes on
    after ``BLOCKED_SECONDS``. A test that takes the lock away calls ``insist`` first: then both
    are waited for as long as a busy machine may need, so that the race is proved every time.
    """

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self._seconds = BLOCKED_SECONDS

    def insist(self) -> None:
        self._seconds = PATIENCE_SECONDS

    def wait(self) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            self._barrier.wait(timeout=self._seconds)

    def after(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> "Meeting":
        """Meet after each call of a module's function, before its caller goes on."""
        real = getattr(module, name)

        def call_then_wait(*args: Any, **kwargs: Any) -> Any:
            answer = real(*args, **kwargs)
            self.wait()
            return answer

        patch.setattr(module, name, call_then_wait)
        return self


class Overtaken:
    """One act that looks, and writes only after another did all of its work in between.

    With the lock the other cannot: the first goes on after ``BLOCKED_SECONDS``.
    """

    def __init__(self) -> None:
        self._looked, self._done = threading.Event(), threading.Event()
        self._seconds = BLOCKED_SECONDS

    def insist(self) -> None:
        self._seconds = PATIENCE_SECONDS

    def after(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        """Let the slow act wait after its call of a module's function."""
        real = getattr(module, name)

        def call_then_wait(*args: Any, **kwargs: Any) -> Any:
            answer = real(*args, **kwargs)
            if not self._looked.is_set():
                self._looked.set()
                self._done.wait(self._seconds)
            return answer

        patch.setattr(module, name, call_then_wait)

    def run(self, slow: Callable[[], Any], quick: Callable[[], Any]) -> list[Any]:
        def overtake() -> Any:
            self._looked.wait(PATIENCE_SECONDS)
            try:
                return quick()
            finally:
                self._done.set()

        return at_once(slow, overtake)
