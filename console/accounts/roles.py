"""The roles: what a person may reach. Nobody reaches anything without one."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    # Looks up users and devices, changes nothing, sees nothing else.
    HELPDESK = "helpdesk", "Helpdesk"
    NONE = "none", "No access"
