"""Whether this worker can read Derby at all: a JVM may be there and not start."""

from __future__ import annotations

import tempfile
from pathlib import Path

from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.process import ReaderProcess
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import NotDerby


def require_start(toolchain: JavaToolchain) -> None:
    """Start the reader as a transfer does, on an empty directory, which Derby has to refuse.

    Raises ReaderMissing, or ReaderNotStarted.
    """
    with tempfile.TemporaryDirectory(prefix="lifeguard-") as empty:
        try:
            ReaderProcess(Path(empty), toolchain, DerbyLogin()).stop()
        except NotDerby:
            return
