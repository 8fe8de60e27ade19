"""The app of migrations: it registers with the pools what they know nothing of."""

from __future__ import annotations

from django.apps import AppConfig


class MigrationsUiConfig(AppConfig):
    """Registers guard and attention source with the pools."""

    name = "migrations_ui"
    verbose_name = "migrations"

    def ready(self) -> None:
        from migrations_ui.presentation.attention import migrations_needing_attention
        from migrations_ui.services.protection import refuse_change_during_migration
        from pools.presentation.attention import add_attention_source
        from pools.services.guards import register_guard

        register_guard(refuse_change_during_migration)
        add_attention_source(migrations_needing_attention)
