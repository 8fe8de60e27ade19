"""The settings under pytest: nothing from outside, fast hashing, no Redis unless a test asks."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LIFEGUARD_ENV_FILE", os.devnull)
os.environ.setdefault("SECRET_KEY", "a key for the tests only, never for a console in use")
os.environ.setdefault("HTTPS", "false")

from console.settings import *  # noqa: F403
from console.settings import DATABASES

# A file, because an in-memory database cannot be written by several threads or processes at once.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"lifeguard-test-{os.getpid()}.sqlite3")
    }
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A broker that nobody reads: what a page queues reaches no worker of this machine.
CELERY_BROKER_URL = "memory://"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# On a clean checkout nothing is collected yet; WhiteNoise then looks when it is asked, and does not
# warn at its start that the folder is missing.
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Whoever tests that an outage takes too long does not wait for minutes.
LIFEGUARD_OUTAGE_SECONDS = 3
