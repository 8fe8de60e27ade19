"""The app of migrations: it registers with the pools what they know nothing of."""

from __future__ import annotations

from django.apps import AppConfig


class MigrationsUiConfig(AppConfig):
    """Registers its extension with the pools."""

    name = "migrations_ui"
    verbose_name = "migrations"

    def ready(self) -> None:
        from migrations_ui.extension import MigrationsExtension
        from pools import extensions

        extensions.register(MigrationsExtension())
