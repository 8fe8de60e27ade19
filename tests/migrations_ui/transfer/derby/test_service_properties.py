"""Derby follows service.properties; what leads out of the private copy is not followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrations_ui.transfer.derby.layout import find_fault, read_layout
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.service_properties import OLDER, PROPERTIES, parse, vet
from migrations_ui.transfer.derby.snapshot import directory_digest, take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import SourceKeyOutside, SourceOutside, SourceUnfinished
from tests.migrations_ui.transfer.derby_sample import DerbySample

# As Properties.load takes them all.
SPELLINGS = (
    "logDevice={}",
    "logDevice:{}",
    "logDevice {}",
    "  logDevice\t=\t{}",
    "log\\u0044evice={}",
    "log\\Device={}",
    "log\\\n   Device={}",
    "logDevice=\\\n   {}",
)


@pytest.fixture
def opened(derby: DerbySample, toolchain: JavaToolchain) -> DerbySource:
    """Of the directory itself: it is the private copy here."""
    derby.run("CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)")
    return DerbySource(derby.directory, toolchain=toolchain)


def add(directory: Path, *lines: str) -> None:
    path = directory / PROPERTIES
    path.write_text("".join(f"{line}\n" for line in lines) + path.read_text("iso-8859-1"))


def test_a_log_elsewhere_is_refused_and_not_touched(
    tmp_path: Path, toolchain: JavaToolchain
) -> None:
    elsewhere = tmp_path / "elsewhere"
    derby = DerbySample(tmp_path / "ntsdb", f";logDevice={elsewhere}")
    derby.run("CREATE TABLE t (a INTEGER)")
    before = directory_digest(elsewhere)
    take_copy(derby.directory, tmp_path / "copy")
    with (
        pytest.raises(SourceOutside, match=f"log is in {elsewhere}"),
        DerbySource(tmp_path / "copy", toolchain=toolchain),
    ):
        pass
    assert directory_digest(elsewhere) == before
    assert isinstance(find_fault(read_layout(derby.directory)), SourceOutside)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_is_seen_however_it_is_written(
    opened: DerbySource, tmp_path: Path, spelling: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    add(opened.directory, spelling.format(elsewhere))
    assert parse((opened.directory / PROPERTIES).read_text())["logDevice"] == str(elsewhere)
    with pytest.raises(SourceOutside), opened:
        pass
    assert not elsewhere.exists()


def test_whatever_else_leads_outside_or_changes_opening_is_left_out_of_the_copy(
    opened: DerbySource, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    more = {
        "derby.storage.tempDirectory": outside / "temporary",
        "derby.stream.error.file": outside / "log",
        "derby.system.home": outside,
        "derby.storage.logDeviceWhenBackedUp": outside,
        "createFrom": outside,
        "restoreFrom": outside,
        "rollForwardRecoveryFrom": outside,
        "derby.authentication.provider": "org.example.Anybody",
        "derby.database.classpath": "APP.JAR",
        "derby.__rt.storage.createWithNoLog": "true",
        "encryptionProvider": "com.ibm.crypto.provider.IBMJCE",
        "derby.storage.logArchiveMode": "true",
    }
    add(opened.directory, *(f"{name}={value}" for name, value in more.items()))
    (opened.directory / OLDER).write_text(f"logDevice={outside}\n")
    with opened as source:
        assert [table.row_count for table in source.tables()] == [1]
    assert set(opened.left_out) == more.keys()
    assert not list(outside.iterdir())
    assert not (opened.directory / OLDER).exists()
    # A resume opens it again, and finds nothing left to leave out.
    with opened as source:
        assert [table.row_count for table in source.tables()] == [1]
    assert opened.left_out == ()


def test_a_value_that_would_swallow_the_next_line_is_left_out() -> None:
    vetted = vet("derby.serviceLocale=en\\u005c\nlogDevice\\u0020=x\ndataEncryption=a b\n")
    assert parse(vetted.text) == {}
    assert set(vetted.left_out) == {"derby.serviceLocale", "logDevice ", "dataEncryption"}


def test_a_key_from_outside_has_its_own_refusal(tmp_path: Path, toolchain: JavaToolchain) -> None:
    key = "encryptionKey=61626364656667686162636465666768;encryptionAlgorithm=AES/CBC/NoPadding"
    derby = DerbySample(tmp_path / "ntsdb", f";dataEncryption=true;{key}")
    derby.run("CREATE TABLE t (a INTEGER)")
    with (
        pytest.raises(SourceKeyOutside, match=r"encryptionKey.*not with a boot"),
        DerbySource(derby.directory, toolchain=toolchain),
    ):
        pass


def test_an_encryption_that_was_cut_off_is_derbys_to_finish(opened: DerbySource) -> None:
    add(opened.directory, "derby.storage.databaseEncryptionStatus=1")
    with pytest.raises(SourceUnfinished, match="Start Traveler once"), opened:
        pass
