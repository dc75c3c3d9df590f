"""Run a script on bytes that nobody trusts, in a child process with bounded memory and time.

Run as a script it is the child: it sets the limits, then runs the script it was given, which
imports one library and nothing of the project, so that it starts in a tenth of a second and holds
no secret (ARCHITECTURE.md, traps: a file made to crash a reader takes nothing else with it).
"""

import io
import subprocess
import sys
import tempfile
from typing import Any

CHUNK = 1024 * 1024
MEMORY_LIMIT = 1024 * 1024 * 1024
# What it may answer: the parent reads that into its own memory, which nothing bounds.
MAX_ANSWER = 64 * 1024 * 1024


def answer_of(script: str, *arguments: str, file: Any, cpu_seconds: int) -> bytes | None:
    """Return what a script prints about a file (its standard input), or None where it fails
    or answers more than ``MAX_ANSWER`` bytes.

    :param script: the path of a module that can be run by itself.
    :param cpu_seconds: the processor it may use; it has half as much again on the wall.
    """
    file.seek(0)
    command = [sys.executable, "-I", __file__, str(cpu_seconds), script, *arguments]
    with tempfile.TemporaryFile() as copy, tempfile.TemporaryFile() as answer:
        while chunk := file.read(CHUNK):
            copy.write(chunk)
        copy.seek(0)
        try:
            child = subprocess.run(
                command,
                stdin=copy,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=cpu_seconds * 1.5,
                check=False,
                env={"LC_ALL": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired:
            return None
        if child.returncode != 0:
            return None
        size = answer.seek(0, io.SEEK_END)
        answer.seek(0)
        # Not ``read(MAX_ANSWER)``: that takes as much memory whatever there is to read.
        return answer.read(min(size, MAX_ANSWER))


def main() -> None:
    import resource
    import runpy

    cpu_seconds, script = int(sys.argv[1]), sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_ANSWER, MAX_ANSWER))
    sys.argv = sys.argv[2:]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
