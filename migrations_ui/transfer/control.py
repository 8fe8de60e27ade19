"""How a run is steered and watched from outside."""

from __future__ import annotations

import enum
from typing import Protocol

from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.tables import RejectedRow


class Decision(enum.Enum):
    """What a copying thread does next."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


class Control(Protocol):
    """Asked between chunks and while throttled, from any copying thread; answers must be cheap."""

    def decide(self) -> Decision: ...

    def rows_per_second(self) -> int | None:
        """The limit over all tables together; None for none."""

    def chunk_rows(self) -> int | None:
        """How many rows a chunk may have; None for what the settings say."""


class Observer(Protocol):
    """Called with what happened, after it was committed, from any copying thread."""

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None: ...

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        """`rows` source rows from `first_row` on are settled; `rows_done` of the table in all."""

    def conflicting_rows(self, table: str, merged: MergeCounts) -> None:
        """So many rows of the table have met one of the pool's by now, and what came of it."""

    def keys_made(self, table: str, part: float) -> None:
        """All rows are there, and so much of making the keys is done: 0 at first, 1 is never
        reported. Where the engine does not say it, 0 is all that comes."""

    def table_finished(self, table: str, rows_written: int, rows_rejected: int) -> None:
        """`rows_written` are those inserted."""

    def table_verified(self, table: str, equal: bool, mismatches: int) -> None: ...

    def rejected(self, reject: RejectedRow) -> None: ...

    def slowed(self, times: float) -> None:
        """The copy holds itself back: settling a chunk takes so many times longer than before."""

    def recovered(self, *, accepted: bool) -> None:
        """It goes at full speed again; `accepted`: the target has stayed slow all the same."""

    def note(self, text: str) -> None: ...


class Unattended:
    """A control that never interferes."""

    def decide(self) -> Decision:
        return Decision.GO

    def rows_per_second(self) -> int | None:
        return None

    def chunk_rows(self) -> int | None:
        return None


class Silent:
    """An observer that nobody listens to."""

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None:
        pass

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        pass

    def conflicting_rows(self, table: str, merged: MergeCounts) -> None:
        pass

    def keys_made(self, table: str, part: float) -> None:
        pass

    def table_finished(self, table: str, rows_written: int, rows_rejected: int) -> None:
        pass

    def table_verified(self, table: str, equal: bool, mismatches: int) -> None:
        pass

    def rejected(self, reject: RejectedRow) -> None:
        pass

    def slowed(self, times: float) -> None:
        pass

    def recovered(self, *, accepted: bool) -> None:
        pass

    def note(self, text: str) -> None:
        pass
