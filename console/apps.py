"""The app that wires the others together."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register

from console.private_files import check_private_files, keep_new_files_private


class ConsoleConfig(AppConfig):
    """Loads Celery with Django."""

    name = "console"

    def ready(self) -> None:
        keep_new_files_private()
        register(check_private_files)
