"""Embedded: SQLite, console mail, local files; nothing to install but Python."""

import os

os.environ.setdefault("SECRET_KEY", "development-only-key-never-used-in-production-0000000000")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

from config.settings.base import *  # noqa: F403
from config.settings.base import DEVELOPMENT_SIGNING_KEY, SIGNING_KEY, STORAGES, VAR_DIR

VAR_DIR.mkdir(exist_ok=True)
for _folder in ("queue", "processed", "control"):
    (VAR_DIR / "broker" / _folder).mkdir(parents=True, exist_ok=True, mode=0o700)

SIGNING_KEY = SIGNING_KEY or DEVELOPMENT_SIGNING_KEY
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_USE_FINDERS = True
