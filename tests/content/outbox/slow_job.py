"""A job for the worker of ``test_worker_killed``: its first attempt hangs until it is killed."""

import time
from pathlib import Path

from celery import shared_task


@shared_task(name="tests.slow_job")
def slow_job(folder: str) -> None:
    attempts = Path(folder, "attempts")
    with attempts.open("a") as file:
        file.write("x")
    if attempts.read_text() == "x":
        time.sleep(300)
