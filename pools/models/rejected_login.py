"""A login that a host or a database has refused: sent again by a sweep only after a pause."""

from __future__ import annotations

from django.db import models

TITLES = {"api": "API login", "ssh": "SSH login", "database": "Database login"}


class RejectedLogin(models.Model):
    """`subject` says for what it is used, as `api:12`, `ssh:12` or `database:3`.

    `digest` distinguishes these credentials from others, which are tried at once; it is keyed, so
    that nobody can try passwords against it.
    """

    subject = models.CharField(max_length=60, unique=True)
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField()

    class Meta:
        ordering = ["subject"]

    def __str__(self) -> str:
        return self.subject

    @property
    def title(self) -> str:
        """What it is used for."""
        return TITLES.get(self.subject.partition(":")[0], self.subject)
