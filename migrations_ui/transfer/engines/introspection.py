"""What a target's catalogue says, whatever the engine: tables, columns, keys, limits, locks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.obstacles import IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.tables import ForeignKey, TargetTable


class Introspection(ABC):
    """Reads the current schema. Changes nothing in it."""

    # How long a name may be.
    name_limit: NameLimit

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def user(self) -> str:
        return str(self.session.backend.settings_dict["USER"])

    @abstractmethod
    def tables(self) -> tuple[TargetTable, ...]: ...

    @abstractmethod
    def table_names(self) -> frozenset[str]:
        """All tables of the current schema, case-folded."""

    @abstractmethod
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Those in force with both ends in the current schema."""

    @abstractmethod
    def is_empty(self, table: str) -> bool: ...

    @abstractmethod
    def table_bytes(self) -> Mapping[str, int]:
        """About how much room each table takes whose name begins with lg_, with its indexes; by
        case-folded name. Raises TargetRefused where the login may not know."""

    @abstractmethod
    def lock_definition(self, table: str) -> TargetTable | None:
        """The table as it is now; None when it is gone. Call inside a transaction: until its end
        nobody changes the table, on engines that can see to that."""

    @abstractmethod
    def lock_holders(self, table: str) -> str:
        """A sentence on the sessions that hold locks on the table now, or on how to find them.
        Call outside of a transaction."""

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        """What keeps rows out of a table of the current schema, or would change them, by its name;
        also of what is no table and has a name that one could have."""
        return {}

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        """The indexes that refuse long values, by table."""
        return {}

    def index_build_progress(self, table: str) -> float:
        """How much of making one of the table's keys another connection has done, 0 to 1; 0 where
        the engine does not say. Call outside of a transaction."""
        return 0.0
