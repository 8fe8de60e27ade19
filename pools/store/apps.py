"""Registers the pool store's models, so that its migrations can be written by Django."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "pools.store"
    label = "store"
    verbose_name = "Pool store"
