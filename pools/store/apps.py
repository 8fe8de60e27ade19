"""Registers the pool store's models, so that its migrations can be written by Django."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Keeps the pool store's migrations off the console's database."""

    name = "pools.store"
    label = "store"
    verbose_name = "Pool store"
