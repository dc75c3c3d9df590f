"""The environment: every variable is read strictly; a wrong one stops the start with a sentence."""

import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import env

ROOT = Path(__file__).parents[2]
SECRET = "k3y-" + "0123456789abcdef" * 4
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "ALLOWED_HOSTS": "imprimatur.example",
    "SECRET_KEY": SECRET,
}


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Read all settings in a new process, as a start does."""
    return subprocess.run(
        [sys.executable, "-c", "import config.settings.prod"],
        env={"PATH": os.environ["PATH"], **PRODUCTION, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow  # a process that reads all settings
def test_production_starts_with_two_variables() -> None:
    assert start().returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing: set it in the environment."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing: name the hosts, separated by commas."),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps': set it to one of 1, 0, true, false."),
        ({"DEBUG": "1"}, "DEBUG is on: production refuses it; unset DEBUG."),
        ({"CSRF_TRUSTED_ORIGINS": "imprimatur.example"}, "CSRF_TRUSTED_ORIGINS holds"),
        ({"TRUSTED_PROXIES": "proxy"}, "TRUSTED_PROXIES holds 'proxy': write addresses"),
        ({"DATABASE_URL": "mysql://h/n"}, "DATABASE_URL begins with 'mysql': begin it with"),
        ({"CACHE_URL": "memcached://h"}, "CACHE_URL begins with 'memcached': begin it with"),
        ({"CELERY_BROKER_URL": "sqs://"}, "CELERY_BROKER_URL begins with 'sqs': begin it with"),
        ({"STORAGE_URL": "ftp://h/x"}, "STORAGE_URL begins with 'ftp': begin it with one of"),
        ({"EMAIL_URL": "imap://h"}, "EMAIL_URL begins with 'imap': begin it with one of"),
        ({"DEFAULT_LANGUAGE": "de"}, "DEFAULT_LANGUAGE is 'de': set it to one of en, fr."),
        ({"SIGNING_KEY": "short"}, "SIGNING_KEY is malformed: set it to 64 hexadecimal digits."),
        (
            {"SIGNING_KEY": b"for development only, not secret".hex()},
            "SIGNING_KEY is the published one of development: make your own.",
        ),
        ({"CHECKPOINT_KEYS": "short"}, "CHECKPOINT_KEYS holds 'short': write 64 hexadecimal"),
        ({"UPLOAD_MAX_MB": "0"}, "UPLOAD_MAX_MB is '0': set it to a whole number of at least 1."),
        ({"SESSION_IDLE_MINUTES": "ten"}, "SESSION_IDLE_MINUTES is 'ten': set it to a whole"),
        ({"SIGNATURE_REQUIRES_OTP": "2"}, "SIGNATURE_REQUIRES_OTP is '2': set it to one of 1, 0"),
        ({"WEBHOOK_ALLOWED_HOSTS": "http://h"}, "WEBHOOK_ALLOWED_HOSTS holds 'http://h': write"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_value_stops_the_start_with_a_sentence(
    variables: dict[str, str], sentence: str
) -> None:
    ended = start(**variables)
    assert ended.returncode != 0
    assert sentence in ended.stderr.strip().splitlines()[-1]


@pytest.mark.slow
def test_only_migrate_uses_the_owner_of_the_tables() -> None:
    script = (
        "import sys; sys.argv = ['manage.py', '{}']\n"
        "from config.settings.base import DATABASES; print(DATABASES['default']['USER'])"
    )
    users = [
        subprocess.run(
            [sys.executable, "-c", script.format(command)],
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": "postgres://app@db/imprimatur",
                "DATABASE_OWNER_URL": "postgres://owner@db/imprimatur",
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for command in ("migrate", "check")
    ]
    assert users == ["owner", "app"]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Read a variable of a given value with one of the readers."""

    def read(reader: Callable[..., Any], value: str, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setenv("X", value)
        return reader("X", *args, **kwargs)

    return read


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("0", False), (" ", True)]
)
def test_a_boolean_is_one_of_a_few_words(read: Any, value: str, expected: bool) -> None:
    assert read(env.boolean, value, True) is expected


@pytest.mark.parametrize("value", ["-1", "1.5", "²", "x"])
def test_an_integer_is_written_in_plain_digits(read: Any, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="whole number of at least 0"):
        read(env.integer, value, 3)


def test_a_postgresql_address_gives_each_part(read: Any) -> None:
    database = read(env.database, "postgres://ada:p%40ss@db.example:5433/pro?sslmode=require", "")
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "pro",
        "USER": "ada",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    "value", ["postgres://h:port/n", "postgres://h:99999/n", "postgres://[h/n"]
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(
    read: Any, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^X is not an address that can be read\.$"):
        read(env.database, value, "")


def test_a_postgresql_address_names_its_database(read: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="X names no database"):
        read(env.database, "postgres://db.example", "")


def test_sqlite_waits_for_the_one_writer(read: Any) -> None:
    database = read(env.database, "sqlite:////srv/imprimatur.sqlite3", "")
    assert database["NAME"] == "/srv/imprimatur.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 30


def test_mail_over_tls_takes_its_own_port(read: Any) -> None:
    settings = read(env.email, "smtps://ada:secret@mail.example", "")
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example", 465)
    assert settings["EMAIL_USE_SSL"] is True


def test_storages_are_folders_of_one_place(read: Any) -> None:
    storages = read(env.storages, "file:///srv/files", "", ("revisions", "derived"))
    assert storages["revisions"]["OPTIONS"] == {"location": "/srv/files/revisions"}
    assert storages["derived"]["OPTIONS"] == {"location": "/srv/files/derived"}


def test_storages_are_prefixes_of_one_bucket(read: Any) -> None:
    value = "s3://bucket/pro?endpoint_url=https://s3.example&region_name=eu-west-3"
    assert read(env.storages, value, "", ("revisions",))["revisions"] == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "bucket",
            "location": "pro/revisions",
            "endpoint_url": "https://s3.example",
            "region_name": "eu-west-3",
        },
    }


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("file://srv/files", "X names no folder"),
        ("file:///", "X names no folder"),
        ("s3:///prefix", "X names no bucket"),
        ("s3://key:secret@bucket", "X names no bucket"),
        ("s3://bucket?acl=public", "X has acl: only endpoint_url and region_name"),
    ],
)
def test_a_storage_that_cannot_be_meant_is_refused(read: Any, value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read(env.storages, value, "", ("revisions",))


def test_proxies_are_addresses_and_networks(read: Any) -> None:
    assert read(env.networks, "10.0.0.4, 2001:db8::/32") == [
        ipaddress.ip_network("10.0.0.4"),
        ipaddress.ip_network("2001:db8::/32"),
    ]


def test_a_signing_key_is_never_repeated(read: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(env.signing_key, "s3cret" * 4)
    assert "s3cret" not in str(refusal.value)
    assert read(env.signing_key, "AB" * 32) == "ab" * 32
