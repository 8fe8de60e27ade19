"""What the pools ask of migrations: see `pools.extensions`."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models

from console.accounts.permissions import Access
from migrations_ui.presentation.attention import migrations_needing_attention
from migrations_ui.services.protection import refuse_change_during_migration
from pools.domain.attention import AttentionReport
from pools.extensions import Extension


class MigrationsExtension(Extension):
    """A migration keeps what it depends on, and is listed while it waits for a person."""

    def refuse_change(self, row: models.Model, changed: Collection[str]) -> None:
        refuse_change_during_migration(row, changed)

    def report_attention(self, access: Access) -> AttentionReport:
        return migrations_needing_attention(access)
