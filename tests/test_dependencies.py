"""What is installed: at least the versions without a known hole, and what pyproject asks for."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
# Below these a hole that concerns us is open, or a behaviour we rely on is missing.
MINIMUM = {
    "Django": "5.2.19",
    "weasyprint": "70.0",  # CVE-2026-55073
    "django-fsm-2": "4.2.4",
    "django-simple-history": "3.13",
    "djangorestframework": "3.18",
    "celery": "5.7",
    "django-allauth": "65.21",
    "django-axes": "8.3",
    "django-rest-knox": "5",
    "django-csp": "4",
    "lxml": "6",
    "pikepdf": "10",
    "pypdfium2": "5",
    "pillow": "12",
    "cryptography": "46",
    "gunicorn": "23",
    "whitenoise": "6.9",
    "httpx": "0.28",
}


@pytest.mark.parametrize("name", MINIMUM)
def test_no_version_with_a_known_hole(name: str) -> None:
    assert Version(version(name)) >= Version(MINIMUM[name])


def test_django_stays_on_its_long_term_release() -> None:
    assert version("Django").startswith("5.2.")


def test_django_fsm_is_not_installed_beside_its_continuation() -> None:
    assert "django-fsm==" not in locked_text()


@pytest.mark.parametrize(
    "requirement",
    tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"],
)
def test_the_lock_satisfies_what_we_ask_for(requirement: str) -> None:
    asked = Requirement(requirement)
    name = re.escape(asked.name).replace(r"\-", "[-_.]")
    found = re.search(rf"^{name}==(\S+)", locked_text(), re.MULTILINE | re.IGNORECASE)
    assert found is not None, f"{asked.name} is not locked: make lock"
    assert Version(found.group(1)) in asked.specifier


def locked_text() -> str:
    return (ROOT / "requirements" / "run.lock").read_text()
