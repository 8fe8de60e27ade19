"""Fetch proves that the copy can be read: wrong passwords and half databases end here."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from migrations_ui.services.source_options import set_derby_login
from migrations_ui.steps import fetch
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.files.archive import write_archive
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.errors import SourceDamaged, SourceEncrypted, WrongBootPassword
from pools.gateways.errors import PortClosed
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.steps.test_copy import Lines
from tests.migrations_ui.transfer.derby_sample import DerbySample

pytestmark = pytest.mark.django_db

BOOT = "a long boot password"


@pytest.fixture
def context(work_directory: Path, monkeypatch: pytest.MonkeyPatch) -> StepContext:
    """A comparison long after the migration needs the backup only: the host may be gone by then."""

    def gone(_context: StepContext) -> None:
        raise PortClosed(host="trav4")

    monkeypatch.setattr(StepContext, "open_host", gone)
    migration = MigrationFactory(started=True)
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _tick: nullcontext())


def back_up(context: StepContext, tmp_path: Path, *, attributes: str = "", drop: str = "") -> None:
    """A backup that holds a real Derby database, without the files called `drop`."""
    data = tmp_path / "host"
    derby = DerbySample(data / "traveler" / "ntsdb", attributes)
    derby.directory.parent.mkdir(parents=True)
    derby.run("CREATE TABLE t (a INTEGER)")
    for path in derby.directory.rglob(drop) if drop else ():
        path.unlink()
    write_archive(data, context.backup_archive, on_progress=lambda *_: None)


def test_a_readable_copy_is_opened_once(context: StepContext, tmp_path: Path) -> None:
    back_up(context, tmp_path)
    assert "SHA-256" in fetch.run(context)
    assert context.migration.source_sha256


def test_an_encrypted_copy_wants_its_password_and_only_the_right_one(
    context: StepContext, tmp_path: Path
) -> None:
    back_up(context, tmp_path, attributes=f";dataEncryption=true;bootPassword={BOOT}")
    with pytest.raises(SourceEncrypted, match="no boot password is known"):
        fetch.run(context)
    actor = context.migration.actor
    set_derby_login(context.migration, actor=actor, login=DerbyLogin("some other password"))
    with pytest.raises(WrongBootPassword):
        fetch.run(context)
    set_derby_login(context.migration, actor=actor, login=DerbyLogin(BOOT))
    assert "SHA-256" in fetch.run(context)


@pytest.mark.parametrize("drop", ["log*.ctrl", "log*.dat", "c31.dat"])
def test_a_half_copied_database_is_named(context: StepContext, tmp_path: Path, drop: str) -> None:
    back_up(context, tmp_path, drop=drop)
    with pytest.raises(SourceDamaged, match="damaged or incomplete"):
        fetch.run(context)
    assert not context.migration.source_sha256
