"""Pool, and its members as the pool itself lists them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from pools.domain.availability import mean_index
from pools.domain.cleartext import is_cleartext
from pools.models.database_configuration import DatabaseConfiguration
from pools.models.login import Login
from pools.models.validators import refuse_bad_addresses


class Pool(models.Model):
    """Servers that share one enterprise database and one external URL."""

    pool_path = "pk"

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    external_url = models.URLField(
        help_text="The address devices use; equal on every server of the pool."
    )
    database = models.OneToOneField(
        DatabaseConfiguration, on_delete=models.PROTECT, related_name="pool"
    )
    ca_certificate = models.TextField(
        blank=True,
        default="",
        help_text="PEM. Needed when the servers' certificates come from an authority of your own.",
    )
    heartbeat_seconds = models.PositiveIntegerField(
        default=60, help_text="A heartbeat older than this is late. The vendor names no figure."
    )
    probe_login = models.ForeignKey(
        Login,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="probed_pools",
        help_text=(
            "A mail user: a probe device of theirs syncs at the end of each migration into the "
            "pool. The servers' command profile says how a device syncs."
        ),
    )
    allow_http = models.BooleanField(
        "allow plain HTTP",
        default=False,
        help_text="The probe user's password can then be read on the way to an http:// address.",
    )
    # When `hadr show` was last read, and why it could not be.
    members_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    members_failure = models.TextField(blank=True, default="", editable=False)
    inventory_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    inventory_failure = models.TextField(blank=True, default="", editable=False)
    # As the last inventory counted them, so that an overview of fifty pools counts no row.
    user_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    device_count = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pools:pool", args=[self.slug])

    @property
    def mean_availability_index(self) -> int | None:
        """Of its servers in service now, without drained ones; None when none is known."""
        servers = [server for server in self.servers.all() if server.retired_at is None]
        return mean_index(server.availability_index for server in servers)

    @property
    def sends_probe_in_clear(self) -> bool:
        """Whether the probe user's password can be read on the way."""
        return self.probe_login_id is not None and is_cleartext(self.external_url)

    def clean(self) -> None:
        """Raises ValidationError for an address that no request can be sent to, or that would
        show the password on the way."""
        refuse_bad_addresses(self, "external_url")
        if self.sends_probe_in_clear and not self.allow_http:
            raise ValidationError(
                {
                    "external_url": (
                        "Over http:// the probe user's password can be read on the way. Use "
                        "https://, allow plain HTTP for this pool, or do without a probe user."
                    )
                }
            )


class PoolMember(models.Model):
    """One row of `tell traveler hadr show`, field by field (domain.md 1)."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    domino_name = models.CharField(max_length=255)
    server_id = models.CharField(max_length=80, blank=True, default="")
    host_name = models.CharField(max_length=253, blank=True, default="")
    ip_address = models.CharField(max_length=45, blank=True, default="")
    server_port = models.PositiveIntegerField(null=True, blank=True)
    servlet_port = models.PositiveIntegerField(null=True, blank=True)
    alive = models.BooleanField(null=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    availability_index = models.IntegerField(null=True, blank=True)
    users = models.PositiveIntegerField(null=True, blank=True)
    # Fields the console does not know, as "name: value" lines.
    other = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["domino_name"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "domino_name"], name="member_once_a_pool")
        ]

    def __str__(self) -> str:
        return self.domino_name
