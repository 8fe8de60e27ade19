"""What is kept of a command's output: so many lines, and no more bytes than a command may print."""

from __future__ import annotations

from collections import deque

from pools.gateways import errors

# The rest of a talkative command is dropped, oldest first.
KEPT_LINES = 10_000
# What prints more than this does not answer a question of ours; it would fill the worker's memory.
LARGEST_OUTPUT = 64 * 1024 * 1024


class Output(deque[str]):
    """The last lines of one command; each piece that is read goes through `counted`."""

    def __init__(self, kept: int = KEPT_LINES) -> None:
        super().__init__(maxlen=kept)
        self._characters = 0

    def counted(self, piece: str) -> str:
        """Return the piece. Raises OutputTooLarge once a command has printed too much."""
        self._characters += len(piece)
        if self._characters > LARGEST_OUTPUT:
            limit = LARGEST_OUTPUT // 1024**2
            raise errors.OutputTooLarge(f"The command printed more than {limit} MiB and was ended.")
        return piece
