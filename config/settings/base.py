"""What every way of running shares. Read the environment only through ``env``."""

import sys
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.settings import env, logs

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env.text("SECRET_KEY", "")
# Former keys still open sessions and second factors.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DEBUG = env.boolean("DEBUG", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
# Only these neighbours may say which address and scheme a request came with.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
# Who reads /metrics without signing in.
METRICS_ALLOWED_ADDRESSES = env.networks("METRICS_ALLOWED_ADDRESSES")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "approvals.audit",
    "approvals.people",
    "content.outbox",
    "content.catalogue",
    "content.access",
    "content.assets",
    "content.emails",
    "content.presentations",
    "content.positive_list",
    "approvals.signatures",
    "approvals.review",
    "approvals.submissions",
    "approvals.release",
    "approvals.desk",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.http.proxies.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "csp.middleware.CSPMiddleware",
    # After django-csp's, so that what it asks for is known when the header is written.
    "config.http.middleware.AdminContentSecurityPolicy",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.http.middleware.PrivateByDefault",
    "config.http.middleware.OwnPasswordFirst",
    "config.http.middleware.SecondFactorFirst",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'imprimatur.sqlite3'}")}
# The owner of the tables makes them and their triggers; the application's role cannot drop them.
if env.text("DATABASE_OWNER_URL", "") and sys.argv[1:2] == ["migrate"]:
    DATABASES = {"default": env.database("DATABASE_OWNER_URL", "")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "config.http.accounts.ClosedAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "config.http.accounts.SignInForm"}
ACCOUNT_LOGOUT_ON_GET = False
# axes alone locks out: allauth's own limit lives in the cache and forgets (ARCHITECTURE.md, traps).
ACCOUNT_RATE_LIMITS = {"login_failed": None}
MFA_ADAPTER = "config.http.factors.EncryptingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "config.http.accounts.SecondStepForm",
    "authenticate_webauthn": "config.http.accounts.SecondStepKeyForm",
}
# Only the code of this very half minute: with 1 a used code would pass again.
MFA_TOTP_TOLERANCE = 0
# Browsers let security keys be tried without TLS on localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
# Roles whose holders sign in with a second factor, or register one before anything else.
SECOND_FACTOR_ROLES = env.words("SECOND_FACTOR_ROLES")
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = None
AXES_LOCKOUT_PARAMETERS = ["username"]
# What was typed is not kept: a name that nobody has may be a password in the wrong field.
AXES_USERNAME_CALLABLE = "approvals.people.names.counted_as"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "password", "current", "again", "otp", "code"]
AXES_RESET_ON_SUCCESS = True
# What is refused during a lockout is not counted: the alert is for those that were.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "config.http.problems.locked_out"

SESSION_COOKIE_AGE = 60 * env.integer("SESSION_IDLE_MINUTES", 30, minimum=1)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.http.errors.forged"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LANGUAGE_CODE = env.choice("DEFAULT_LANGUAGE", "fr", dict(LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
MEDIA_ROOT = VAR_DIR / "files"
# ``revisions`` is content-addressed and never rewritten: what was reviewed. ``derived`` holds page
# images and PDFs made from it, and may be deleted at any time.
STORAGES = {
    **env.storages(
        "STORAGE_URL", f"file://{VAR_DIR / 'files'}", ("default", "revisions", "derived")
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOAD_MAX_MB = env.integer("UPLOAD_MAX_MB", 100, minimum=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_URL = env.url("CACHE_URL", "", ("redis", "rediss", "unix"))
if CACHE_URL:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    }

EMAIL = env.email("EMAIL_URL", "console:")
globals().update(EMAIL)
# How long the API waits for the job that makes a record's PDF before it makes it itself.
RECORD_WAIT_SECONDS = 15
# Where people reach the application: what the links in mails begin with.
SITE_URL = env.url("SITE_URL", "", ("http", "https")).rstrip("/")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "imprimatur@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.http.tokens.GivenToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "config.http.permissions.PasswordIsTheirOwn",
        "config.http.permissions.SecondFactorIsGiven",
        "config.http.permissions.TokenMayWrite",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "config.http.parsers.BoundedJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "config.http.schema.EndpointSchema",
    "EXCEPTION_HANDLER": "config.http.problems.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "config.http.pagination.KeysetPagination",
    "PAGE_SIZE": 50,
    # Paris days as YYYY-MM-DD and nothing else: ISO 8601 also has 20261124 and 2026-W48-2.
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],
    "UNAUTHENTICATED_USER": None,
}
REST_KNOX = {
    "TOKEN_MODEL": "people.ApiToken",
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_LIMIT_PER_USER": None,
}
KNOX_TOKEN_MODEL = "people.ApiToken"
SPECTACULAR_SETTINGS = {
    "TITLE": "Imprimatur",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"VisaCategoryEnum": "content.catalogue.enums.VisaCategory"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.http.schema.add_problems",
    ],
}

