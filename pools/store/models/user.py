"""A person whose mail file is served."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class StoreUser(models.Model):
    """`username` is the canonical name. `master_server` owns the user's devices (domain.md 5)."""

    username = models.CharField(primary_key=True, max_length=254)
    internet_address = models.CharField(max_length=254)
    mail_server = models.CharField(max_length=254)
    mail_file = models.CharField(max_length=254)
    display_name = models.CharField(max_length=254, null=True)
    master_server = models.CharField(max_length=254, null=True)
    master_since = models.DateTimeField(null=True)
    bound_server = models.CharField(max_length=254, null=True)
    last_connect = models.DateTimeField(null=True)
    registered = models.DateTimeField()

    class Meta:
        db_table = "users"

    def __str__(self) -> str:
        return self.username
