"""One settings file for every way to run; the environment decides (`.env.example` explains each variable).

Without `DATABASE_URL`, `REDIS_URL` and `EMAIL_URL` this is the embedded mode: SQLite, a broker of our own and a
local mail box, all below `DATA_DIR`. Everything is safe by default: no debug, no secret, no host beyond loopback.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from bootstrap_wrapper import get_bootstrap_dir
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.environment import BASE_DIR, data_dir, read_dot_env
from config.keys import read_key
from config.logs import logging_settings
from config.looks import looks
from config.rest import DOCUMENT_SETTINGS, rest_settings
from config.unfold import SETTINGS as UNFOLD_SETTINGS

read_dot_env()
env = environ.Env()

DATA_DIR = data_dir()
DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env("SECRET_KEY", default="") or read_key(DATA_DIR, "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The first key signs new links, every key opens old ones.
LINK_KEYS = env.list("LINK_KEYS", default=[]) or read_key(DATA_DIR, "link_keys").split()
if not SECRET_KEY or not LINK_KEYS or not all(LINK_KEYS):
    raise ImproperlyConfigured(
        f"No keys found in {DATA_DIR / 'keys'}. Start with 'make run' or 'make demo', which make them, "
        "or set SECRET_KEY and LINK_KEYS in the environment."
    )

# --- Where people reach us ------------------------------------------------------------------------------------
PORT = env.int("PORT", default=8000)
SITE_ADDRESS = env("SITE_ADDRESS", default=f"http://127.0.0.1:{PORT}").rstrip("/")
# "screen" where the supervisor of the embedded mode passes on what an administrator saved; else "environment".
SITE_ADDRESS_FROM = env("SITE_ADDRESS_FROM", default="environment")
_site = urlsplit(SITE_ADDRESS)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=list({_site.hostname or "", "127.0.0.1", "localhost", "[::1]"})
)
HTTPS = _site.scheme == "https"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_ADDRESS])
# How many proxies of ours stand in front: 0 means the peer's address is the client's.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "shell.apps.ShellAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rendering",
    "accounts",
    "shell",
    "outbox",
    "candidates",
    "questions",
    "assessments",
    "hiring",
    "config",
]

MIDDLEWARE = [
    "shell.middleware.RequestLogMiddleware",
    "config.probes.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shell.middleware.ContentPolicyMiddleware",
    "shell.middleware.RefuseNulMiddleware",
    "shell.middleware.SessionMiddleware",
    "shell.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shell.middleware.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shell.middleware.AuthenticationMiddleware",
    "shell.middleware.LoginRequiredMiddleware",
    "shell.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shell.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shell.middleware.PersonLocaleMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps' own: Unfold ignores an index page in an app that stands after it.
        "DIRS": [BASE_DIR / "shell" / "overrides"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shell.context_processors.organisation",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(DATABASE_URL or f"sqlite:///{DATA_DIR / 'shortlist.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at the start, so a busy moment waits instead of failing half way; FULL keeps
    # every acknowledged answer through a power cut.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY",
    }
    _database["CONN_MAX_AGE"] = None
else:
    # Waits are bounded so that a stuck lock becomes an error a person sees, not a pile of hanging requests. What the
    # address says (?sslmode=verify-full) stays.
    _database["OPTIONS"] = _database.get("OPTIONS", {}) | {
        "connect_timeout": 10,
        "server_side_binding": True,
        "prepare_threshold": 1,
        # Reports sort the rows of a hundred thousand applications: with the server's usual 4 MB they do it on disk.
        "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
        " -c work_mem=16MB",
    }
    _database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=600)
    _database["CONN_HEALTH_CHECKS"] = True
    # Ours, for how it looks whether a kept connection still lives.
    _database["ENGINE"] = "config.postgres"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Backups --------------------------------------------------------------------------------------------------
# A worker makes one a night: where the database is a file beside the data, or where a folder is named for it.
_on_sqlite = _database["ENGINE"] == "django.db.backends.sqlite3"
_backups = env("BACKUP_FOLDER", default="") or (str(DATA_DIR / "backups") if _on_sqlite else "")
BACKUP_FOLDER = None if _backups in ("", "off") else Path(_backups).resolve()
PG_DUMP = env("PG_DUMP", default="")

# --- Broker, cache, workers -----------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
# The embedded supervisor sets BROKER_URL to the socket of the broker that it runs.
CELERY_BROKER_URL = env("BROKER_URL", default="") or REDIS_URL or "filesystem://"
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "config.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "shortlist-cache",
            # Far above what a counter takes; a request may meet a silent server once.
            "OPTIONS": {
                "serializer": "config.cache.JsonSerializer",
                "socket_connect_timeout": 0.2,
                "socket_timeout": 0.2,
            },
        }
    }
else:
    # One host, few processes: counters shared by all of them need no server.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
        }
    }

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # state lives in the database; fewer ways to fail
CELERY_TASK_ACKS_LATE = True  # a killed worker's task comes back; every task is idempotent
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # alone it would run a task that kills its worker for ever
CELERY_TASK_RETRY_ON_WORKER_LOST = True  # this one counts, see max_retries of the tasks
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_PUBLISH_RETRY = False  # a lost look is found by the sweep
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # never cut a mail in mid-send
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
# Celery would open a connection for each task; ours are closed as those of requests are, see `config/celery.py`.
CELERY_DB_REUSE_MAX = CELERY_WORKER_MAX_TASKS_PER_CHILD
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "maint"
# Slow mail, and slow reading, must not hold up scoring.
CELERY_TASK_ROUTES = {
    "outbox.deliver_messages": {"queue": "mail"},
    "assessments.*": {"queue": "score"},
    "hiring.*": {"queue": "score"},
    "hiring.read_drafts": {"queue": "maint"},
    "hiring.forget_lost_uploads": {"queue": "maint"},
    "outbox.send_news": {"queue": "mail"},
    "outbox.forget_news": {"queue": "maint"},
    "outbox.run_work": {"queue": "maint"},
    "questions.*": {"queue": "maint"},
}
if CELERY_BROKER_URL.startswith("filesystem"):
    # Only where no broker wheel exists; a task in flight may be lost, which the sweep repairs.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,  # above six times the hard limit; the sweep hides the wait
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,  # above the wait of a blocking read
        "socket_keepalive": True,
        "health_check_interval": 25,
        "global_keyprefix": "shortlist:",
    }
# Set by the supervisor of the embedded mode, whose worker has all queues: mail and long work take one process each.
ONE_WORKER = env.bool("ONE_WORKER", default=False)
CELERY_BEAT_SCHEDULE = looks()

# --- Mail -----------------------------------------------------------------------------------------------------
EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    # `outbox.operations.sending` makes its own connection, where an administrator has set up a mail server.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default=f"Shortlist <no-reply@{_site.hostname or 'localhost'}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where answers and mail that comes back reach us, and where `manage.py receive_mail` takes them.
INBOUND_ADDRESS = env("INBOUND_ADDRESS", default="")
INBOUND_LISTEN = env("INBOUND_LISTEN", default="")

# --- People who sign in ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.FirstPasswordForm",
    "reauthenticate": "accounts.forms.AgainForm",
    "reset_password": "outbox.forms.ResetPasswordForm",
}
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.SecondStepAgainForm",
    "activate_totp": "accounts.forms.SetUpSecondStepForm",
}
# Guesses are counted by `accounts.operations.guesses`, in the database and for every door; the library's own counts
# stand on the cache.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ("login", "login_failed", "reauthenticate", "change_password", "reset_password")
)
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # an administrator changes it
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Single sign-on by OpenID Connect, where there is one: only colleagues who were added come in by it.
OIDC_ISSUER = env("OIDC_ISSUER", default="").rstrip("/")
SINGLE_SIGN_ON = env("OIDC_NAME", default="") or "Single sign-on" if OIDC_ISSUER else ""
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": SINGLE_SIGN_ON,
                "client_id": env("OIDC_CLIENT_ID"),
                "secret": env("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_ISSUER, "scope": ["openid", "email"]},
            }
        ],
    }

# --- Language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# What colleagues' pages speak, chosen by their browser where they chose nothing.
LANGUAGES = [("en", _("English"))]
# What candidates' pages and mail speak, each by its own name; their words are in `locale`.
CANDIDATE_LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS: list[Any] = [("bootstrap", get_bootstrap_dir())]
STORAGES = {
    # Private: nothing is served from here but through a view that checks who asks.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "shell.staticfiles.ManifestStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
# Twice what the longest form asks for.
DATA_UPLOAD_MAX_NUMBER_FILES = 40

# --- Security -------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES and HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "shortlist_session"
CSRF_COOKIE_NAME = "shortlist_csrf"
CSRF_FAILURE_VIEW = "shell.holding.token_is_old"
X_FRAME_OPTIONS = "DENY"
# Strict where candidates are; `shell.middleware` gives the staff's shell what Unfold's Alpine needs.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SHELL_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- Forms, API: see config/rest.py ----------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "rendering.widgets.WrittenWidgets"

REST_FRAMEWORK = rest_settings(rate=env("API_RATE", default="600/min"), proxies=TRUSTED_PROXIES)
SPECTACULAR_SETTINGS = DOCUMENT_SETTINGS

# --- The staff's shell: see config/unfold.py -------------------------------------------------------------------
UNFOLD = UNFOLD_SETTINGS

# --- Logs: see config/logs.py ----------------------------------------------------------------------------------
LOGGING = logging_settings(level=env("LOG_LEVEL", default="INFO"), form=env("LOG_FORMAT", default="line"))
# Addresses of visitors are personal data, so the lines about requests leave them out unless somebody needs them.
LOG_ADDRESSES = env.bool("LOG_ADDRESSES", default=False)
# Whoever sends it as a bearer token reads /metrics and the numbers of /readyz, see config/probes.py.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
