"""Settings of every mode; what differs comes from the environment (config/environment.py, docs/settings.md)."""

from pathlib import Path

from . import logs, sentry
from .environment import BASE_DIR, MODE, PRODUCTION, VAR, env, refuse_senseless, refuse_unsafe, secret_key, stored_in
from .languages import register_uzbek

VERSION = "0.1.0.dev"  # of Saboq; stands in the manifest of a backup
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # the one before, while it is being changed
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "testserver"])
BASE_URL = env("BASE_URL", default="http://localhost:8000").rstrip("/")
VERIFY_BASE_URL = env("VERIFY_BASE_URL", default=BASE_URL).rstrip("/")  # printed on paper for ever: chosen once
SITE_NAME = env("SITE_NAME", default="Saboq")
ISSUER_NAME = env.json("ISSUER_NAME", default={
    "uz": "Kutubxona xodimlarining raqamli malakasini oshirish milliy dasturi",
    "ru": "Национальная программа повышения цифровой квалификации сотрудников библиотек",
    "en": "National programme for the digital competence of library staff",
})  # fmt: skip
LEGAL_BASIS = env.json("LEGAL_BASIS", default={
    "uz": "PQ-4354, 07.06.2019",
    "ru": "ПП-4354, 07.06.2019",
    "en": "PQ-4354 of 07.06.2019",
})  # fmt: skip
# [{"name": "...", "post": {"uz": "...", "ru": "...", "en": "..."}}]: empty leaves a line to be signed by hand.
SIGNATORIES = env.json("SIGNATORIES", default=[])
SIGNING_DIR = env("SIGNING_DIR", default="")  # keys (certification/keys.py); none: a demonstration's own in var/
TIMESTAMP_URL = env("TIMESTAMP_URL", default="")  # an RFC 3161 authority, asked for each certificate

INSTALLED_APPS = [
    "cms.apps.CmsConfig",
    "reports",
    "certification.apps.CertificationConfig",
    "seminars.apps.SeminarsConfig",
    "courses",
    "accounts.apps.AccountsConfig",
    "wagtail_localize",
    "wagtail_localize.locales",  # instead of wagtail.locales
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.sites",
    "accounts.apps.AdminUsersConfig",  # wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "modelsearch",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "accounts.apps.DevicesConfig",  # allauth.usersessions
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]
AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "config.middleware.RequestMiddleware",
    "config.middleware.ProbeMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # /cms/ has no CSP of ours
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.refusing.RefusingMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.ConsentMiddleware",
    "cms.middleware.AdminMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "accounts.templatetags.look",
                "accounts.templatetags.kept",  # its {% translate %} comes after Django's
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our form templates stand in templates/django/forms/

# --- Database: SQLite on one machine, PostgreSQL by DATABASE_URL -------------------------------------------------
VAR.mkdir(exist_ok=True)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'saboq.sqlite3'}")}
if DATABASES["default"].get("ENGINE", "").endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "config.sqlite3"
    if (
        MODE != "test"
    ):  # a thread keeps its connection; not for ever, should something it once asked still hold an old snapshot
        DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits for its turn instead of failing half-way
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA cache_size=-16000; PRAGMA synchronous="
        + ("NORMAL" if MODE == "test" else "FULL"),  # what was acknowledged outlives a power cut, as on PostgreSQL,
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}  # a file: a live server cannot share memory
else:
    INSTALLED_APPS.append("django.contrib.postgres")
    if DATABASES["default"].get("ENGINE", "").endswith(".postgresql"):
        DATABASES["default"]["ENGINE"] = "config.postgresql"  # looks at a connection before a request gets it
    # Its server keeps the statements of accounts/prepared.py; all others come whole each time.
    DATABASE_PREPARES = env.bool("DATABASE_PREPARES", True)
    OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})  # what DATABASE_URL says stays: ?sslmode=require
    if MODE != "test":
        # A connection that cannot be had within some seconds is told as «a short break» (cms/outage.py): who waits longer
        # holds a thread that others need. Trying again begins with the next request, and not after pauses that grow.
        threads = env.int("WEB_THREADS", 4)
        OPTIONS["pool"] = {"timeout": 3, "reconnect_timeout": 1, "max_size": max(4, threads)}
    if DATABASE_PREPARES:
        # One plan for each statement kept: they go by keys. And none is compiled (jit): it takes longer than to answer.
        OPTIONS["options"] = "-c plan_cache_mode=force_generic_plan -c jit=off"

