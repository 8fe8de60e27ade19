"""The environment, read once: `.env` beside manage.py, then the process's own variables win."""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]

# FileAwareEnv reads NAME from the file that NAME_FILE points to (container secrets).
env = environ.FileAwareEnv()
env.DB_SCHEMES["db2"] = "ibm_db_django"
environ.Env.read_env(Path(env.str("LIFEGUARD_ENV_FILE", default=str(BASE_DIR / ".env"))))

DEBUG = env.bool("DEBUG", default=False)

# Everything the console writes to disk: its SQLite database, backups of servers, private copies
# of Derby databases, the compiled reader.
LIFEGUARD_WORK_DIR = Path(env.str("LIFEGUARD_WORK_DIR", default=str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put SECRET_KEY=<50 random characters> into .env, or name a file "
        "that holds it with SECRET_KEY_FILE. `make demo` and `make run` make one for you."
    )

# Passwords of Traveler hosts and databases are encrypted with keys derived from SECRET_KEY
# and this salt; a list of salts means rotation: the first encrypts, all decrypt.
SALT_KEY = env.list("SALT_KEY", default=["lifeguard-fields-1"])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

TIME_ZONE = env.str("TIME_ZONE", default="UTC")
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True

__all__ = [
    "ALLOWED_HOSTS",
    "BASE_DIR",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "LANGUAGE_CODE",
    "LIFEGUARD_WORK_DIR",
    "SALT_KEY",
    "SECRET_KEY",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
]
