"""The spelling that once stood in every profile gives way to the server's version."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from tests.factories import CommandProfileFactory

pytestmark = pytest.mark.django_db


def test_only_the_old_default_is_forgotten() -> None:
    old = CommandProfileFactory(auto_schema_parameter="NTS_AUTO_DBSCHEMA")
    chosen = CommandProfileFactory(auto_schema_parameter="NTS_AUTO_DB_SCHEMA")

    import_module("pools.migrations.0008_spelling_by_version").forget_the_old_default(apps, None)

    old.refresh_from_db()
    chosen.refresh_from_db()
    assert (old.auto_schema_parameter, chosen.auto_schema_parameter) == ("", "NTS_AUTO_DB_SCHEMA")