# --- Cache: in the process, or shared by CACHE_URL; its absence at any moment is survived -------------------------
if cache_url := env("CACHE_URL", default=""):
    CACHES = {"default": {"BACKEND": "config.cache.ForgivingRedisCache", "LOCATION": cache_url,
                          "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}}}  # fmt: skip
else:
    CACHES = {"default": {"BACKEND": "config.cache.LocalCache"}}

# --- Jobs: rows in the database; Celery only makes them sooner ----------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # With these a task of a killed worker comes back after seconds, not after minutes (Redis only).
    {"visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", 300), "unacked_restore_interval": 5,
     "unacked_restore_throttle": 1, "socket_timeout": 2, "socket_connect_timeout": 1}
    if CELERY_BROKER_URL.startswith("redis") else {}
)  # fmt: skip
CELERY_TIMEZONE = "Asia/Tashkent"
TASKS = {"default": {"BACKEND": "config.tasks.AfterCommit"}}  # Wagtail's own small jobs: outside of its transactions

# --- Languages and time --------------------------------------------------------------------------------------------
register_uzbek()
LANGUAGE_CODE = "uz"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    pair for pair in [("uz", "Oʻzbekcha"), ("ru", "Русский"), ("en", "English")]
    if pair[0] in env.list("LANGUAGES", default=["uz", "ru", "en"])
]  # fmt: skip
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Tashkent")
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- People: allauth -----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["accounts.backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.entry_forms.LoginForm", "add_email": "accounts.entry_forms.AddEmailForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None  # a box on the sign-in page, «my own device»: many sit at shared PCs
ACCOUNT_RATE_LIMITS = {  # a whole library sits behind one address, a region's phones behind a few
    # What is wrong counts against the account and the address; what is right, against the address alone, for what it costs.
    "sign_in": "600/m/ip", "login_failed": "10/5m/key,300/5m/ip", "kept_answers": "60/m/ip",
    "login": None,  # allauth's own count of the first, under a lock for each address (accounts/limits.py)
}  # fmt: skip
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before a second factor or an address is changed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
REGISTRATION_OPEN = env.bool("REGISTRATION_OPEN", False)
REQUIRE_MFA = env.bool("REQUIRE_MFA", PRODUCTION)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # e-mails are brought in by HR, and staff must not wait for a letter to be let in
MFA_TOTP_ISSUER = SITE_NAME
# Sign-in by an identity provider, where all of it is said (accounts/oidc.py).
OIDC_SERVER_URL = env("OIDC_SERVER_URL", default="").rstrip("/")
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env("OIDC_CLIENT_ID", default=""), env("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env("OIDC_NAME", default="")  # on the button
OIDC_LOGIN_CLAIM = env("OIDC_LOGIN_CLAIM", default="")
OUTGOING_HOSTS = env.list("OUTGOING_HOSTS", default=[])  # accounts/outgoing.py
OUTGOING_PRIVATE_NETWORK = env.bool("OUTGOING_PRIVATE_NETWORK", False)
SOCIALACCOUNT_ADAPTER = "accounts.oidc.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{
    "provider_id": "org", "name": OIDC_NAME or SITE_NAME, "client_id": OIDC_CLIENT_ID, "secret": OIDC_CLIENT_SECRET,
    "settings": {"server_url": OIDC_SERVER_URL, "oauth_pkce_enabled": True},
}] if OIDC_SERVER_URL else []}}  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/learning/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # on the own device; else until the browser is closed, and no longer than idle
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)
SESSION_LONGEST_DAYS = env.int("SESSION_LONGEST_DAYS", 90)  # on the own device; elsewhere 12 hours
USERSESSIONS_ADAPTER = (
    "accounts.adapter.DevicesAdapter"  # its rows: accounts/devices.py; when seen: accounts/sessions.py
)
# Who helps with signing in, beside the HR department of the library: {"uz": ..., "ru": ..., "en": ...}, a line of text each.
SIGN_IN_HELP = env.json("SIGN_IN_HELP", default={})

