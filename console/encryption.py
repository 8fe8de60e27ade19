"""The keys that stored secrets are encrypted with: the first encrypts, all of them decrypt.

Keys in SECRET_ENCRYPTION_KEYS come first. After them come those derived from SECRET_KEY and
SALT_KEY, which older installations encrypted with, and which still do where no key is set.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.conf import settings

# As django-fernet-encrypted-fields derives them.
ITERATIONS = 100_000


class WrongKey(Exception):
    """No key of this installation decrypts this."""


def encrypt(text: str) -> str:
    return next(_keys()).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises WrongKey, also for what is no ciphertext at all."""
    for key in _keys():
        try:
            return key.decrypt(token.encode()).decode()
        except InvalidToken:
            continue
    raise WrongKey


def is_current(token: str) -> bool:
    """True when the first key encrypted it."""
    try:
        next(_keys()).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> Iterator[Fernet]:
    for key in settings.SECRET_ENCRYPTION_KEYS:
        yield Fernet(key)
    # Slow on purpose, so only where no key of its own decrypts.
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        for salt in settings.SALT_KEY:
            yield Fernet(_derived(secret, salt))


@lru_cache(maxsize=32)
def _derived(secret: str, salt: str) -> bytes:
    derivation = PBKDF2HMAC(hashes.SHA256(), length=32, salt=salt.encode(), iterations=ITERATIONS)
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
