"""Runs a copy in a process of its own, to be killed. Arguments: one JSON object.

Prints "reader PID", and "chunk" after each committed one.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from migrations_ui.transfer.control import Silent
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin


class Announcing(Silent):
    def chunk_committed(self, *_: object) -> None:
        print("chunk", flush=True)  # noqa: T201


def main() -> None:
    given = json.loads(sys.argv[1])
    login = DatabaseLogin(**given["login"])
    toolchain = JavaToolchain(**given["toolchain"] | {"work_directory": Path(given["work"])})
    with DerbySource(Path(given["copy"]), toolchain=toolchain) as source:
        print("reader", source.pid, flush=True)  # noqa: T201
        copy(
            plan_transfer(source, login),
            source=source,
            login=login,
            run_id="killed",
            settings=TransferSettings(chunk_rows=1, exclusive=given["exclusive"]),
            observer=Announcing(),
        )


if __name__ == "__main__":
    main()
