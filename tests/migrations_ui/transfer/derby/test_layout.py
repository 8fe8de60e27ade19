"""What the files of a Derby database tell without opening it; made by Derby, then spoilt."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from migrations_ui.transfer.derby.layout import find_fault, read_layout
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import NotDerby, SourceDamaged, SourceError, SourceNewer
from tests.migrations_ui.transfer.derby_sample import DerbySample


@pytest.fixture
def directory(derby: DerbySample) -> Path:
    derby.run("CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)")
    return derby.directory


def drop(name: str) -> Callable[[Path], None]:
    def spoil(directory: Path) -> None:
        path = directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    return spoil


def empty(name: str) -> Callable[[Path], None]:
    def spoil(directory: Path) -> None:
        (directory / name).write_bytes(b"")

    return spoil


def drop_both_controls(directory: Path) -> None:
    drop("log/log.ctrl")(directory)
    drop("log/logmirror.ctrl")(directory)


def drop_logs(directory: Path) -> None:
    for path in (directory / "log").glob("log*.dat"):
        path.unlink()


def overwrite_properties(directory: Path) -> None:
    (directory / "service.properties").write_text("some=thing else\n")


SPOILT: list[tuple[str, Callable[[Path], None], type[SourceError], str]] = [
    ("no properties", drop("service.properties"), NotDerby, "not a Derby database"),
    ("other properties", overwrite_properties, NotDerby, "not a Derby database"),
    ("no seg0", drop("seg0"), SourceDamaged, "seg0 has no c10.dat, c20.dat, c31.dat and"),
    ("one container empty", empty("seg0/c60.dat"), SourceDamaged, "seg0 has no c60.dat"),
    ("no log", drop("log"), SourceDamaged, "log has neither"),
    ("no control files", drop_both_controls, SourceDamaged, "log.ctrl nor logmirror.ctrl"),
    ("no log files", drop_logs, SourceDamaged, "last checkpoint"),
]


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [case[1:] for case in SPOILT],
    ids=[name for name, *_ in SPOILT],
)
def test_what_is_missing_is_named_before_derby_opens_it(
    directory: Path,
    toolchain: JavaToolchain,
    spoil: Callable[[Path], None],
    kind: type[SourceError],
    said: str,
) -> None:
    spoil(directory)
    fault = find_fault(read_layout(directory))
    assert type(fault) is kind
    assert said in str(fault)
    before = sorted(path.name for path in directory.rglob("*"))
    with pytest.raises(kind), DerbySource(directory, toolchain=toolchain):
        pass
    # Derby was not let near it: it would have made a new log and gone on without the old one.
    assert sorted(path.name for path in directory.rglob("*")) == before


def test_a_whole_database_has_no_fault_and_a_version(
    directory: Path, toolchain: JavaToolchain
) -> None:
    layout = read_layout(directory)
    assert layout.version == toolchain.derby_version() == (10, 14)
    assert not layout.is_encrypted
    assert find_fault(layout, newest=(10, 14)) is None


def test_one_control_file_is_enough(directory: Path) -> None:
    drop("log/log.ctrl")(directory)
    assert find_fault(read_layout(directory)) is None


def test_a_newer_database_is_named_with_both_versions(directory: Path) -> None:
    layout = read_layout(directory)
    newer = layout.control[:16] + struct.pack(">ii", 10, 17)
    fault = find_fault(replace(layout, control=newer), newest=(10, 14))
    assert type(fault) is SourceNewer
    assert "Derby 10.17 wrote it, the reader has 10.14" in str(fault)


def test_a_log_that_went_on_meanwhile_is_whole(directory: Path) -> None:
    layout = read_layout(directory)
    assert find_fault(replace(layout, log={"log7.dat": 9})) is None
    assert find_fault(replace(layout, log={"log0.dat": 9})) is not None


def test_encryption_shows(tmp_path: Path) -> None:
    derby = DerbySample(tmp_path / "secret", ";dataEncryption=true;bootPassword=a long password")
    derby.run("CREATE TABLE t (a INTEGER)")
    layout = read_layout(derby.directory)
    assert layout.is_encrypted
    assert find_fault(layout, newest=(10, 14)) is None


def test_a_jar_that_tells_no_version_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "no.jar").write_bytes(b"no archive")
    jars = f"{tmp_path / 'missing.jar'}:{tmp_path / 'no.jar'}"
    assert JavaToolchain("java", "javac", jars, tmp_path).derby_version() is None
