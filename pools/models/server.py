"""Server: one Traveler server, standalone or pooled."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from pools.domain.cleartext import is_cleartext
from pools.domain.lines import split_lines
from pools.domain.names import abbreviated, common_name
from pools.models.command_profile import CommandProfile
from pools.models.login import Login
from pools.models.pool import Pool
from pools.models.validators import refuse_bad_addresses, refuse_bad_hosts
from pools.states import Availability, OverallStatus, Platform

# A reading is expected every minute; twice that is stale (ui.md, principle 3).
STALE_AFTER = timedelta(minutes=2)


class ServerQuerySet(models.QuerySet["Server"]):
    """Servers in service, and standalone ones."""

    def standalone(self) -> ServerQuerySet:
        """Servers with their own Derby database, which may be migrated into a pool."""
        return self.filter(pool__isnull=True)

    def in_service(self) -> ServerQuerySet:
        return self.filter(retired_at__isnull=True)


class Server(models.Model):
    """Identified by its Domino name; `pool` is empty while it is standalone."""

    pool_path = "pool"

    domino_name = models.CharField(
        max_length=255, unique=True, help_text="Canonical: CN=trav1/O=Acme"
    )
    pool = models.ForeignKey(
        Pool, on_delete=models.PROTECT, null=True, blank=True, related_name="servers"
    )
    external_url = models.URLField(
        blank=True, default="", help_text="As set in this server's own server document."
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")

    # What runs there.
    traveler_version = models.CharField(max_length=40, blank=True, default="")
    traveler_build = models.CharField(max_length=40, blank=True, default="")
    domino_release = models.CharField(max_length=40, blank=True, default="")
    domino_edition = models.CharField(
        max_length=40, blank=True, default="", help_text="Enterprise, Utility, Messaging …"
    )
    platform = models.CharField(max_length=10, choices=Platform.choices, default=Platform.UNKNOWN)
    bits = models.PositiveSmallIntegerField(null=True, blank=True, help_text="32 or 64")

    # How it is reached.
    profile = models.ForeignKey(CommandProfile, on_delete=models.PROTECT, related_name="servers")
    ssh_host = models.CharField(max_length=253)
    ssh_port = models.PositiveIntegerField(default=22)
    ssh_login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="ssh_servers")
    host_key = models.TextField(
        blank=True, default="", help_text="Trusted on first use; a changed key is refused."
    )
    host_key_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    api_url = models.URLField(help_text="Scheme, host and port of /api/traveler.")
    api_login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="api_servers")
    allow_http = models.BooleanField(
        "allow plain HTTP",
        default=False,
        help_text="The login's password can then be read on the way to an http:// address.",
    )

    # The latest reading, kept here so that a page needs one query. Written by the sweep only.
    availability = models.CharField(
        max_length=12,
        choices=Availability.choices,
        default=Availability.UNKNOWN,
        editable=False,
    )
    availability_index = models.IntegerField(null=True, blank=True, editable=False)
    overall_status = models.CharField(
        max_length=8,
        choices=OverallStatus.choices,
        default=OverallStatus.UNKNOWN,
        editable=False,
    )
    status_reasons = models.TextField(blank=True, default="", editable=False)
    constrained = models.BooleanField(null=True, blank=True, editable=False)
    users = models.PositiveIntegerField(null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    swept_at = models.DateTimeField(null=True, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    failure = models.TextField(blank=True, default="", editable=False)
    # The overall status is asked on the console, on a schedule of its own.
    status_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    status_failure = models.TextField(blank=True, default="", editable=False)
    # A standalone server keeps its own users and devices; a pool's are listed once for all.
    inventory_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    inventory_failure = models.TextField(blank=True, default="", editable=False)

    objects = ServerQuerySet.as_manager()

    class Meta:
        ordering = ["domino_name"]

    def __str__(self) -> str:
        return abbreviated(self.domino_name)

    def get_absolute_url(self) -> str:
        return reverse("pools:server", args=[self.pk])

    def clean(self) -> None:
        """Raises ValidationError for hosts and addresses that no sweep could ask, and for an
        address that would show the password on the way."""
        refuse_bad_hosts(self, "ssh_host")
        refuse_bad_addresses(self, "api_url", "external_url")
        if self.sends_cleartext and not self.allow_http:
            raise ValidationError(
                {
                    "api_url": (
                        "Over http:// the login's password can be read on the way. Use https://, "
                        "or allow plain HTTP for this server."
                    )
                }
            )

    @property
    def short_name(self) -> str:
        """`trav1` of CN=trav1/O=Acme."""
        return common_name(self.domino_name)

    def is_called(self, typed: str) -> bool:
        """Whether a person typed this server's name, in any of its forms and in any case."""
        names = (self.short_name, str(self), self.domino_name)
        return typed.strip().casefold() in {name.casefold() for name in names}

    @property
    def sends_cleartext(self) -> bool:
        """Whether the password of its API login can be read on the way."""
        return is_cleartext(self.api_url)

    @property
    def is_standalone(self) -> bool:
        return self.pool_id is None

    @property
    def is_stale(self) -> bool:
        return self.seen_at is None or self.seen_at < timezone.now() - STALE_AFTER

    @property
    def reasons(self) -> list[str]:
        """One line a reason for Yellow or Red."""
        return split_lines(self.status_reasons)
