"""Values survive the way into Derby and back, whichever way they go in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pools.lab.database import StoreUnavailable
from pools.lab.derby import DerbyDatabase
from pools.store.models import Attachment, DocState

AT = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=UTC)
TEXTS = ["", None, 'say "ö", then\nnext', "  blanks  ", "会議 🏖️", "ß" * 254]


@pytest.fixture
def derby(tmp_path: Path) -> Iterator[DerbyDatabase]:
    database = DerbyDatabase(tmp_path / "ntsdb", tmp_path / "derby.log")
    yield database
    database.close()
    assert not (tmp_path / "ntsdb" / "db.lck").exists()


def test_bulk_import_keeps_every_value(derby: DerbyDatabase) -> None:
    derby.create_table(DocState)
    rows = [
        ("CN=Jörg/O=Acme", "D1", f"{number}", "inbox", text, 1, 2, 2**40, digest, AT)
        for number, text in enumerate(TEXTS)
        for digest in [None if text else bytes(range(20))]
    ]
    derby.insert_rows(DocState, rows)
    read = derby.rows("SELECT * FROM doc_state ORDER BY doc_id")
    assert [(*row[:8], row[8] and bytes(row[8]), row[9]) for row in read] == rows


def test_large_objects_tell_empty_from_missing(derby: DerbyDatabase) -> None:
    derby.create_table(Attachment)
    contents = [None, b"", bytes(range(256)) * 300]
    derby.insert_rows(
        Attachment,
        [
            ("u", f"{number}", 1, "f", None, 0, content, AT)
            for number, content in enumerate(contents)
        ],
    )
    lengths = derby.rows("SELECT LENGTH(content) FROM attachments ORDER BY doc_id")
    assert [row[0] for row in lengths] == [None, 0, 76800]


def test_a_failed_transaction_leaves_nothing(derby: DerbyDatabase) -> None:
    derby.create_table(Attachment)
    row = ("u", "d", 1, "f", None, 0, b"x", AT)
    with pytest.raises(StoreUnavailable), derby.transaction():
        derby.insert_rows(Attachment, [row, row])
    assert derby.rows("SELECT COUNT(*) FROM attachments") == [(0,)]
