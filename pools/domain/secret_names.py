"""Names of properties whose value is a secret."""

from __future__ import annotations

import re

# Whatever a driver puts before or after it: trustStorePassword, sslpassword, accessToken, …; and
# what Db2's and SQL Server's drivers call keys that are text, no files.
HIDDEN_NAME = r"[\w.]*(?:passw|passphrase|pwd|secret|token|apikey|providerclientkey)[\w.]*|pw"
_SECRET = re.compile(HIDDEN_NAME, re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a property, by its name, is to be shown nowhere."""
    return _SECRET.fullmatch(name.strip()) is not None
