"""User: a person who signs in to the console."""

from __future__ import annotations

import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from console.accounts.roles import Role
from console.accounts.sign_in_counters import SignInCounter

__all__ = ["SignInCounter", "Theme", "User", "validate_time_zone"]


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
