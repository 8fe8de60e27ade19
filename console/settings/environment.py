"""The environment, read once: `.env` beside manage.py, then the process's own variables win."""

from __future__ import annotations

from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]

# FileAwareEnv reads NAME from the file that NAME_FILE points to (container secrets).
env = environ.FileAwareEnv()
env.DB_SCHEMES["db2"] = "ibm_db_django"
environ.Env.read_env(Path(env.str("LIFEGUARD_ENV_FILE", default=str(BASE_DIR / ".env"))))


def fernet_keys(values: list[str]) -> list[str]:
    """The values, if each is a key; the refusal shows none of them."""
    for number, value in enumerate(values, start=1):
        try:
            Fernet(value)
        except ValueError:
            raise ImproperlyConfigured(
                f"Key {number} in SECRET_ENCRYPTION_KEYS is no key: 32 random bytes in URL-safe "
                "base64. `manage.py rotate_keys --new-key` prints one."
            ) from None
    return values


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

# Former values of SECRET_KEY: sessions and secrets of theirs are still read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Passwords of Traveler hosts and databases are encrypted with the first of these keys, and
# decrypted with any (console/encryption.py). Keys derived from SECRET_KEY and a salt follow them.
SECRET_ENCRYPTION_KEYS = fernet_keys(env.list("SECRET_ENCRYPTION_KEYS", default=[]))
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
    "SECRET_ENCRYPTION_KEYS",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
]
