"""Production settings as a start uses them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow  # a process that loads the whole application
def test_a01_check_deploy_is_clean() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "ALLOWED_HOSTS": "imprimatur.example",
            "SECRET_KEY": "k3y-" + "0123456789abcdef" * 4,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
def test_log_lines_are_json_and_cannot_be_forged() -> None:
    script = (
        "import django; django.setup(); import logging;"
        "logging.getLogger('content').warning('refused %s', 'x\\nforged: line')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "ALLOWED_HOSTS": "imprimatur.example",
            "SECRET_KEY": "k3y-" + "0123456789abcdef" * 4,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = ended.stderr.splitlines()
    assert '"event": "refused x\\nforged: line"' in line
    assert '"level": "warning"' in line