# --- Mail: files that the demo shows at /demo/mail/, or EMAIL_URL --------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="saboq@localhost")
if email_url := env("EMAIL_URL", default=""):
    vars().update(env.email_url_config(email_url))
    EMAIL_TIMEOUT = 15
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default="") or VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.static.JoinedStylesheetFinder",  # the four style files are served as one site.css
    "config.static.OwnFilesFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=VAR / "media").root if env("MEDIA_ROOT", default="") else VAR / "media"
STORAGES = {
    "default": stored_in(env("MEDIA_STORAGE_URL", default="")),
    # Certificates: never below MEDIA_ROOT, served by views alone.
    "private": stored_in(env("PRIVATE_STORAGE_URL", default=""), VAR / "private"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# --- Backups (cms/backups/): all of the last days, then one a week, then one a month ----------------------------------
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR / "backups")))
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", 14)
BACKUP_KEEP_WEEKS = env.int("BACKUP_KEEP_WEEKS", 14)
BACKUP_KEEP_MONTHS = env.int("BACKUP_KEEP_MONTHS", 12)
WHITENOISE_USE_FINDERS = DEBUG or MODE == "test"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a page with many blocks has that many
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CURRICULUM_DIR = BASE_DIR / "curriculum"

# --- Wagtail -------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_USER_TIME_ZONES = ["Asia/Tashkent", "Asia/Samarkand"]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_LOGIN_URL = "/cms/login/"  # ours: leads to allauth, or says who may not come in (cms/views.py: to_sign_in)
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"  # pages that an editor opens to the signed-in alone
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "pptx", "txt", "vtt", "xlsx", "mp4", "webm", "mp3", "ogg"]
WAGTAILDOCS_CONTENT_TYPES = {  # said here: a machine may lack the list of types, and browsers do not guess
    "mp3": "audio/mpeg", "mp4": "video/mp4", "ogg": "audio/ogg", "vtt": "text/vtt", "webm": "video/webm",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = 100 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.document_form.DocumentForm"  # content and ending agree
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000  # some 160 MB in memory; Wagtail lets thrice as many in
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.image_form.ImageForm"  # without place and owner
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]  # no SVG: it can carry script
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.admin_search"}}  # in any spelling
MODELSEARCH_BACKENDS = WAGTAILSEARCH_BACKENDS
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False  # a copy for translation is a draft, not live Uzbek text

# --- Security ------------------------------------------------------------------------------------------------------
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
X_FRAME_OPTIONS = "DENY"  # Wagtail's previews say SAMEORIGIN for themselves
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/cms/"],  # cms/middleware.py
    "DIRECTIVES": {
        "default-src": ["'none'"], "script-src": [_SELF], "style-src": [_SELF], "img-src": [_SELF, "data:"],
        "media-src": [_SELF], "connect-src": [_SELF], "font-src": [_SELF], "form-action": [_SELF],
        "base-uri": ["'none'"], "frame-ancestors": [_SELF], "manifest-src": [_SELF],
    },
}  # fmt: skip
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

# --- Watching over it (config/logs.py, middleware.py, sentry.py; cms/readiness.py, monitoring.py) ---------------------
LOG_FORMAT = env("LOG_FORMAT", default="json" if PRODUCTION else "text")
LOGGING = logs.configuration(kind=LOG_FORMAT, level=env("LOG_LEVEL", default="INFO"))
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_FROM = env.list("METRICS_FROM", default=[])  # addresses and networks
SENTRY_DSN = env("SENTRY_DSN", default="")

SILENCED_SYSTEM_CHECKS = []
refuse_senseless(vars())
if PRODUCTION:
    refuse_unsafe(vars())
sentry.start(dsn=SENTRY_DSN, environment=MODE)
