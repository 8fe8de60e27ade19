"""JDBC addresses, as `travelerUtil db set url=` takes them (domain.md 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JdbcUrl:
    """`jdbc:db2://host:50000/TRAVELER` and its like."""

    engine: str
    host: str
    port: int
    database: str

    def __str__(self) -> str:
        if self.engine == "sqlserver":
            return f"jdbc:sqlserver://{self.host}:{self.port};databaseName={self.database}"
        return f"jdbc:{self.engine}://{self.host}:{self.port}/{self.database}"
