"""Breadcrumbs of the migration pages: (title, address) pairs down to the page above."""

from __future__ import annotations

from django.urls import reverse

from migrations_ui.models import Migration

Trail = list[tuple[str, str]]


def migrations_trail() -> Trail:
    return [("Migrations", reverse("migrations_ui:migrations"))]


def pool_trail(migration: Migration) -> Trail:
    """Down to the pool's migrations."""
    return [(migration.pool.name, migration.pool.get_absolute_url()), *migrations_trail()]


def migration_trail(migration: Migration) -> Trail:
    """Down to the migration itself, for its rejects, report and questions."""
    return [*pool_trail(migration), (migration.server.short_name, migration.get_absolute_url())]
