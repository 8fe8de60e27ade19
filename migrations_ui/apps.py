from __future__ import annotations

from django.apps import AppConfig


class MigrationsUiConfig(AppConfig):
    name = "migrations_ui"
    verbose_name = "moves"

    def ready(self) -> None:
        from migrations_ui.services.followers import moves_into_database
        from migrations_ui.services.protection import refuse_change_under_move
        from migrations_ui.views.attention import moves_needing_attention
        from pools.live.events import tell_of_databases
        from pools.services.guards import register_guard
        from pools.views.attention import add_attention_source

        register_guard(refuse_change_under_move)
        tell_of_databases(moves_into_database)
        add_attention_source(moves_needing_attention)