# The broker is only a wake-up: state is in the outbox, attempts are counted there.
CELERY_BROKER_URL = env.url(
    "CELERY_BROKER_URL", "filesystem://", ("redis", "rediss", "amqp", "amqps", "filesystem")
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 600
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "dispatch-outbox": {"task": "content.outbox.tasks.dispatch_outbox", "schedule": 60.0},
    "dispatch-webhooks": {"task": "content.outbox.tasks.dispatch_webhooks", "schedule": 60.0},
    "sweep": {"task": "approvals.desk.tasks.sweep_now", "schedule": crontab(minute="0,30")},
}
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "processed_folder": str(VAR_DIR / "broker" / "processed"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": True,
    }

LOGGING = logs.configuration(readable=DEBUG)

# Signs the audit's checkpoints; empty: there are none. Former keys count by their public half.
SIGNING_KEY = env.signing_key("SIGNING_KEY")
CHECKPOINT_KEYS = env.public_keys("CHECKPOINT_KEYS")
# Published with the source, hence worth nothing as a proof: production refuses it.
DEVELOPMENT_SIGNING_KEY = b"for development only, not secret".hex()
WEBHOOK_ALLOWED_HOSTS = env.hosts("WEBHOOK_ALLOWED_HOSTS")
# Whether a PDF that the field opens carries who opened it and when.
FIELD_WATERMARK = env.boolean("FIELD_WATERMARK", False)
# Whether nobody signs without a second factor; whoever has one is asked for it anyway.
SIGNATURE_REQUIRES_OTP = env.boolean("SIGNATURE_REQUIRES_OTP", False)

SIMPLE_HISTORY_ENABLED = True
SILENCED_SYSTEM_CHECKS = [
    # A person is locked out after N failures wherever they come from (21 CFR 11.300(d)).
    "axes.W006",
    # Our own pages frame the previews of documents, and nobody else's do (frame-ancestors).
    "security.W019",
]

# A made-up extract of the public medicines database, for the demonstration and the tests.
DEMO_DATA_DIR = BASE_DIR / "content" / "catalogue" / "extract"

UNFOLD = {
    "SITE_TITLE": "Imprimatur",
    "SITE_HEADER": "Imprimatur",
    "SITE_ICON": {
        "light": "approvals.desk.navigation.mark",
        "dark": "approvals.desk.navigation.mark_on_dark",
    },
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": "approvals.desk.navigation.favicon",
        }
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,
    "BORDER_RADIUS": "8px",
    "STYLES": ["approvals.desk.navigation.stylesheet"],
    "DASHBOARD_CALLBACK": "approvals.desk.dashboard.fill",
    "ACCOUNT": {"navigation": "approvals.desk.navigation.account_links"},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "approvals.desk.navigation.entries",
    },
    "COLORS": {
        "primary": {
            "50": "#eef4fb",
            "100": "#d9e7f6",
            "200": "#b6cfec",
            "300": "#8fb8f0",
            "400": "#5e94d8",
            "500": "#3b7bcb",
            "600": "#1c4f8f",
            "700": "#184379",
            "800": "#143c70",
            "900": "#102f57",
            "950": "#0a1f3b",
        },
    },
}
