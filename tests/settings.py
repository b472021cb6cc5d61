"""The site's own settings, made quick and independent of the machine.

Only what would slow the tests or reach outside differs from production.
"""

from __future__ import annotations

import os

# Whatever the shell or an .env file says must not decide what is tested. The one
# exception is DATABASE_URL: the same tests run on SQLite and on PostgreSQL.
for _name in (
    *("DEBUG", "CACHE_URL", "BEHIND_PROXY", "PUBLIC_MAX_AGE", "ANSWERS_MEGABYTES"),
    *("FIGURES_REQUIRE_TWO_PEOPLE", "HSTS_PRELOAD"),
    *("SECRET_KEY_FALLBACKS", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "SITE_ADDRESS"),
    *("IDLE_WARNING_MONTHS", "IDLE_REMOVAL_DAYS"),
    *("OPERATOR", "OPERATOR_EMAIL", "SOURCE_CODE"),
):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
os.environ["ALLOWED_HOSTS"] = "testserver,127.0.0.1"
os.environ["HTTPS"] = "false"
# Playwright keeps an event loop in the main thread, which Django would take for
# asynchronous code and refuse the database to every test that follows.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from imgportal.settings import *  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Plain names: the hashed ones need collectstatic, which the browser tests run.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A folder that every checkout has: WhiteNoise warns about one that is not there yet.
STATIC_ROOT = str(BASE_DIR / "imgportal" / "static")
