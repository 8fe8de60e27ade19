"""Managed databases are opened here, never the console's own."""

from __future__ import annotations

from tests.pools.databases.conftest import managed_databases_may_be_opened

__all__ = ["managed_databases_may_be_opened"]
