"""The compatibility check, and what follows from it: real Derby, real PostgreSQL, the steps as a
worker runs them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest

from migrations_ui.models import Migration
from migrations_ui.presentation.report import make_report
from migrations_ui.services.source_options import set_value_policies
from migrations_ui.states import Level, Outcome, StepName, StepStatus
from migrations_ui.steps import compatibility, copy, schema, verify
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepFailed
from migrations_ui.transfer.control import Decision, Unattended
from migrations_ui.transfer.value_loss import Loss, Treatment
from pools.databases.connection import DatabaseLogin
from pools.models import DatabaseConfiguration
from pools.states import SchemaMode
from tests.factories import DatabaseConfigurationFactory, PoolFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.transfer.damage import Older, container, make_damaged
from tests.migrations_ui.transfer.derby_sample import DerbySample

pytestmark = pytest.mark.django_db(transaction=True)
Target = psycopg.Connection[Any]


class Lines:
    """A journal that the test reads."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Level]] = []
        self.rows: list[int] = []

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.lines.append((text, level))

    def progress(self, done: int, total: int, unit: str) -> None:
        self.rows.append(done)


@pytest.fixture
def target(database_login: DatabaseLogin) -> Any:
    login = database_login
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password, autocommit=True) as connection:
        yield connection


@pytest.fixture
def on_worker(database_login: DatabaseLogin, work_directory: Path, target: Target) -> StepContext:
    """Fetched: a Derby database with a NUL, nanoseconds and a name too long for its column."""
    login = database_login
    database = DatabaseConfigurationFactory(
        engine="postgresql",
        host=login.host,
        port=login.port,
        database_name=login.name,
        username=login.user,
        password=login.password,
    )
    migration = MigrationFactory(started=True, pool=PoolFactory(database=database))
    on_worker = StepContext(migration, Lines(), Unattended(), ticking=lambda _tick: nullcontext())
    on_worker.run_directory.mkdir(parents=True)
    derby = DerbySample(on_worker.private_copy)
    derby.run(
        "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), born TIMESTAMP)"
    )
    derby.insert(
        "people",
        [
            (1, "Ada", "1815-12-10 00:00:00"),
            (2, "Gra\0ce", "1906-12-09 01:02:03.000004005"),
            (3, "Hedy Lamarr", None),
        ],
    )
    target.execute("CREATE TABLE people (id integer PRIMARY KEY, name varchar(8), born timestamp)")
    return on_worker


def decide(migration: Migration, **treatments: Treatment) -> None:
    chosen = {Loss(name): treatment for name, treatment in treatments.items()}
    set_value_policies(migration, actor=migration.actor, treatments=chosen)


