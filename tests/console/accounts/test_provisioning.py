from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from console.accounts.models import User
from console.accounts.provisioning import provide_first_accounts
from console.accounts.roles import Role


@pytest.mark.django_db
def test_the_first_accounts_are_made_once_and_shown_again(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"

    passwords = provide_first_accounts(file)

    assert set(passwords) == {"administrator", "helpdesk"}
    assert provide_first_accounts(file) == passwords
    assert User.objects.get(username="administrator").effective_role == Role.ADMINISTRATOR
    assert User.objects.get(username="helpdesk").effective_role == Role.HELPDESK
    for username, password in passwords.items():
        assert authenticate(None, username=username, password=password)


@pytest.mark.django_db
def test_only_the_owner_can_read_the_passwords(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    provide_first_accounts(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
