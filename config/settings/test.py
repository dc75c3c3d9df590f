"""Tests: every outward address nulled, a fast hasher, the database the environment names."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "test-only-key")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ["EMAIL_URL"] = "memory:"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="imprimatur-test-")
(Path(os.environ["VAR_DIR"]) / "static").mkdir()
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ |= dict.fromkeys(
    ("CACHE_URL", "CELERY_BROKER_URL", "STORAGE_URL", "TRUSTED_PROXIES", "DEBUG", "SIGNING_KEY"), ""
)

from config.settings.base import *  # noqa: F403
from config.settings import env
from config.settings.base import STORAGES

DATABASES = {"default": env.database("TEST_DATABASE_URL", "sqlite:///")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"].pop("init_command")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
RECORD_WAIT_SECONDS = 0
