"""The page of rows that are not equal: what writing again does not mend is said there."""

from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.states import MismatchKind
from tests.migrations_ui.factories import MigrationFactory, MismatchFactory

pytestmark = pytest.mark.django_db


def test_that_rows_of_others_stay_is_said_where_there_are_any(administrator: Client) -> None:
    migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    page = f"/migrations/{migration.pk}/verification/"
    MismatchFactory(migration=migration)
    assert "Rows only in the pool are not removed" not in administrator.get(page).text
    MismatchFactory(migration=migration, kind=MismatchKind.EXTRA)
    assert "Rows only in the pool are not removed" in administrator.get(page).text
