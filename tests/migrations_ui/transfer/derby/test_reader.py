"""The reader finds the same rows in the same order, and says what is wrong with a database."""

from __future__ import annotations

import os
import signal
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.snapshot import directory_digest, take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import (
    NotDerby,
    ReaderDied,
    ReaderMissing,
    SourceDamaged,
    SourceEncrypted,
    SourceNewer,
)
from migrations_ui.transfer.tables import ColumnPlan, SourceTable, TablePlan
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import create_in_derby


def plan_of(table: SourceTable) -> TablePlan:
    forms = {"VARCHAR": "text", "INTEGER": "int4", "DECIMAL": "numeric"}
    columns = tuple(
        ColumnPlan(column.name, column.name, column.type, forms[column.type])
        for column in table.columns
    )
    return TablePlan(source=table, name=table.name, columns=columns, key=table.key)


def bytes_of(stream: FrameStream) -> bytes:
    return b"".join(bytes(piece) for _ in stream.slices() for piece in stream.pieces())


def test_tables_are_listed_with_key_and_exact_count(
    derby: DerbySample, open_source: OpenSource
) -> None:
    create_in_derby(derby, "doc", 500)
    derby.run(
        'CREATE TABLE "Mixed Case" ("order" INTEGER NOT NULL, b INTEGER)',
        'CREATE UNIQUE INDEX by_order ON "Mixed Case" ("order")',
        'CREATE TABLE "keyless" (a INTEGER UNIQUE, b INTEGER)',
    )
    with open_source() as source:
        tables = {table.name: table for table in source.tables()}
    assert tables["DOC"].key == ("K1", "K2")
    assert tables["DOC"].row_count == 500
    assert tables["Mixed Case"].key == ("order",)
    # A unique column that may be null does not distinguishes rows.
    assert tables["keyless"].key == ()


def test_heap_order_is_the_same_in_every_scan_and_every_copy(
    derby: DerbySample, open_source: OpenSource
) -> None:
    create_in_derby(derby, "doc", 20_000)
    # Holes and moved rows: the heap is no longer in the order of insertion.
    derby.run(
        "DELETE FROM doc WHERE MOD(k2, 5) = 0",
        "UPDATE doc SET note = note || ' which has grown longer and moves' WHERE MOD(k2, 3) = 0",
        "INSERT INTO doc VALUES ('late', 0, 'fills a hole', 1)",
    )
    scans = []
    for _ in range(2):
        with open_source() as source:
            (table,) = source.tables()
            for _ in range(2):
                with source.rows(plan_of(table)) as stream:
                    scans.append(bytes_of(stream))
    assert len(scans[0]) > 500_000
    assert all(scan == scans[0] for scan in scans)


def test_a_scan_can_be_entered_and_left_at_any_row(
    derby: DerbySample, open_source: OpenSource
) -> None:
    create_in_derby(derby, "doc", 9_000)
    with open_source() as source:
        (table,) = source.tables()
        plan = plan_of(table)
        with source.rows(plan) as stream:
            whole = bytes_of(stream)
        for cut in (0, 1, 4095, 4096, 8999, 9000):
            with source.rows(plan, until=cut) as stream:
                head = bytes_of(stream)
            with source.rows(plan, first=cut) as stream:
                assert head + bytes_of(stream) == whole


def test_two_tables_stream_at_once(derby: DerbySample, open_source: OpenSource) -> None:
    create_in_derby(derby, "one", 10_000)
    create_in_derby(derby, "two", 10_000)
    with open_source() as source:
        one, two = map(plan_of, source.tables())
        with source.rows(one) as first, source.rows(two) as second:
            assert len(bytes_of(first)) == len(bytes_of(second))


