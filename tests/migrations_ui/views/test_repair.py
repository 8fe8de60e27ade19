"""Choosing rows that are to be written again."""

from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.models import Verification
from tests.migrations_ui.factories import MigrationFactory, MismatchFactory

pytestmark = pytest.mark.usefixtures("queued")


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5000])
def test_a_row_that_cannot_be_is_no_longer_listed(administrator: Client, digits: str) -> None:
    migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    response = administrator.post(f"/migrations/{migration.pk}/repair/", {"row": [digits]})
    assert response.status_code == 409
    assert "no longer listed" in response.text
    assert not Verification.objects.exists()


def test_a_row_that_is_sent_twice_is_written_once(administrator: Client) -> None:
    migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    mismatch = MismatchFactory(migration=migration)
    chosen = [str(mismatch.pk)] * 2
    administrator.post(f"/migrations/{migration.pk}/repair/", {"row": chosen})
    assert Verification.objects.get().keys_by_table == {"devices": [mismatch.row_key]}
