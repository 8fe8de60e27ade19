"""Configure: only what was copied is cut over, and `db show` has to print what was set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from migrations_ui.hosts import Host
from migrations_ui.runner.outages import outlast
from migrations_ui.states import Level, MigrationKind
from migrations_ui.steps import configure, database_there
from migrations_ui.steps.configure import require_address
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import derby_aside
from migrations_ui.steps.files.derby_files import DerbyListing
from migrations_ui.transfer.control import Unattended
from pools.databases.connection import DatabaseLogin
from pools.databases.errors import DatabaseError, DatabaseLoginRefused, DatabasePortClosed
from pools.gateways.errors import CommandFailed, RemoteFileError
from pools.gateways.parsing.db_check import CheckOutcome
from pools.gateways.parsing.db_show import DatabaseSetting
from tests.migrations_ui.factories import MigrationFactory

DERBY = "/local/notesdata/traveler/ntsdb"
OURS = "jdbc:postgresql://db.acme.example:5432/traveler"


def test_the_same_address_may_be_spelled_otherwise() -> None:
    require_address("JDBC:postgresql://DB.acme.example/traveler", OURS)


def test_another_address_is_shown_without_its_password() -> None:
    with pytest.raises(
        StepFailed, match="is set to jdbc:postgresql://old:5432/t, not to"
    ) as raised:
        require_address("jdbc:postgresql://old/t?password=hidden", OURS)
    assert "hidden" not in str(raised.value)


def test_what_is_no_address_is_not_repeated() -> None:
    with pytest.raises(StepFailed, match="does not show jdbc:postgresql:") as raised:
        require_address("oracle:hidden", OURS)
    assert "hidden" not in str(raised.value)


class Lines:
    """A journal that nobody reads."""

    def log(self, text: str, *, level: Level = Level.INFO) -> None: ...

    def progress(self, done: int, total: int, unit: str) -> None: ...


class Utility:
    """travelerUtil on a host that keeps what it is given."""

    def __init__(self) -> None:
        self.setting = DatabaseSetting(uses_derby=True)
        self.passes = True
        # How often `db set` finds no database.
        self.refusals = 0

    def db_set(self, *, url: str, user: str, password: str, jar_path: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise CommandFailed("not accepted", output_lines=("the connection is refused",))
        self.setting = DatabaseSetting(url=url, user=user)

    def db_show(self, *, secrets: Sequence[str] = ()) -> DatabaseSetting:
        return self.setting

    def db_check(self) -> CheckOutcome:
        return CheckOutcome(passed=self.passes)

    def db_remove(self) -> None:
        self.setting = DatabaseSetting(uses_derby=True)


@pytest.fixture
def utility() -> Utility:
    return Utility()


class Database:
    """The pool's, as the worker finds it."""

    def __init__(self) -> None:
        self.error: DatabaseError | None = None

    @contextmanager
    def open(self, _login: DatabaseLogin) -> Iterator[None]:
        if self.error is not None:
            raise self.error
        yield


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    found = Database()
    monkeypatch.setattr(database_there, "open_connection", found.open)
    return found


class Files:
    """The Derby folder of a host, by its name."""

    def __init__(self) -> None:
        self.there = {DERBY}
        self.may_rename = True

    def exists(self, path: str) -> bool:
        return path in self.there

    def rename(self, path: str, new: str) -> None:
        if not self.may_rename:
            raise RemoteFileError(f"{path}: permission denied")
        self.there.remove(path)
        self.there.add(new)

    def remove_tree(self, path: str) -> None:
        self.there.remove(path)


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def context(
    db: None, utility: Utility, database: Database, files: Files, monkeypatch: pytest.MonkeyPatch
) -> StepContext:
    """Behind the gate, on a host that is down."""
    migration = MigrationFactory(confirmed=True, source_listing="as copied")
    profile = migration.server.profile.host_profile()
    console = SimpleNamespace(server_running=lambda: False)
    host = Host(files, console, utility, profile)  # type: ignore[arg-type]
    monkeypatch.setattr(StepContext, "open_host", lambda _context: nullcontext(host))
    monkeypatch.setattr(configure, "jdbc_jar", lambda _host, _engine: "/jars/driver.jar")
    set_derby(monkeypatch, "as copied")
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _tick: nullcontext())


def set_derby(monkeypatch: pytest.MonkeyPatch, digest: str) -> None:
    monkeypatch.setattr(configure, "derby_listing", lambda _host: DerbyListing(digest, 1, 1))


