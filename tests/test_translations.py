"""Every sentence has its French: nothing missing, empty, doubtful or out of date."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests import services

ROOT = Path(__file__).parents[1]
DOMAINS = ("django", "djangojs")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+")
NOT_OURS = shutil.ignore_patterns("vendor", "__pycache__")


def catalogue_of(domain: str, root: Path = ROOT) -> Catalog:
    path = root / "config" / "locale" / "fr" / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="fr")
    with path.open("rb") as file:
        return read_po(file, locale="fr")


@cache
def messages_of(domain: str) -> list[Message]:
    return [message for message in catalogue_of(domain) if message.id]


def texts(words: str | list[str] | tuple[str, ...]) -> list[str]:
    """Singular and plural alike."""
    return [words] if isinstance(words, str) else list(words)


def key(message: Message) -> tuple[str | None, str]:
    return message.context, texts(message.id)[0]


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_empty(domain: str) -> None:
    assert not [key(one) for one in messages_of(domain) if not all(texts(one.string or ""))]


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_doubtful(domain: str) -> None:
    assert not [key(one) for one in messages_of(domain) if one.fuzzy]


@pytest.mark.parametrize("domain", DOMAINS)
def test_each_sentence_names_the_same_things(domain: str) -> None:
    """Placeholders and tags of the French are those of the English."""
    wrong = []
    for message in messages_of(domain):
        expected = Counter(PLACEHOLDER.findall(texts(message.id)[-1]))
        for text in texts(message.string or "")[-1:]:
            if Counter(PLACEHOLDER.findall(text)) != expected:
                wrong.append((texts(message.id)[-1], text))
    assert not wrong


def test_french_typography() -> None:
    """No space that breaks before ``: ; ? »`` or after ``«``; no exclamation mark."""
    wrong = []
    for domain in DOMAINS:
        for message in messages_of(domain):
            for text in texts(message.string or ""):
                if re.search(r" [:;?»]|« |!", text):
                    wrong.append(text)
    assert not wrong


@pytest.mark.slow  # xgettext reads the whole tree
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_is_up_to_date(domain: str, tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        services.missing("gettext is not installed (xgettext)")
    for name in ("approvals", "content", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=NOT_OURS)
    shutil.copy(ROOT / "manage.py", tmp_path)
    subprocess.run(
        [
            *(sys.executable, "manage.py", "makemessages", "--locale", "fr"),
            *("--domain", domain, "--no-location", "--no-wrap"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    in_source = {key(one) for one in catalogue_of(domain, tmp_path) if one.id}
    kept = {key(one) for one in messages_of(domain)}
    assert not in_source - kept, "not extracted: make extract"
    assert not kept - in_source, "no longer in the source: make extract"


def test_each_marked_sentence_can_be_extracted() -> None:
    """xgettext knows ``_`` and gettext's own names; it reads past any other alias."""
    alias = re.compile(r"\b(?:[np]{0,2}gettext(?:_lazy|_noop)?) as (?!_\b)\w+")
    hidden = [
        path.relative_to(ROOT).as_posix()
        for name in ("approvals", "content", "config")
        for path in (ROOT / name).rglob("*.py")
        if alias.search(path.read_text(encoding="utf-8"))
    ]
    assert not hidden
