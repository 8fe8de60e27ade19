from __future__ import annotations

from django.apps import AppConfig


class MigrationsUiConfig(AppConfig):
    name = "migrations_ui"
    verbose_name = "moves"

    def ready(self) -> None:
        from migrations_ui.presentation.attention import moves_needing_attention
        from migrations_ui.services.followers import moves_into_database
        from migrations_ui.services.protection import refuse_change_under_move
        from pools.broadcast.events import tell_of_databases
        from pools.presentation.attention import add_attention_source
        from pools.services.guards import register_guard

        register_guard(refuse_change_under_move)
        tell_of_databases(moves_into_database)
        add_attention_source(moves_needing_attention)
