"""The Domino console: stamped lines in console.log."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path

THREAD = "00007F1C6A2C3700"


class ConsoleLog:
    """Appends lines as a Domino server on Linux prints them: process, thread, time, text."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def write(self, *lines: str) -> None:
        now = datetime.now().astimezone()
        process = f"[{os.getpid():06}:{2:06}-{THREAD}]"
        stamp = now.strftime("%m/%d/%Y %I:%M:%S %p")
        text = "".join(f"{process} {stamp}  {line}\n" for line in lines)
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(text)

    def echo(self, command: str) -> None:
        """A typed command, as the console shows it."""
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"> {command}\n")

    def last_lines(self, count: int) -> list[str]:
        with self.path.open(encoding="utf-8") as file:
            return file.read().splitlines()[-count:] if count else []

    def archive(self) -> None:
        """The start script archives the log at each start (domain.md 10)."""
        if self.path.exists():
            stamp = datetime.now().astimezone().strftime("%Y%m%d_%H%M%S_%f")
            self.path.rename(self.path.with_name(f"console_{stamp}.log"))
        self.path.touch()
