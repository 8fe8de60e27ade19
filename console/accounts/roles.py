"""The roles, and what each may do: the one table. Nobody does anything without a role."""

from __future__ import annotations

from django.db import models

from console.accounts.capabilities import Capability


class Role(models.TextChoices):
    """What a person is to the console; `ROLES` says what each may do."""

    ADMINISTRATOR = "administrator", "Administrator"
    # Looks up users and devices, changes nothing, sees nothing else.
    HELPDESK = "helpdesk", "Helpdesk"
    NONE = "none", "No access"


ROLES: dict[Role, frozenset[Capability]] = {
    Role.ADMINISTRATOR: frozenset(Capability),
    Role.HELPDESK: frozenset(
        {Capability.LOOK_UP_USERS, Capability.QUERY_USER, Capability.USE_API},
    ),
    Role.NONE: frozenset(),
}
