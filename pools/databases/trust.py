"""Certificates of authorities as files, because the drivers take no text."""

from __future__ import annotations

import hashlib
import os
import ssl
import tempfile
from pathlib import Path

from django.conf import settings


def ca_file(pem: str) -> str:
    """The path of a file that holds `pem`, or of the system's authorities when it is empty.

    Named by its content, so that it is written once and is never another one. Empty where the
    system has no such file: then the driver looks for itself.
    """
    if not pem.strip():
        return ssl.get_default_verify_paths().cafile or ""
    folder = Path(settings.LIFEGUARD_WORK_DIR) / "authorities"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(pem.encode()).hexdigest()}.pem"
    if not path.exists():
        descriptor, written = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(pem)
        Path(written).replace(path)
    return str(path)
