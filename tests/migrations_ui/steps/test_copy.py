"""The copy step around the engine: whom it may shut out, and what its rollback needs."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from migrations_ui.hosts import Host
from migrations_ui.models import Migration
from migrations_ui.states import Level
from migrations_ui.steps import copy
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files.archive import write_archive
from migrations_ui.steps.transfer import transfer_plan
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.copy.pipeline import CopyOutcome, CopyResult
from migrations_ui.transfer.derby.snapshot import directory_digest
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import RemovedTable
from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory, TableTransferFactory

pytestmark = pytest.mark.django_db


class Lines:
    """A journal that nobody reads."""

    def log(self, text: str, *, level: Level = Level.INFO) -> None: ...

    def progress(self, done: int, total: int, unit: str) -> None: ...


class Engine:
    """Stands for the transfer engine and the target; notes how it was called."""

    def __init__(self) -> None:
        self.known = True
        self.exclusive: bool | None = None
        self.removed_from: Path | None = None

    def open_source(self, private_copy: Path, **_: object) -> nullcontext[None]:
        self.private_copy = private_copy
        return nullcontext()

    def copy_rows(self, _plan: TransferPlan, *, settings: TransferSettings, **_: object) -> object:
        self.exclusive = settings.exclusive
        return CopyResult(CopyOutcome.FINISHED, ())

    def remove_run(self, _plan: TransferPlan, **_: object) -> tuple[RemovedTable, ...]:
        assert self.private_copy.is_dir()
        self.removed_from = self.private_copy
        return (RemovedTable("users", 7, 0),)

    def run_is_known(self, _login: object, *, run_id: str) -> bool:
        return self.known


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    for name in ("copy_rows", "remove_run", "run_is_known"):
        monkeypatch.setattr(copy, name, getattr(engine, name))
    monkeypatch.setattr(copy, "list_rejects", lambda *_, **__: [])
    monkeypatch.setattr(transfer_plan, "DerbySource", engine.open_source)
    monkeypatch.setattr(transfer_plan, "plan_transfer", lambda *_, **__: TransferPlan((), ()))
    return engine


@pytest.fixture
def context(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StepContext:
    """Rows of one table were copied; the private copy is gone."""
    settings.LIFEGUARD_WORK_DIR = tmp_path
    migration = MigrationFactory(copying=True, creates_pool=True)
    TableTransferFactory(migration=migration, table="users", rows_copied=7)
    profile = migration.server.profile.host_profile()
    host = Host(None, None, None, profile)  # type: ignore[arg-type]
    monkeypatch.setattr(StepContext, "open_host", lambda _context: nullcontext(host))
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _tick: nullcontext())


def keep_backup(context: StepContext, tmp_path: Path) -> str:
    """Write a backup with a Derby database; returns that database's digest."""
    derby = tmp_path / "host" / "traveler" / "ntsdb"
    derby.mkdir(parents=True)
    (derby / "service.properties").write_text("its settings")
    write_archive(tmp_path / "host", context.backup_archive, on_progress=lambda *_: None)
    return directory_digest(derby)


def test_tables_are_shut_for_others_only_while_the_pool_has_no_server(
    context: StepContext, engine: Engine
) -> None:
    context.private_copy.mkdir(parents=True)
    copy.run(context)
    assert engine.exclusive is True
    ServerFactory(pool=context.migration.pool)
    copy.run(context)
    assert engine.exclusive is False


def test_the_way_back_makes_the_private_copy_anew_from_the_backup(
    context: StepContext, engine: Engine, tmp_path: Path
) -> None:
    context.remember(source_sha256=keep_backup(context, tmp_path))
    assert copy.undo(context).startswith("7 rows")
    assert engine.removed_from == context.private_copy
    assert not context.migration.tables.exists()


def test_rows_stay_known_as_copied_when_the_backup_is_gone(
    context: StepContext, engine: Engine
) -> None:
    with pytest.raises(StepFailed, match="is not on this worker"):
        copy.undo(context)
    assert engine.removed_from is None
    assert context.migration.tables.get().rows_copied == 7


def test_another_backup_than_the_one_copied_from_is_refused(
    context: StepContext, engine: Engine, tmp_path: Path
) -> None:
    keep_backup(context, tmp_path)
    context.remember(source_sha256="0" * 64)
    for _ in range(2):
        with pytest.raises(StepFailed, match="is not the one"):
            copy.undo(context)


def test_a_target_that_knows_nothing_of_copied_rows_is_no_success(
    context: StepContext, engine: Engine
) -> None:
    engine.known = False
    with pytest.raises(StepFailed, match="knows nothing of this migration"):
        copy.undo(context)
    assert context.migration.tables.exists()


def test_a_way_back_cut_off_after_the_last_row_ends_well(
    context: StepContext, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_killed(*_: object, **__: object) -> tuple[RemovedTable, ...]:
        engine.known = False
        raise KeyboardInterrupt

    keep_backup(context, tmp_path)
    monkeypatch.setattr(copy, "remove_run", be_killed)
    with pytest.raises(KeyboardInterrupt):
        copy.undo(context)
    assert copy.undo(context) == "Nothing had been copied."


def test_a_copy_that_wrote_nothing_has_nothing_to_take_back(engine: Engine) -> None:
    engine.known = False
    migration: Migration = MigrationFactory(copying=True)
    context = StepContext(migration, Lines(), Unattended(), ticking=lambda _: nullcontext())
    assert copy.undo(context) == "Nothing had been copied."
