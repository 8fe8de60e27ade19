"""A Derby table whose container and index disagree, as a full disk or a crash leaves them."""

from __future__ import annotations

import enum
from pathlib import Path

from tests.migrations_ui.transfer.derby_sample import DerbySample

WRITTEN, LATER = 100, 100


class Older(enum.Enum):
    """Which of the two files is the one of before the last rows."""

    TABLE = "table"
    INDEX = "index"

    @property
    def rows(self) -> int:
        """What a scan of the table gives."""
        return WRITTEN if self is Older.TABLE else WRITTEN + LATER

    @property
    def index_rows(self) -> int:
        return WRITTEN + LATER if self is Older.TABLE else WRITTEN


def make_damaged(derby: DerbySample, older: Older) -> None:
    """The table `t` of two hundred rows; each page's checksum is right."""
    derby.run("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(200))")
    damage(derby, "t", older)


def damage(derby: DerbySample, table: str, older: Older) -> None:
    """`table` has an integer key and a text, and is empty."""
    derby.insert(table, [(number, "x" * 100) for number in range(1, WRITTEN + 1)])
    before = container(derby, table, older).read_bytes()
    more = range(WRITTEN + 1, WRITTEN + LATER + 1)
    derby.insert(table, [(number, "x" * 100) for number in more])
    container(derby, table, older).write_bytes(before)


def container(derby: DerbySample, table: str, which: Older) -> Path:
    ((number,),) = derby.query(
        "SELECT c.conglomeratenumber FROM sys.sysconglomerates c JOIN sys.systables t "  # noqa: S608
        f"ON t.tableid = c.tableid WHERE t.tablename = '{table.upper()}' "
        f"AND {'' if which is Older.INDEX else 'NOT '}c.isindex"
    )
    return derby.directory / "seg0" / f"c{number:x}.dat"
