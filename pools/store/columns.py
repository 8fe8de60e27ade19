"""Tables and columns of the pool store at the level needed."""

from __future__ import annotations

from django.apps import apps

from pools.store.router import STORE_LABEL


def columns_needed() -> tuple[tuple[str, str], ...]:
    """Table and column, in the order of the DDL's names."""
    return tuple(
        (model._meta.db_table, str(field.column))
        for model in sorted(
            apps.get_app_config(STORE_LABEL).get_models(), key=lambda model: model._meta.db_table
        )
        for field in model._meta.concrete_fields
        if field.column
    )
