"""Servers that sign in to their pool's database with the password it had before."""

from __future__ import annotations

from django.db import models

from pools.models.database_configuration import DatabaseConfiguration
from pools.models.server import Server


class OutdatedPassword(models.Model):
    """One server that nobody has given the new password yet, as far as the console knows.

    It is removed when the server's own `db check` succeeds, or a person says that it is done.
    """

    server = models.OneToOneField(
        Server, on_delete=models.CASCADE, primary_key=True, related_name="outdated_password"
    )
    database = models.ForeignKey(
        DatabaseConfiguration, on_delete=models.CASCADE, related_name="outdated_servers"
    )
    since = models.DateTimeField()

    class Meta:
        ordering = ["server__domino_name"]

    def __str__(self) -> str:
        return f"{self.server}: {self.database}"
