"""Logins and command profiles: how hosts are signed in to and spoken to."""

from __future__ import annotations

from typing import Any

from console.accounts.models import User
from pools.models import CommandProfile, Login
from pools.services.rows import change_row, enter_row


def create_login(
    name: str,
    *,
    actor: User | None,
    username: str,
    password: str = "",
    private_key: str = "",
) -> Login:
    """Keep a login; its secrets are encrypted at rest."""
    login = Login(name=name, username=username, password=password, private_key=private_key)
    return enter_row(login, actor=actor, action="create_login")


def update_login(login: Login, *, actor: User | None, **changes: Any) -> Login:
    """Change a login; an empty password or key stays as it was."""
    return change_row(login, actor=actor, action="update_login", changes=changes)


def create_profile(name: str, *, actor: User | None, **templates: Any) -> CommandProfile:
    """Enter a command profile; what is not given is as on Linux with the start script."""
    profile = CommandProfile(name=name, **templates)
    return enter_row(profile, actor=actor, action="create_profile")


def update_profile(
    profile: CommandProfile, *, actor: User | None, **changes: Any
) -> CommandProfile:
    """Change paths or command lines; the next command to such a host uses them."""
    return change_row(profile, actor=actor, action="update_profile", changes=changes)
