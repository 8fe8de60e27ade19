"""Conflict: a row that the pool had too, and not equally, with both sides and the verdict."""

from __future__ import annotations

import json

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import ConflictVerdict


class TwoSided(models.Model):
    """A row, and the columns in which two sides of it differ.

    `differing` is a JSON object: column → [the pool's value, the server's], cut to be shown.
    """

    table = models.CharField(max_length=128)
    row_key = models.CharField(max_length=255)
    differing = models.TextField(default="{}")

    class Meta:
        abstract = True

    @property
    def values(self) -> list[tuple[str, str | None, str | None]]:
        """Column, the pool's value and the server's, for each that is not equal."""
        return [(column, pool, server) for column, (pool, server) in self._differing().items()]

    @property
    def pool_side(self) -> dict[str, str | None]:
        return {column: pool for column, (pool, _) in self._differing().items()}

    @property
    def server_side(self) -> dict[str, str | None]:
        return {column: server for column, (_, server) in self._differing().items()}

    def _differing(self) -> dict[str, list[str | None]]:
        differing: dict[str, list[str | None]] = json.loads(self.differing)
        return differing


class Conflict(TwoSided):
    """The truth is in the target's shadow tables; this is a copy of the first thousand to show."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="conflicts")
    verdict = models.CharField(max_length=8, choices=ConflictVerdict.choices)

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.get_verdict_display()}"
