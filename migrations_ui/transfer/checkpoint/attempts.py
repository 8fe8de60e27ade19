"""The fencing token in the control tables: a lower number than the highest seen is refused."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import RunnerReplaced


@dataclass(frozen=True, slots=True)
class Attempt:
    """The `number` that one worker writes a run under."""

    target: Target
    run_id: str
    number: int

    def take_over(self) -> None:
        """From here on, whoever had the run before is refused in every table that it has begun."""
        self.target.execute(
            "UPDATE lg_table SET attempt = %s WHERE run_id = %s AND attempt < %s",
            [self.number, self.run_id, self.number],
        )
        self.require_latest()

    def require_latest(self) -> None:
        """Raise RunnerReplaced where another worker has written under a higher number."""
        ((highest,),) = self.target.execute(
            "SELECT MAX(attempt) FROM lg_table WHERE run_id = %s", [self.run_id]
        )
        if highest is not None and highest > self.number:
            raise RunnerReplaced
