"""The tables of a private copy are counted once, and again when it is another copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from tests.migrations_ui.transfer.derby_sample import DerbySample


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests to the reader, by their first words."""
    verbs: list[str] = []
    real = FrameStream.request

    def request(stream: FrameStream, words: Any) -> None:
        verbs.append(words[0])
        real(stream, words)

    monkeypatch.setattr(FrameStream, "request", request)
    return verbs


def test_a_later_step_does_not_count_again(
    derby: DerbySample, toolchain: JavaToolchain, asked: list[str]
) -> None:
    derby.run("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY)", "INSERT INTO t VALUES 1, 2")
    catalogs = []
    for _ in range(3):
        with DerbySource(derby.directory, toolchain=toolchain, identity="a digest") as source:
            catalogs.append(source.catalog())
    assert asked == ["tables"]
    assert catalogs[0] == catalogs[1] == catalogs[2]
    assert catalogs[0].tables[0].row_count == 2


def test_another_copy_and_a_spoilt_note_are_counted_again(
    derby: DerbySample, toolchain: JavaToolchain, asked: list[str]
) -> None:
    derby.run("CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES 1, 2")

    def count(identity: str) -> int:
        with DerbySource(derby.directory, toolchain=toolchain, identity=identity) as source:
            return source.tables()[0].row_count

    assert count("one") == 2
    derby.run("INSERT INTO t VALUES 3")
    assert count("another") == 3
    kept = Path(f"{derby.directory}.catalog.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text("{")
    assert count("another") == 3
    assert asked == ["tables"] * 3
