"""Accounts that a new installation starts with."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from console.accounts.models import User
from console.accounts.roles import Role

FIRST_ACCOUNTS = {"administrator": Role.ADMINISTRATOR, "helpdesk": Role.HELPDESK}


def provide_first_accounts(file: Path) -> dict[str, str]:
    """Make one account a role with a random password, once; returns {username: password}.

    The passwords are kept in `file`, readable by its owner only, so that a demo can show them
    again. Change them in the console and the file no longer matters.
    """
    if file.exists():
        passwords: dict[str, str] = json.loads(file.read_text())
        return passwords
    passwords = {username: secrets.token_urlsafe(12) for username in FIRST_ACCOUNTS}
    for username, role in FIRST_ACCOUNTS.items():
        user, _ = User.objects.get_or_create(username=username)
        user.role = role
        user.set_password(passwords[username])
        user.save()
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords))
    return passwords