def tables_of(target: Target) -> set[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {name for (name,) in target.execute(query)}


def test_every_incompatible_value_is_known_by_name_and_number_before_a_row_is_written(
    on_worker: StepContext, target: Target
) -> None:
    with pytest.raises(StepFailed, match="Nothing has been copied") as failed:
        compatibility.run(on_worker)
    assert "PEOPLE.NAME" in failed.value.seen
    found = {
        (finding.table, finding.column, finding.kind): finding
        for finding in on_worker.migration.findings.compatibility()
    }
    assert {place: finding.count for place, finding in found.items()} == {
        ("PEOPLE", "NAME", "nul"): 1,
        ("PEOPLE", "NAME", "too_long"): 1,
        ("PEOPLE", "BORN", "nanoseconds"): 1,
    }
    long = found["PEOPLE", "NAME", "too_long"]
    assert long.longest == 11
    assert "of 8 characters" in long.seen
    assert "wider" in long.remedy
    assert all(finding.outcome == Outcome.BLOCKER for finding in found.values())
    # Not one table more than there was, and not one row.
    assert tables_of(target) == {"people"}
    assert target.execute("SELECT count(*) FROM people").fetchone() == (0,)


def test_what_was_decided_happens_is_compared_and_counted(
    on_worker: StepContext, target: Target
) -> None:
    decide(
        on_worker.migration,
        nul=Treatment.CONVERT,
        nanoseconds=Treatment.CONVERT,
        incompatible=Treatment.REJECT,
    )
    assert "2 values are converted, 1 values are rejected" in compatibility.run(on_worker)
    assert "2 rows in 1 tables, 1 rejected" in copy.run(on_worker)
    assert "all equal" in verify.run(on_worker)
    rows = target.execute("SELECT id, name, born::text FROM people ORDER BY id").fetchall()
    assert rows == [
        (1, "Ada", "1815-12-10 00:00:00"),
        (2, "Grace", "1906-12-09 01:02:03.000004"),
    ]
    assert make_report(on_worker.migration).converted == 0
    on_worker.migration.steps.filter(name=StepName.COPY).update(status=StepStatus.DONE)
    report = make_report(on_worker.migration)
    assert report.converted == 2
    assert [line.key for line in report.rejects] == ['["3"]']
    assert {line.treatment for line in report.incompatible_values} == {"convert", "reject"}
    assert "2 rows" in copy.undo(on_worker)
    assert target.execute("SELECT count(*) FROM people").fetchone() == (0,)


@pytest.mark.parametrize("older", list(Older))
def test_a_table_that_disagrees_with_its_index_stops_the_migration_here(
    on_worker: StepContext, target: Target, older: Older
) -> None:
    derby = DerbySample(on_worker.private_copy)
    derby.run("DROP TABLE people")
    make_damaged(derby, older)
    target.execute("CREATE TABLE t (id integer PRIMARY KEY, v varchar(200))")
    with pytest.raises(StepFailed, match=r"T: .*(100.*200|200.*100)") as failed:
        compatibility.run(on_worker)
    assert "-defrag, or restore a backup" in failed.value.remedy
    found = on_worker.migration.findings.compatibility().get()
    assert (found.table, found.outcome) == ("T", Outcome.BLOCKER)
    assert "100" in found.seen
    assert "200" in found.seen
    assert "-defrag" in found.remedy
    assert tables_of(target) == {"people", "t"}


def test_an_empty_table_with_rows_that_no_index_knows_is_found(
    on_worker: StepContext, target: Target
) -> None:
    derby = DerbySample(on_worker.private_copy)
    derby.run(
        "DROP TABLE people",
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(200))",
        "CREATE TABLE u (id INTEGER)",
    )
    empty = container(derby, "t", Older.INDEX).read_bytes()
    derby.insert("t", [(1, "x")])
    container(derby, "t", Older.INDEX).write_bytes(empty)
    target.execute("CREATE TABLE t (id integer PRIMARY KEY, v varchar(200))")
    with pytest.raises(StepFailed, match="counts 0 rows, the table itself has 1"):
        compatibility.run(on_worker)


def test_who_may_not_have_tables_checked_is_no_reason_to_stop(
    on_worker: StepContext, target: Target
) -> None:
    derby = DerbySample(on_worker.private_copy)
    setting = "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.{}', '{}')"
    derby.run(setting.format("database.sqlAuthorization", "true"))
    derby.run(
        "DELETE FROM people WHERE id > 1",
        "GRANT SELECT ON people TO guest",
        setting.format("user.APP", "own-pass"),
        setting.format("user.guest", "guest-pass"),
        setting.format("connection.requireAuthentication", "true"),
    )
    for name, value in {"derby_user": "guest", "derby_password": "guest-pass"}.items():
        setattr(on_worker.migration, name, value)
    assert "every value fits" in compatibility.run(on_worker)
    lines = [text for text, level in on_worker.journal.lines if level is Level.WARNING]  # type: ignore[attr-defined]
    assert any("Only the owner" in line for line in lines)


def test_a_second_look_replaces_the_first(on_worker: StepContext, target: Target) -> None:
    with pytest.raises(StepFailed):
        compatibility.run(on_worker)
    target.execute("ALTER TABLE people ALTER name TYPE varchar(80)")
    decide(on_worker.migration, nul=Treatment.REJECT, nanoseconds=Treatment.REJECT)
    compatibility.run(on_worker)
    kinds = on_worker.migration.findings.compatibility().values_list("kind", "treatment")
    assert set(kinds) == {("nul", "reject"), ("nanoseconds", "reject")}


