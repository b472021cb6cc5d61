"""The site's settings, in the order of Django's documentation.

One file for every installation: what differs comes from the environment
(`imgportal/env.py`, listed in `.env.example`). Safe without any of it: no debug,
no secret, no hosts, HTTPS only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imgportal import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Core ---------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.former_keys("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")

INSTALLED_APPS = [
    "imgportal",
    "stats",
    "profiles",
    "imgportal.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    # Widgets may have templates of ours (see FORM_RENDERER).
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "imgportal.middleware.DataMiddleware",
    "imgportal.middleware.DatabaseAwayMiddleware",
    "imgportal.middleware.UnlistedPagesMiddleware",
    # The next ones are lazy: a public page passes through them without reading
    # the session, so it carries neither a cookie nor `Vary: Cookie`.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "imgportal.middleware.WrongFormMiddleware",
    "imgportal.middleware.LastSeenMiddleware",
    "imgportal.middleware.StaffDoorMiddleware",
]

ROOT_URLCONF = "imgportal.urls"
WSGI_APPLICATION = "imgportal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Figures are on nearly every page: no `{% load %}` line to forget.
            "builtins": ["stats.templatetags.figures"],
            "libraries": {"guide": "imgportal.guide.template_tags"},
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# --- Data ---------------------------------------------------------------------

DATABASES = {
    "default": env.database(
        "DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'imgportal.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Two stores, so that filling one pushes nothing out of the other.
CACHES = {
    # Limits on guessing and used codes. allauth always takes the default store for its own.
    "default": {"BACKEND": "imgportal.security_counters.SecurityCounterCache"},
    # Uploads of staff until they are confirmed: asked for again when lost.
    "drafts": env.cache("CACHE_URL", "drafts"),
}

# --- People -------------------------------------------------------------------

AUTH_USER_MODEL = "imgportal.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["imgportal.accounts.password_hashers.OwaspArgon2Hasher"]
# With Django's own backend beside it, each failed sign-in would hash twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"

SESSION_COOKIE_SAMESITE = "Lax"  # a link in a message finds its reader signed in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600  # a working day, whatever the browser says
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "imgportal.views.form_too_old"
CSRF_COOKIE_AGE = None  # gone with the browser, as the session is
# Messages are kept in the session, so that the site sets no third cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "imgportal.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "imgportal.accounts.forms.SignUpForm",
    "login": "imgportal.accounts.forms.SignInForm",
    "request_login_code": "imgportal.accounts.forms.CodeByMailForm",
    "confirm_login_code": "imgportal.accounts.forms.SignInCodeForm",
    "reauthenticate": "imgportal.accounts.forms.PasswordAgainForm",
    "change_password": "imgportal.accounts.forms.ChangePasswordForm",
    "set_password": "imgportal.accounts.forms.FirstPasswordForm",
    "reset_password": "imgportal.accounts.forms.ForgottenPasswordForm",
    "confirm_password_reset_code": "imgportal.accounts.forms.PasswordCodeForm",
    "reset_password_from_key": "imgportal.accounts.forms.NewPasswordForm",
    "add_email": "imgportal.accounts.forms.NewAddressForm",
    "confirm_email_verification_code": "imgportal.accounts.forms.AddressCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Messages may take some minutes. Three wrong codes end it in any case.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 30 * 60  # from the first form to the last step
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[IMG portal] "
ACCOUNT_SESSION_REMEMBER = None  # the form asks; staff are not remembered
ACCOUNT_SESSION_COOKIE_AGE = 14 * 24 * 3600  # for who asks for it
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "signup": "20/m/ip",
    # An account is closed to guessing for five minutes after five wrong passwords
    # or codes, whatever address they come from.
    "login_failed": "10/m/ip,5/5m/key",
    # Each of these sends a message. By the hour, so that nobody's mailbox is filled.
    "confirm_email": "1/10s/key,10/h/key",
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,5/m/key,10/h/key",
}

MFA_ADAPTER = "imgportal.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "imgportal.accounts.forms.CodeForm",
    "reauthenticate": "imgportal.accounts.forms.CodeAgainForm",
    "activate_totp": "imgportal.accounts.forms.FirstCodeForm",
    "authenticate_webauthn": "imgportal.accounts.passkeys.PasskeyForm",
    "login_webauthn": "imgportal.accounts.passkeys.PasskeySignInForm",
    "reauthenticate_webauthn": "imgportal.accounts.passkeys.PasskeyAgainForm",
    "add_webauthn": "imgportal.accounts.passkeys.AddPasskeyForm",
    "signup_webauthn": "imgportal.accounts.passkeys.FirstPasskeyForm",
    "edit_webauthn": "imgportal.accounts.passkeys.RenamePasskeyForm",
}
# Passkeys are taken over HTTPS, and over HTTP from http://localhost only: that is the
# rule of browsers, and of the library, as long as nobody switches it off here.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_ISSUER = "IMG portal"
USERSESSIONS_TRACK_ACTIVITY = True

# Who has not signed in for so many months is warned, and removed so many days later
# (script/manage remove_idle_accounts). 0 months: nobody ever is. Staff never are.
IDLE_WARNING_MONTHS = env.integer("IDLE_WARNING_MONTHS", default=24, least=0, most=240)
IDLE_REMOVAL_DAYS = env.integer("IDLE_REMOVAL_DAYS", default=60, least=14, most=365)

# --- E-mail -------------------------------------------------------------------

# EMAIL_BACKEND and what it needs; without EMAIL_URL messages are files in var/mail.
globals().update(env.email("EMAIL_URL", BASE_DIR / "var" / "mail"))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "IMG portal <no-reply@localhost>")

# Where readers of a message that no page sends (a reminder) find the site.
SITE_ADDRESS = env.site_address(
    "SITE_ADDRESS", ALLOWED_HOSTS, https=env.flag("HTTPS", default=True)
)

# Who runs this installation, how to write to them, and where its code is: on /about/.
OPERATOR = env.text("OPERATOR", "")
OPERATOR_EMAIL = env.email_address("OPERATOR_EMAIL")
SOURCE_CODE = env.web_address("SOURCE_CODE")

# --- Language and time --------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = False
FORMAT_MODULE_PATH = "imgportal.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files -------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Hashed names and pre-compressed copies; a missing file fails loudly.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security -----------------------------------------------------------------

# False only where the site is reached without TLS: a laptop, a closed network.
HTTPS = env.flag("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Into the lists that browsers carry with them: for the whole domain, and for years.
SECURE_HSTS_PRELOAD = HTTPS and env.flag("HSTS_PRELOAD", default=False)
# Django would have everybody on those lists.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    # The proxy must overwrite this header (deploy/nginx.conf does), or anybody
    # could claim to have come over TLS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Without it everybody would share the proxy's address, and so one rate limit.
    ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"
# A health probe asks the process itself, without TLS and by address.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # data: for the small arrows and ticks that Bootstrap draws in its forms.
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}

# --- Forms --------------------------------------------------------------------

# A table of scores is one form: 26 fields a row (each with the value that it had), and
# 50 rows in a large edition. Django's thousand would turn it away with all that was typed.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# The only uploads are tables of staff, one at a time. What is larger is not kept
# anywhere; the form says so.
FILE_UPLOAD_HANDLERS = ["imgportal.uploads.BoundedUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FILES = 1

# --- Public pages -------------------------------------------------------------

# Seconds a browser or proxy may show a public page before it asks again. Asking
# is cheap (304), so a publication is seen soon after it is made.
PUBLIC_MAX_AGE = env.integer("PUBLIC_MAX_AGE", default=60, least=0, most=86400)
# Megabytes of finished public answers that each process keeps in front of Django. 0: none
# is kept, and each is drawn for each reader.
ANSWERS_MEGABYTES = env.integer("ANSWERS_MEGABYTES", default=64, least=0, most=4096)

# --- Figures ------------------------------------------------------------------

# Two people stand behind a published figure: whoever changed a value cannot publish
# it. False is for a staff of one, and then the version's public page says so.
FIGURES_REQUIRE_TWO_PEOPLE = env.flag("FIGURES_REQUIRE_TWO_PEOPLE", default=True)

# --- Logging ------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "imgportal.lib.log_redaction.RedactingFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers would mail a traceback, with what people typed in it.
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A missed address is no news, and who asked for what is nobody's business.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        # The development server names every address; its own handler would not redact.
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
