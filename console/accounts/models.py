"""User: a person who signs in to the console."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from knox.models import AuthToken

from console.accounts.idempotency_keys import IdempotencyKey
from console.accounts.roles import Role
from console.accounts.sign_in_counters import SignInCounter
from console.accounts.token_details import TokenDetails

__all__ = ["IdempotencyKey", "SignInCounter", "Theme", "TokenDetails", "User", "validate_time_zone"]


def validate_time_zone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Example: Europe/Berlin.")


class Theme(models.TextChoices):
    SYSTEM = "", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """One role a person; superusers are administrators."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.NONE)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    theme = models.CharField(max_length=8, choices=Theme.choices, default="", blank=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """API tokens end with the password they were made under, the account and the role."""
        # Django keeps the password between `set_password` and `save`; a digest that is only made
        # stronger at sign-in is no new password, and Django has cleared it by then.
        is_new_password = self._password is not None  # type: ignore[attr-defined]  # not in the stubs
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new_password or not self.may_look_up:
                AuthToken.objects.filter(user=self).delete()

    @property
    def is_administrator(self) -> bool:
        return self.is_active and (self.is_superuser or self.role == Role.ADMINISTRATOR)

    @property
    def may_look_up(self) -> bool:
        """May search users and devices."""
        return self.is_administrator or (self.is_active and self.role == Role.HELPDESK)

    def has_role(self, roles: frozenset[Role]) -> bool:
        """True when one of these roles is this person's."""
        return (Role.ADMINISTRATOR in roles and self.is_administrator) or (
            self.is_active and self.role in roles
        )
