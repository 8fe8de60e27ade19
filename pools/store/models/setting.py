"""A device setting: of the pool, of one server before it joined, or of one user."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class Setting(models.Model):
    """`owner` is `*` for the pool's defaults, a server's name for a standalone server's
    defaults, or a user's name. So a joining server's defaults never overwrite the pool's.
    """

    pk = models.CompositePrimaryKey("owner", "name")
    owner = models.CharField(max_length=254)
    name = models.CharField(max_length=128)
    content = models.TextField(null=True)
    changed = models.DateTimeField()

    class Meta:
        db_table = "settings"

    def __str__(self) -> str:
        return f"{self.name} of {self.owner}"
