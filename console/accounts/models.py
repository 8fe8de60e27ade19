"""User: a person who signs in to the console."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from knox.models import AuthToken

from console.accounts.capabilities import Capability
from console.accounts.idempotency_keys import IdempotencyKey
from console.accounts.roles import ROLES, Role
from console.accounts.sign_in_counters import SignInCounter
from console.accounts.token_details import TokenDetails

__all__ = ["IdempotencyKey", "SignInCounter", "Theme", "TokenDetails", "User", "validate_time_zone"]


def validate_time_zone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Example: Europe/Berlin.")


class Theme(models.TextChoices):
    """The colours that a person chose."""

    SYSTEM = "", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """One role a person, for all pools or for some; superusers are administrators of all."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.NONE)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    theme = models.CharField(max_length=8, choices=Theme.choices, default="", blank=True)
    # Where the role holds: for all pools and what belongs to no pool, or for these pools only.
    all_pools = models.BooleanField(
        default=True, help_text="Off: the role holds for the pools below, and nowhere else."
    )
    pools: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "pools.Pool", blank=True, related_name="+"
    )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """API tokens end with the password they were made under, the account and the role."""
        # Django keeps the password between `set_password` and `save`; a digest that is only made
        # stronger at sign-in is no new password, and Django has cleared it by then.
        is_new_password = self._password is not None  # type: ignore[attr-defined]  # not in the stubs
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new_password or Capability.USE_API not in ROLES[self.effective_role]:
                AuthToken.objects.filter(user=self).delete()

    @property
    def effective_role(self) -> Role:
        """A superuser is an administrator; whoever is switched off has no role."""
        if not self.is_active:
            return Role.NONE
        if self.is_superuser:
            return Role.ADMINISTRATOR
        return Role(self.role) if self.role in Role.values else Role.NONE

    @cached_property
    def pool_scope(self) -> frozenset[int] | None:
        """Keys of the pools that the role holds for; None: all, and what belongs to no pool."""
        if self.all_pools or self.is_superuser:
            return None
        return frozenset(self.pools.values_list("pk", flat=True))
