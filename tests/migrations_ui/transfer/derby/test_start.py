"""A Java that does not start says why, and preflight finds it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrations_ui.preflight.gathering import source_facts
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.start_trial import require_start
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import ReaderNotStarted
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.transfer.derby_sample import DerbySample

NO_ROOM = "Error occurred during initialization of VM\nCould not reserve enough space"
FAULTS = (
    (f"echo '{NO_ROOM}'; exit 1", r"exit code 1: .*Could not reserve enough space"),
    ("echo 'no such option' >&2; exit 3", r"exit code 3: no such option"),
    ("kill -9 $$", r"was ended by SIGKILL: It said nothing"),
    ("exit 0", r"exit code 0: It said nothing"),
)


def scripted(toolchain: JavaToolchain, directory: Path, script: str) -> JavaToolchain:
    path = directory / "java"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return replace(toolchain, java=str(path))


@pytest.mark.parametrize(("script", "said"), FAULTS)
def test_how_java_ended_and_what_it_said_is_the_error(
    toolchain: JavaToolchain, derby: DerbySample, tmp_path: Path, script: str, said: str
) -> None:
    broken = scripted(toolchain, tmp_path, script)
    derby.run("CREATE TABLE t (a INTEGER)")
    with (
        pytest.raises(ReaderNotStarted, match=said) as caught,
        DerbySource(derby.directory, toolchain=broken),
    ):
        pass
    assert "LIFEGUARD_JAVA" in str(caught.value)


def test_a_file_that_is_no_program_is_named(toolchain: JavaToolchain, tmp_path: Path) -> None:
    (tmp_path / "java").write_bytes(b"\x7fELF")
    (tmp_path / "java").chmod(0o700)
    with pytest.raises(ReaderNotStarted, match="Exec format error"):
        require_start(replace(toolchain, java=str(tmp_path / "java")))


def test_warnings_of_java_on_standard_output_do_no_harm(
    toolchain: JavaToolchain, derby: DerbySample, tmp_path: Path
) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    chatty = scripted(toolchain, tmp_path, f'echo "VM warning: hm"; exec {toolchain.java} "$@"')
    require_start(chatty)
    with DerbySource(derby.directory, toolchain=chatty) as source:
        assert len(source.tables()) == 1


@pytest.mark.django_db
def test_preflight_starts_the_reader(
    toolchain: JavaToolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = scripted(toolchain, tmp_path, f"echo '{NO_ROOM}'; exit 1")
    monkeypatch.setattr(JavaToolchain, "from_settings", lambda: broken)
    assert "Could not reserve" in source_facts(MigrationFactory(), None).reader_failure
    monkeypatch.setattr(JavaToolchain, "from_settings", lambda: toolchain)
    assert source_facts(MigrationFactory(), None).reader_failure == ""