def test_a_missing_table_and_a_wrong_type_are_findings_with_a_remedy(
    on_worker: StepContext, target: Target
) -> None:
    target.execute("ALTER TABLE people ALTER born TYPE integer USING NULL")
    derby = DerbySample(on_worker.private_copy)
    derby.run("CREATE TABLE more (a INTEGER NOT NULL PRIMARY KEY)", "INSERT INTO more VALUES (1)")
    with pytest.raises(StepFailed):
        compatibility.run(on_worker)
    blockers = on_worker.migration.findings.compatibility().filter(
        kind="schema", outcome=Outcome.BLOCKER
    )
    found = {(each.table, each.column): each for each in blockers}
    assert set(found) == {("PEOPLE", "BORN"), ("MORE", "")}
    assert all(finding.remedy for finding in found.values())


def test_when_everything_fits_it_says_so(on_worker: StepContext, target: Target) -> None:
    DerbySample(on_worker.private_copy).run("DELETE FROM people WHERE id > 1")
    assert compatibility.run(on_worker) == "1 tables, 1 rows: every value fits."
    assert not on_worker.migration.findings.compatibility().exists()
    assert on_worker.journal.rows[-1] == 1  # type: ignore[attr-defined]


def test_tables_of_somebody_elses_making_are_filled_and_nothing_is_added_to_them(
    on_worker: StepContext, target: Target
) -> None:
    """Neither names, level nor columns of this console's own store: as a Traveler made them."""
    DatabaseConfiguration.objects.update(schema_mode=SchemaMode.EXISTING)
    on_worker.migration.pool.database.refresh_from_db()
    derby = DerbySample(on_worker.private_copy)
    derby.run(
        "DELETE FROM people WHERE id = 2",
        "CREATE TABLE servers (name VARCHAR(9))",
        "INSERT INTO servers VALUES ('trav1'), ('trav2')",
    )
    target.execute("ALTER TABLE people ALTER name TYPE varchar(80)")

    assert "left as they are" in schema.run(on_worker)
    reported = compatibility.run(on_worker)
    assert "2 rows: every value fits. Not copied, because the pool has its own" in reported
    assert "SERVERS (2 rows)" in reported
    note = on_worker.migration.findings.compatibility().get()
    assert (note.table, note.outcome) == ("SERVERS", Outcome.WARNING)
    assert "Not copied (2 rows)" in note.seen
    assert "2 rows in 1 tables" in copy.run(on_worker)
    assert "all equal" in verify.run(on_worker)
    assert target.execute("SELECT id FROM people ORDER BY id").fetchall() == [(1,), (3,)]
    assert {name for name in tables_of(target) if not name.startswith("lg_")} == {"people"}


def test_a_pause_ends_the_measuring_and_leaves_no_half_findings(on_worker: StepContext) -> None:
    class Pausing(Unattended):
        def decide(self) -> Decision:
            return Decision.PAUSE

    paused = StepContext(on_worker.migration, Lines(), Pausing(), lambda _tick: nullcontext())
    with pytest.raises(Interrupted):
        compatibility.run(paused)
    assert not on_worker.migration.findings.exists()


def test_preflight_lines_outlive_the_measuring(on_worker: StepContext) -> None:
    on_worker.migration.findings.create(
        position=1, check_id="disk", group="server", title="Disk", outcome=Outcome.PASSED, seen="ok"
    )
    with pytest.raises(StepFailed):
        compatibility.run(on_worker)
    assert on_worker.migration.findings.preflight().get().check_id == "disk"


def test_a_loss_that_the_measuring_never_saw_is_still_not_let_through(
    on_worker: StepContext, target: Target
) -> None:
    """The copy obeys the policies by itself: a row it may not change stays behind, with reason."""
    on_worker.migration.steps.filter(name=StepName.COMPATIBILITY).update(status=StepStatus.DONE)
    copy.run(on_worker)
    assert target.execute("SELECT id FROM people").fetchall() == [(1,)]
    columns = {reject.column for reject in on_worker.migration.rejects.all()}
    assert columns == {"NAME"}
