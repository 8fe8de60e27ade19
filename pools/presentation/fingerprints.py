"""A host key as people compare it."""

from __future__ import annotations

import asyncssh


def fingerprint_of(host_key: str) -> str:
    """`SHA256:…` as `ssh-keygen -l` prints it; empty without a key."""
    if not host_key:
        return ""
    return asyncssh.import_public_key(host_key).get_fingerprint()
