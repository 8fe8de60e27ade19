"""`key__prefix="ada"`: the rows whose key begins so, by the plain index of any engine."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField
from django.db.models.lookups import StartsWith
from django.db.models.sql.compiler import SQLCompiler

LAST_CHARACTER = "\U0010ffff"


class Prefix(StartsWith):
    """`LIKE 'ada%'`, which the engines answer from their index.

    SQLite's LIKE takes no notice of case and so cannot use it: there a range says the same.
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return (
            f"{left} >= %s AND {left} < %s",
            [*parameters, self.rhs, *parameters, f"{self.rhs}{LAST_CHARACTER}"],
        )


CharField.register_lookup(Prefix, "prefix")
