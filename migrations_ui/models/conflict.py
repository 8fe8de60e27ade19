"""Conflict: a row that the pool had too, and not equally, with both sides and the verdict; and a
page of them that a worker read in the pool's database."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import ConflictVerdict, VerificationStatus


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
    """A copy of the first thousand, to show: the truth is in the target's conflict tables."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="conflicts")
    verdict = models.CharField(max_length=8, choices=ConflictVerdict.choices)

    class Meta:
        # As the target lists them, so that what it has besides goes on behind the last.
        ordering = ["migration", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.get_verdict_display()}"


@dataclass(frozen=True, slots=True)
class FetchedConflict:
    """A conflict that only the target keeps; its fields are called as a Conflict's."""

    table: str
    row_key: str
    verdict: str
    differing: dict[str, list[str | None]]

    def get_verdict_display(self) -> str:
        return ConflictVerdict(self.verdict).label

    @property
    def values(self) -> list[tuple[str, str | None, str | None]]:
        return [(column, pool, server) for column, (pool, server) in self.differing.items()]

    @property
    def pool_side(self) -> dict[str, str | None]:
        return {column: pool for column, (pool, _) in self.differing.items()}

    @property
    def server_side(self) -> dict[str, str | None]:
        return {column: server for column, (_, server) in self.differing.items()}


class ConflictPage(models.Model):
    """Conflicts behind those of another page, asked for by a person and read by a worker; forgotten
    after a while.

    `rows` is a JSON list of [table, key, verdict, differing]. `end` is the place in the target's
    list where the page ends (transfer/conflicts.py), empty when there is no more.
    """

    migration = models.ForeignKey(
        Migration, on_delete=models.CASCADE, related_name="conflict_pages"
    )
    # The page before; 0: what the console keeps is before.
    follows = models.BigIntegerField(default=0)
    verdict = models.CharField(max_length=8, blank=True, default="")
    size = models.PositiveIntegerField()
    status = models.CharField(
        max_length=8, choices=VerificationStatus.choices, default=VerificationStatus.QUEUED
    )
    asked_at = models.DateTimeField()
    rows = models.TextField(default="[]")
    end = models.TextField(blank=True, default="")
    failure = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["migration", "pk"]
        indexes = [models.Index(fields=["migration", "follows"], name="conflict_page_follows")]

    def __str__(self) -> str:
        return f"{self.size} conflicts of {self.migration}: {self.get_status_display()}"

    @property
    def is_read(self) -> bool:
        return self.status == VerificationStatus.DONE

    @property
    def conflicts(self) -> list[FetchedConflict]:
        return [FetchedConflict(*row) for row in json.loads(self.rows)]