def test_a_source_that_changed_since_the_copy_is_not_cut_over_and_not_overwritten(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_derby(monkeypatch, "written to at the gate")
    with pytest.raises(StepFailed, match="has changed since it was copied"):
        configure.run(context)
    assert utility.setting.uses_derby

    def restore(*_: object) -> None:
        raise AssertionError("what the server wrote since the backup would be lost")

    monkeypatch.setattr(configure, "_restore", restore)
    assert "had not been changed" in configure.undo(context)


def test_the_server_is_given_the_properties_and_has_to_show_them(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.migration.pool.database.jdbc_properties = "ssl=true"
    assert "its check passed" in configure.run(context)
    assert utility.setting.url.endswith("?ssl=true")

    def forget(**_: object) -> None:
        utility.setting = DatabaseSetting(url=context.migration.pool.database.jdbc_url[:-9])

    monkeypatch.setattr(utility, "db_set", forget)
    with pytest.raises(StepFailed, match=r"not to .*ssl=true"):
        configure.run(context)


def test_an_address_that_cannot_be_read_back_is_no_success(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_a_trace(**_: object) -> None:
        utility.setting = DatabaseSetting(unread=("java.lang.NullPointerException",))

    monkeypatch.setattr(utility, "db_set", print_a_trace)
    with pytest.raises(StepFailed, match=r"has no address: “java\.lang\.NullPointerException”"):
        configure.run(context)


def test_a_check_that_is_not_understood_says_which_word_is_missing(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = CheckOutcome(None, ("La configuration convient.",))
    monkeypatch.setattr(utility, "db_check", lambda: unread)
    with pytest.raises(StepFailed, match=r"“La configuration convient\.”.*into “valid”"):
        configure.run(context)


def test_a_retry_after_db_set_does_not_look_at_derby_any_more(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    utility.passes = False
    with pytest.raises(StepFailed, match="db check"):
        configure.run(context)
    set_derby(monkeypatch, "removed by the first start on the pool's database")
    utility.passes = True
    assert "its check passed" in configure.run(context)


def test_a_retry_before_db_set_looks_again(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_killed(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(utility, "db_set", be_killed)
    with pytest.raises(KeyboardInterrupt):
        configure.run(context)
    set_derby(monkeypatch, "started by hand in the meantime")
    with pytest.raises(StepFailed, match="has changed"):
        configure.run(context)


def test_what_was_set_is_taken_back_with_the_backup(
    context: StepContext, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure.run(context)
    context.migration.backup_sha256 = "as recorded"
    asked: list[str] = []

    def restore(*_: object, sha256: str, before_swap: Callable[[], None], **__: object) -> int:
        assert not utility.setting.uses_derby, "all files are on the host before that"
        before_swap()
        asked.append(sha256)
        return 4

    monkeypatch.setattr(configure, "restore_archive", restore)
    configure.undo(context)
    assert asked == ["as recorded"]
    assert utility.setting.uses_derby


def test_a_database_that_is_away_for_the_utility_is_waited_for_and_not_for_a_person(
    context: StepContext, utility: Utility, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def come_back(_context: StepContext, seconds: float) -> None:
        waited.append(seconds)
        database.error = None

    monkeypatch.setattr(StepContext, "wait", come_back)
    database.error = DatabasePortClosed()
    utility.refusals = 1
    assert "its check passed" in outlast(lambda: configure.run(context), context)
    assert waited == [1.0]


def test_a_database_that_came_back_before_the_worker_asked_is_set_at_the_second_try(
    context: StepContext, utility: Utility
) -> None:
    utility.refusals = 1
    assert "its check passed" in configure.run(context)
    utility.refusals = 2
    with pytest.raises(CommandFailed, match="the connection is refused"):
        configure.run(context)


def test_a_login_that_the_worker_is_refused_too_is_not_tried_again_on_the_host(
    context: StepContext, utility: Utility, database: Database
) -> None:
    database.error = DatabaseLoginRefused()
    utility.refusals = 2
    with pytest.raises(CommandFailed, match="the connection is refused"):
        configure.run(context)
    assert utility.refusals == 1


def aside_of(context: StepContext) -> str:
    return f"{DERBY}.lifeguard-{context.migration.run_id[:8]}"


def test_derby_is_out_of_the_way_once_the_server_is_set_to_the_pool(
    context: StepContext, files: Files
) -> None:
    configure.run(context)
    assert files.there == {aside_of(context)}
    # A worker that was killed after that does it all again.
    configure.run(context)
    assert files.there == {aside_of(context)}


def test_derby_stays_until_the_setting_is_checked(
    context: StepContext, utility: Utility, files: Files
) -> None:
    utility.passes = False
    with pytest.raises(StepFailed):
        configure.run(context)
    assert files.there == {DERBY}


def test_derby_stays_where_the_server_transfers_it_or_the_profile_says_so(
    context: StepContext, files: Files
) -> None:
    with context.open_host() as host:
        derby_aside.set_aside(
            context, replace(host, profile=replace(host.profile, derby_aside=False))
        )
    context.migration.kind = MigrationKind.VENDOR
    configure.run(context)
    assert files.there == {DERBY}


def test_a_folder_that_cannot_be_renamed_stops_before_the_start(
    context: StepContext, files: Files
) -> None:
    files.may_rename = False
    with pytest.raises(StepFailed, match="could not be set aside") as raised:
        configure.run(context)
    assert "Set Derby aside" in raised.value.remedy


def test_a_rollback_leaves_no_folder_aside(context: StepContext, files: Files) -> None:
    configure.run(context)
    with context.open_host() as host:
        derby_aside.remove_aside(context, host)
        derby_aside.remove_aside(context, host)
    assert files.there == set()
