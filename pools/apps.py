"""The app of pools: it completes the database after migrations."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class PoolsConfig(AppConfig):
    """Completes the database after each `migrate`."""

    name = "pools"

    def ready(self) -> None:
        post_migrate.connect(_complete_database, sender=self)


def _complete_database(*, using: str, **_signal: Any) -> None:
    """What a migration cannot keep: the index of the engine in use, and the first schedules."""
    from django_celery_beat.models import PeriodicTask

    from pools.models import Device
    from pools.services.schedules import ensure_schedules
    from pools.services.trigram_search import ensure_trigrams

    # `migrate <one app>` may leave the others without their tables.
    tables = set(connections[using].introspection.table_names())
    if Device._meta.db_table in tables:
        ensure_trigrams(using=using)
    if PeriodicTask._meta.db_table in tables:
        ensure_schedules()