def test_original_is_never_written(
    derby: DerbySample, tmp_path: Path, toolchain: JavaToolchain
) -> None:
    create_in_derby(derby, "doc", 5_000)
    before = directory_digest(derby.directory)
    stamps = {path: path.stat().st_mtime_ns for path in derby.directory.rglob("*")}
    assert take_copy(derby.directory, tmp_path / "copy").digest == before
    with DerbySource(tmp_path / "copy", toolchain=toolchain) as source:
        (table,) = source.tables()
        with source.rows(plan_of(table)) as stream:
            bytes_of(stream)
    assert directory_digest(derby.directory) == before
    assert {path: path.stat().st_mtime_ns for path in derby.directory.rglob("*")} == stamps


def test_reader_ends_with_the_block(derby: DerbySample, open_source: OpenSource) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    with open_source() as source:
        reader = source.pid
        assert Path(f"/proc/{reader}").exists()
    assert not Path(f"/proc/{reader}").exists()


def test_directory_without_derby_is_named(tmp_path: Path, toolchain: JavaToolchain) -> None:
    with pytest.raises(NotDerby, match=tmp_path.name), DerbySource(tmp_path, toolchain=toolchain):
        pass


def test_service_properties_alone_make_no_database(
    tmp_path: Path, toolchain: JavaToolchain
) -> None:
    (tmp_path / "service.properties").write_text("derby.serviceProtocol=x\n")
    with (
        pytest.raises((NotDerby, SourceDamaged)),
        DerbySource(tmp_path, toolchain=toolchain),
    ):
        pass


def test_encrypted_database_is_named(tmp_path: Path, toolchain: JavaToolchain) -> None:
    derby = DerbySample(tmp_path / "ntsdb", ";dataEncryption=true;bootPassword=a long password")
    derby.run("CREATE TABLE t (a INTEGER)")
    with (
        pytest.raises(SourceEncrypted, match="password"),
        DerbySource(derby.directory, toolchain=toolchain),
    ):
        pass


def test_half_copied_database_is_named(derby: DerbySample, open_source: OpenSource) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    for segment in (derby.directory / "seg0").iterdir():
        segment.write_bytes(b"")
    with pytest.raises(SourceDamaged), open_source():
        pass


def test_newer_database_is_named(derby: DerbySample, open_source: OpenSource) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    # The log's control file holds the version (bytes 16 to 24) and ends with its checksum.
    for name in ("log.ctrl", "logmirror.ctrl"):
        control = derby.directory / "log" / name
        content = bytearray(control.read_bytes())
        assert struct.unpack_from(">I", content, 16) == (10,)
        struct.pack_into(">I", content, 16, 11)
        struct.pack_into(">Q", content, 40, zlib.crc32(content[:40]))
        control.write_bytes(content)
    with pytest.raises(SourceNewer), open_source():
        pass


def test_what_the_reader_lacks_is_reported_without_a_database(
    tmp_path: Path, toolchain: JavaToolchain
) -> None:
    toolchain.require_reader()
    no_java = replace(toolchain, java="no-such-java")
    with pytest.raises(ReaderMissing, match="no-such-java"):
        no_java.require_reader()
    jar = tmp_path / "derby.jar"
    jar.write_bytes(b"half a jar")
    with pytest.raises(ReaderMissing, match="no jar"):
        replace(toolchain, derby_classpath=str(jar)).require_reader()


def test_missing_java_says_what_to_install(
    derby: DerbySample, tmp_path: Path, toolchain: JavaToolchain
) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    no_jdk = JavaToolchain("java", "no-such-javac", toolchain.derby_classpath, tmp_path / "work")
    with pytest.raises(ReaderMissing, match="JDK"), DerbySource(derby.directory, toolchain=no_jdk):
        pass
    no_jar = JavaToolchain("java", "javac", str(tmp_path / "derby.jar"), tmp_path / "work")
    with (
        pytest.raises(ReaderMissing, match=r"derby\.jar"),
        DerbySource(derby.directory, toolchain=no_jar),
    ):
        pass


def test_a_reader_that_was_killed_says_by_what(derby: DerbySample, open_source: OpenSource) -> None:
    create_in_derby(derby, "doc", 10)
    with open_source() as source:
        os.kill(source.pid, signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(ReaderDied, match="ended by the signal SIGKILL"):
                source.tables()
