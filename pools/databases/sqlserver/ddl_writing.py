"""SQL Server's DDL without a server, and without pyodbc."""

from __future__ import annotations

import sys
from types import ModuleType

from pools.databases.ddl_writing import DdlWriting


class NoDriver(ModuleType):
    """Has whatever name the backend asks for when it is imported."""

    version = "5.0.0"

    def __getattr__(self, name: str) -> object:
        return Exception if name.endswith(("Error", "Warning")) else 0


def stand_in_for_pyodbc() -> None:
    """The backend imports pyodbc, whatever driver it is to use; no DDL asks it for anything."""
    try:
        import pyodbc  # noqa: F401
    except ImportError:
        sys.modules["pyodbc"] = NoDriver("pyodbc")


DDL_WRITING = DdlWriting(prepare=stand_in_for_pyodbc)
