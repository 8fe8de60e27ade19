"""How a command on a host talks to whoever called it."""

from __future__ import annotations

from typing import Protocol


class Terminal(Protocol):
    """Where an emulated command reads and writes."""

    def write(self, line: str) -> None: ...

    async def ask(self, prompt: str, *, secret: bool = False) -> str:
        """One line of input; empty when there is none."""
        ...
