"""What a kit is made for: plain values, no secret among them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoreLevel:
    """`sql`: the statements that lead from the level before to this one."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class NewDatabase:
    """What the wizard of the article asks for; an engine uses those that it knows."""

    name: str
    path: str = ""
    alias: str = ""
    comment: str = ""
    territory: str = ""


@dataclass(frozen=True, slots=True)
class KitOrder:
    """One pool's database and the levels of its engine.

    `opened_name` is the database that the console opens. `schema` is empty for the engine's own
    rule. `level_found` is empty for a database without tables, or one that was never read.
    `columns` are table and column of the level needed, in the order of the DDL's names;
    `level_table` is where the levels are recorded.
    """

    pool: str
    configuration: str
    engine: str
    engine_name: str
    host: str
    port: int
    opened_name: str
    schema: str
    console_login: str
    traveler_login: str
    new: NewDatabase
    level_found: str
    levels: tuple[StoreLevel, ...]
    columns: tuple[tuple[str, str], ...]
    level_table: str

    @property
    def level_needed(self) -> str:
        return self.levels[-1].name

    @property
    def place(self) -> str:
        """Where the database is, in words."""
        return f"{self.engine_name}, {self.new.name} at {self.host}:{self.port}"

    @property
    def logins(self) -> tuple[str, ...]:
        """Traveler's, and the console's where that is another."""
        return tuple(dict.fromkeys((self.traveler_login, self.console_login)))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the level needed."""
        return tuple(dict.fromkeys(table for table, _column in self.columns))
