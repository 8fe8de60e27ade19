"""Traveler user: from the inventory of a pool or of a standalone server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse

from pools.domain.names import abbreviated, common_name
from pools.models.pool import Pool
from pools.models.server import Server

if TYPE_CHECKING:
    from django.db.models import QuerySet


class TravelerUserQuerySet(models.QuerySet["TravelerUser"]):
    """Users that are still listed."""

    def present(self) -> QuerySet[TravelerUser]:
        """Those that the last inventory still listed."""
        return self.filter(gone_at__isnull=True)


class TravelerUser(models.Model):
    """A person whose mail Traveler brings to devices.

    `scope` names the inventory the row belongs to ("pool-3" or "server-7"): one non-null column,
    because not every engine lets a unique constraint span the two nullable keys beside it.
    """

    pool_path = "pool"

    scope = models.CharField(max_length=40)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, related_name="users")
    server = models.ForeignKey(
        Server, on_delete=models.CASCADE, null=True, related_name="own_users"
    )
    name = models.CharField(max_length=255, help_text="Canonical: CN=Ada/O=Acme")
    address = models.CharField(max_length=255, blank=True, default="")
    master_server = models.ForeignKey(
        Server, on_delete=models.SET_NULL, null=True, related_name="mastered_users"
    )
    master_since = models.DateTimeField(null=True)
    # Case-folded, for look-up by prefix on every engine.
    name_key = models.CharField(max_length=255, db_index=True)
    address_key = models.CharField(max_length=255, blank=True, default="", db_index=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    # As `tell traveler user` printed it last; empty or None where it printed nothing.
    master_name = models.CharField(max_length=255, blank=True, default="")
    master_locked = models.CharField(max_length=80, blank=True, default="")
    mail_access = models.BooleanField(null=True)
    monitoring = models.BooleanField(null=True)
    mail_sentences = models.TextField(blank=True, default="")
    # Asked and not ended yet; ended, however; ended with an answer.
    details_asked_at = models.DateTimeField(null=True)
    details_tried_at = models.DateTimeField(null=True)
    details_seen_at = models.DateTimeField(null=True)
    details_failure = models.TextField(blank=True, default="")

    objects = TravelerUserQuerySet.as_manager()

    class Meta:
        ordering = ["name_key"]
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="user_once_a_scope")]
        # The pages of a pool and of a server list and count those that are present, in this order.
        indexes = [
            models.Index(fields=["pool", "gone_at", "name_key"], name="present_users_of_a_pool"),
            models.Index(
                fields=["server", "gone_at", "name_key"], name="present_users_of_a_server"
            ),
        ]

    def __str__(self) -> str:
        return abbreviated(self.name)

    def get_absolute_url(self) -> str:
        return reverse("pools:user", args=[self.pk])

    @property
    def short_name(self) -> str:
        return common_name(self.name)
