from __future__ import annotations

from typing import Any

from django.db import Error

from pools.databases.errors import DatabaseError, database_error
from pools.databases.login import DatabaseLogin


def settings(_schema: str, connect_timeout: int) -> dict[str, Any]:
    return {"OPTIONS": {"timeout": connect_timeout}}


def secure(_login: DatabaseLogin) -> dict[str, Any]:
    return {}


def translate(_error: Error, address: str) -> DatabaseError:
    return database_error(DatabaseError, address, "toy-1")
