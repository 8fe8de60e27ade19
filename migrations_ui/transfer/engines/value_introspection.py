"""What SQL Server or Db2's catalogue says of a target: tables, keys, limits, locks."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.references import foreign_keys_of
from migrations_ui.transfer.engines.value_session import ValueSession
from migrations_ui.transfer.obstacles import NameLimit
from migrations_ui.transfer.tables import (
    ForeignKey,
    TablePlan,
    TargetTable,
)


class ValueIntrospection(Introspection):
    """See `Introspection`."""

    session: ValueSession
    # Name, table, the table referred to, column and column referred to, in the key's order.
    foreign_key_query: ClassVar[str]
    name_limit = NameLimit(128, "characters")

    @abstractmethod
    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        """The columns of each unique constraint or index of the table."""

    def lock_definition(self, table: str) -> TargetTable | None:
        """As it is at this moment: nothing is locked for the question."""
        return next((each for each in self.tables() if each.name == table), None)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return foreign_keys_of(self.session.execute(self.foreign_key_query))

    def lock_holders(self, table: str) -> str:
        """Not asked: the views that show it take rights that a login of a pool does not have."""
        return "Have the DBA look who it is, then retry."
