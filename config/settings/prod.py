"""Production only tightens; ``check --deploy --fail-level WARNING`` is clean."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import env
from config.settings.base import *  # noqa: F403
from config.settings.base import (
    DATABASES,
    DEBUG,
    DEVELOPMENT_SIGNING_KEY,
    SIGNING_KEY,
    TRUSTED_PROXIES,
)

SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing: name the hosts, separated by commas.")
SITE_URL = SITE_URL or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
if DEBUG:
    raise ImproperlyConfigured("DEBUG is on: production refuses it; unset DEBUG.")
if SIGNING_KEY == DEVELOPMENT_SIGNING_KEY:
    raise ImproperlyConfigured("SIGNING_KEY is the published one of development: make your own.")
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"].setdefault("pool", True)

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Probes come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
