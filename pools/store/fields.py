"""Column types that Django's backends spell too small for attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Without a length Db2 takes 1 MB and SQL Server has no default at all.
LARGE_BINARY = {"microsoft": "varbinary(max)", "DB2": "BLOB(64M)"}


class BlobField(models.BinaryField):  # type: ignore[type-arg]  # not generic at run time
    """Binary content of up to 64 MB on every engine."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return LARGE_BINARY.get(connection.vendor) or super().db_type(connection)
