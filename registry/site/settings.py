"""Settings of every installation; what differs between them comes from the environment.

TIANZHANG_HOME     folder of the data (default var/)
DATABASE_URL       another PostGIS than the embedded one
SECRET_KEY         otherwise made on first start and kept in TIANZHANG_HOME
ALLOWED_HOSTS      comma-separated names, in production
PUBLIC_URL         the address that QR codes carry
TIANZHANG_BASEMAP  URL template of a base map inside the own network
"""

import os
from pathlib import Path

from csp.constants import NONCE
from django.utils.translation import gettext_lazy as _

from . import catalogue, database, native, secret

BASE_DIR = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("TIANZHANG_HOME") or BASE_DIR / "var").resolve()
FILES_DIR = HOME / "files"
if not os.access(BASE_DIR / "land" / "kernel", os.W_OK):  # where the overlay kernel keeps what it compiled
    os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "numba"))

SITE_NAME = _("Tianzhang")
VERSION = "0.1.0"
DEBUG = os.environ.get("TIANZHANG_DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or secret.secret_key(HOME)
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h] or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]
PUBLIC_URL = os.environ.get("PUBLIC_URL", "")
HTTPS = os.environ.get("TIANZHANG_HTTPS") == "1"

for _name, _value in native.configure().items():
    globals()[_name] = _value

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "registry",
    "land",
    "projects",
    "assets",
    "maps",
    "django.forms",  # after registry, whose widgets come first
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "registry.middleware.RowScopeMiddleware",
    "registry.middleware.FirstPasswordMiddleware",
    "registry.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "registry.site.urls"
WSGI_APPLICATION = "registry.site.wsgi.application"
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "registry.context.shell",
            ],
            "builtins": ["registry.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "registry.renderer.FormRenderer"

DATABASES = {"default": database.planned(database.parse(os.environ.get("DATABASE_URL")))}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [catalogue.ensure(BASE_DIR / "registry" / "locale", HOME / "locale")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [
    (f"vendor/{name}", BASE_DIR / "node_modules" / path)
    for name, path in {
        "leaflet-1.9.4": "leaflet/dist",
        "geoman-2.20.2": "@geoman-io/leaflet-geoman-free/dist",
        "vectorgrid-1.3.0": "leaflet.vectorgrid/dist",
        "jquery-3.7.1": "jquery/dist",
        "bootstrap-5.3.8": "bootstrap/dist",
        "fontawesome-6.7.2/css": "@fortawesome/fontawesome-free/css",
        "fontawesome-6.7.2/webfonts": "@fortawesome/fontawesome-free/webfonts",
        "awesome-markers-2.0.5": "leaflet.awesome-markers/dist",
    }.items()
    if (BASE_DIR / "node_modules" / path).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
MAX_UPLOAD_BYTES = int(os.environ.get("TIANZHANG_MAX_UPLOAD_MB", "500")) * 1024 * 1024
# evidence: size of a file, files of a document, points of a picture, pages of a scan that are looked through
EVIDENCE_MAX_BYTES = int(os.environ.get("TIANZHANG_MAX_EVIDENCE_MB", "50")) * 1024 * 1024
EVIDENCE_MAX_FILES = 60
EVIDENCE_MAX_PIXELS = 120_000_000
SCAN_MAX_PAGES = 40

# --- sessions, headers, sign-in guard
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registry/locked_out.html"
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

TASKS = {
    "default": {
        "BACKEND": os.environ.get("TIANZHANG_TASKS", "django_tasks_db.DatabaseBackend"),
        "QUEUES": ["default"],
    }
}

PGHISTORY_APPEND_ONLY = True
PGTRIGGER_MIGRATIONS = True
DJANGO_TABLES2_TEMPLATE = "registry/ui/table.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TIANZHANG_LOG", "WARNING")},
}

# --- the county profile: a county is settings data, not code
COUNTY = {
    "name": "屏边苗族自治县",
    "code": "532523",
    "work_srid": 4544,
    "allowed_srids": (4490, 4326, 4522, 4523, 4543, 4544, 4496, 4507),
    "bbox": (103.30, 22.70, 104.10, 23.50),
    "zones": (34, 35),
}
BASEMAP_URL = os.environ.get("TIANZHANG_BASEMAP", "")
