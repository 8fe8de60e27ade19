"""Every incompatible value is counted before the copy, and what is counted is what the copy
meets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jpype
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.plan.compatibility import (
    IncompatibleColumn,
    measure_compatibility,
    measured_columns,
)
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.value_loss import Loss, Treatment
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, SMALL_CHUNKS

Target = psycopg.Connection[Any]
CONVERT = dict.fromkeys(Loss, Treatment.CONVERT)
REJECT = dict.fromkeys(Loss, Treatment.REJECT)
FEW = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def java_text(text: str) -> Any:
    """A Java string of the text's UTF-16 units, half pairs included."""
    units = text.encode("utf-16-be", "surrogatepass")
    numbers = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    characters = jpype.JArray(jpype.JChar)([chr(number) for number in numbers])
    return jpype.JClass("java.lang.String")(characters)


def insert_texts(derby: DerbySample, table: str, texts: list[str | None]) -> None:
    """Rows of a number and a text that Python's JDBC bridge would refuse to send."""
    with derby.open() as connection:
        statement = connection.prepareStatement(f"INSERT INTO {table} VALUES (?, ?)")  # noqa: S608
        for number, text in enumerate(texts):
            statement.setInt(1, number)
            if text is None:
                statement.setNull(2, 12)
            else:
                statement.setString(2, java_text(text))
            statement.executeUpdate()
        connection.commit()


def counted(found: list[IncompatibleColumn]) -> dict[tuple[str, str], int]:
    return {(incompatible.column, incompatible.kind): incompatible.count for incompatible in found}


def test_each_kind_of_incompatible_value_is_counted_with_the_longest_value(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run(
        "CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50), code CHAR(8), "
        "big BIGINT, price DECIMAL(12,4), seen TIMESTAMP, ratio DOUBLE, yes SMALLINT, "
        "needed INTEGER)"
    )
    fine = ("ok", "c", 1, "1.0000", "2024-01-01 00:00:00.123456", 0.5, 1, 1)
    spoilt = (
        *((0, "ä" * 12), (0, "blank     "), (1, "123456"), (2, 2**31), (3, "1.2345")),
        *((3, "9999999.0000"), (4, "2024-01-01 00:00:00.123456789"), (5, 0.1), (6, 7), (7, None)),
    )
    rows: list[tuple[Any, ...]] = [fine]
    for position, value in spoilt:
        rows.append((*fine[:position], value, *fine[position + 1 :]))
    derby.insert("t", [(number, *row) for number, row in enumerate(rows)])
    target.execute(
        "CREATE TABLE t (k integer PRIMARY KEY, name varchar(5), code char(4), big integer, "
        "price numeric(8,2), seen timestamp, ratio real, yes boolean, needed integer NOT NULL)"
    )
    with open_source() as source:
        plan = plan_transfer(source, database_login)
        found = list(measure_compatibility(plan, source))
    assert counted(found) == {
        ("NAME", "too_long"): 1,
        ("NAME", "blanks"): 1,
        ("CODE", "too_long"): 1,
        ("CODE", "blanks"): len(rows) - 1,
        ("BIG", "range"): 1,
        ("PRICE", "scale"): 1,
        ("PRICE", "range"): 1,
        ("SEEN", "nanoseconds"): 1,
        ("RATIO", "digits"): 1,
        ("YES", "truth"): 1,
        ("NEEDED", "null"): 1,
    }
    longest = {incompatible.column: incompatible.longest for incompatible in found}
    assert (longest["NAME"], longest["CODE"], longest["BIG"]) == (12, 8, None)


def test_columns_and_tables_that_cannot_be_incompatible_are_not_read(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run(
        "CREATE TABLE numbers (k INTEGER NOT NULL PRIMARY KEY, d DECIMAL(5,2), b VARCHAR(9) "
        "FOR BIT DATA, day DATE)",
        "CREATE TABLE mixed (k INTEGER NOT NULL PRIMARY KEY, note VARCHAR(9))",
    )
    target.execute("CREATE TABLE numbers (k bigint PRIMARY KEY, d numeric(9,2), b bytea, day date)")
    target.execute("CREATE TABLE mixed (k integer PRIMARY KEY, note varchar(90))")
    with open_source() as source:
        plan = plan_transfer(source, database_login)
    measured = {
        table.name: [column.source for column in measured_columns(table)] for table in plan.tables
    }
    assert measured == {"numbers": [], "mixed": ["NOTE"]}


def test_rows_too_long_to_be_carried_are_counted(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a BLOB, b BLOB)")
    half = bytes(34 * 1024 * 1024)
    derby.insert("t", [(1, half, half), (2, half, None)])
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a bytea, b bytea)")
    with open_source() as source:
        (incompatible,) = measure_compatibility(plan_transfer(source, database_login), source)
    assert (incompatible.table, incompatible.column, incompatible.kind, incompatible.count) == (
        "T",
        "",
        "row",
        1,
    )
    assert incompatible.longest is not None
    assert incompatible.longest > 2 * len(half)


def test_a_scan_can_be_ended_and_the_reader_goes_on(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run(
        "CREATE TABLE t (k INTEGER NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a CHAR(1))",
        "INSERT INTO t (a) VALUES ('x')",
        *["INSERT INTO t (a) SELECT a FROM t"] * 18,
    )
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a char(1))")

    def stop(rows: int) -> None:
        assert 0 < rows < 2**18
        raise KeyboardInterrupt

    with open_source() as source:
        plan = plan_transfer(source, database_login)
        with pytest.raises(KeyboardInterrupt):
            list(measure_compatibility(plan, source, on_rows=stop))
        seen: list[int] = []
        assert list(measure_compatibility(plan, source, on_rows=seen.append)) == []
    assert seen[-1] == 2**18


# Text that goes wrong in every way there is, in a column of five characters.
wild = st.lists(
    st.none()
    | st.text(st.sampled_from(["a", " ", "\0", "ä", "\U0001f600", "\ud83d", "\ude00"]), max_size=9),
    min_size=1,
    max_size=30,
)
ROOM = 5


def characters(text: str) -> list[str]:
    """The text as Java pairs it up: two halves that stand together are one character."""
    joined = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
    return list(joined)


def is_half(character: str) -> bool:
    return 0xD800 <= ord(character) <= 0xDFFF


def converted(text: str) -> str | None:
    """What the target should hold; None when even so it does not fit."""
    kept = ["\ufffd" if is_half(each) else each for each in characters(text) if each != "\0"]
    shown = "".join(kept)
    if len(shown) > ROOM and len(shown.rstrip(" ")) <= ROOM:
        return shown.rstrip(" ")
    return shown if len(shown) <= ROOM else None


def run_all(
    plan: TransferPlan, source: Any, login: DatabaseLogin, target: Target
) -> dict[int, str | None]:
    copy(plan, source=source, login=login, run_id=RUN, settings=SMALL_CHUNKS)
    (verdict,) = verify(plan, source=source, login=login, run_id=RUN)
    assert verdict.equal
    return dict(target.execute("SELECT k, a FROM t").fetchall())


@FEW
@given(texts=wild)
def test_wild_text_is_counted_kept_back_or_converted_exactly(
    texts: list[str | None],
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
) -> None:
    if not derby.directory.exists():
        derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(50))")
    derby.run("DELETE FROM t")
    insert_texts(derby, "t", texts)
    pieces = {number: characters(text) for number, text in enumerate(texts) if text is not None}
    nul = {number for number, text in pieces.items() if "\0" in text}
    half = {number for number, text in pieces.items() if any(map(is_half, text))}
    for treatments in (REJECT, CONVERT):
        target.execute("DROP TABLE IF EXISTS t, lg_table, lg_chunk, lg_reject, lg_deferred")
        target.execute(f"CREATE TABLE t (k integer PRIMARY KEY, a varchar({ROOM}))")
        with open_source() as source:
            plan = plan_transfer(source, database_login, treatments=treatments)
            found = counted(list(measure_compatibility(plan, source)))
            arrived = run_all(plan, source, database_login, target)
            rejects = list_rejects(database_login, run_id=RUN)
        assert found.get(("A", "nul"), 0) == len(nul)
        assert found.get(("A", "character"), 0) == len(half)
        if treatments is CONVERT:
            wanted = {
                number: None if text is None else converted(text)
                for number, text in enumerate(texts)
            }
            rejected = {n for n, text in pieces.items() if converted("".join(text)) is None}
            assert found.get(("A", "too_long"), 0) == len(rejected)
        else:
            rejected = nul | half | {n for n, text in pieces.items() if len(text) > ROOM}
            wanted = {n: "".join(pieces[n]) if n in pieces else None for n in range(len(texts))}
        assert arrived == {n: text for n, text in wanted.items() if n not in rejected}
        assert {reject.key for reject in rejects} == {f'["{number}"]' for number in rejected}


@pytest.mark.parametrize(
    ("precision", "kept"), [(6, ".123456"), (3, ".123000"), (0, "")], ids=["6", "3", "0"]
)
def test_finer_times_are_cut_or_kept_back_as_said(  # noqa: PLR0917
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    precision: int,
    kept: str,
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a TIMESTAMP)")
    fine, whole = "1969-12-31 23:59:59.123456789", "2024-01-01 00:00:00"
    derby.insert("t", [(1, fine), (2, whole), (3, None)])
    for treatments, wanted in (
        (CONVERT, {1: f"1969-12-31 23:59:59{kept}", 2: whole, 3: None}),
        (REJECT, {2: whole, 3: None}),
        ({}, {2: whole, 3: None}),
    ):
        target.execute("DROP TABLE IF EXISTS t, lg_table, lg_chunk, lg_reject, lg_deferred")
        target.execute(f"CREATE TABLE t (k integer PRIMARY KEY, a timestamp({precision}))")
        with open_source() as source:
            plan = plan_transfer(source, database_login, treatments=treatments)
            assert counted(list(measure_compatibility(plan, source))) == {("A", "nanoseconds"): 1}
            arrived = run_all(plan, source, database_login, target)
        texts = {k: None if at is None else str(at) for k, at in arrived.items()}
        assert texts == wanted


def test_blanks_that_padding_would_swallow_are_kept_back_or_let_go(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(9), b CHAR(9))")
    derby.insert("t", [(1, "a ", "b"), (2, "a", "b"), (3, "a" + " " * 8, "b")])
    for treatments, keys in ((CONVERT, [1, 2, 3]), (REJECT, [2])):
        target.execute("DROP TABLE IF EXISTS t, lg_table, lg_chunk, lg_reject, lg_deferred")
        target.execute("CREATE TABLE t (k integer PRIMARY KEY, a char(5), b char(9))")
        with open_source() as source:
            plan = plan_transfer(source, database_login, treatments=treatments)
            assert counted(list(measure_compatibility(plan, source))) == {("A", "blanks"): 2}
            arrived = run_all(plan, source, database_login, target)
        assert arrived == dict.fromkeys(keys, "a    ")


def test_characters_that_the_code_page_lacks_are_counted_kept_back_or_replaced(
    derby: DerbySample,
    open_source: OpenSource,
    postgresql: EmbeddedPostgreSQL,
    database_login: DatabaseLogin,
) -> None:
    login = replace(database_login, name=f"{database_login.name}_latin1")
    postgresql.create_database(login.name, owner=login.user, encoding="LATIN1")
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(9), c CLOB)")
    texts = ["Zoë", "Łódź", "10 €", "\U0001f600", "plain"]
    derby.insert("t", [(number, text, text) for number, text in enumerate(texts)])
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password, autocommit=True) as target:
        for treatments, wanted in (
            (CONVERT, ["Zoë", "?ód?", "10 ?", "?", "plain"]),
            (REJECT, ["Zoë", "plain"]),
        ):
            target.execute("DROP TABLE IF EXISTS t, lg_table, lg_chunk, lg_reject, lg_deferred")
            target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(9), c text)")
            with open_source() as source:
                plan = plan_transfer(source, login, treatments=treatments)
                assert counted(list(measure_compatibility(plan, source))) == {
                    ("A", "character"): 3,
                    ("C", "character"): 3,
                }
                run_all(plan, source, login, target)
            rows = target.execute("SELECT a, c FROM t ORDER BY k").fetchall()
            assert rows == [(text, text) for text in wanted]


def test_a_target_of_the_bmp_alone_takes_no_character_beyond(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(9))")
    derby.insert("t", [(1, "a\U0001f600b"), (2, "€")])
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(9))")
    with open_source() as source:
        plan = plan_transfer(source, database_login, treatments=CONVERT)
        (table,) = plan.tables
        columns = tuple(
            replace(column, options=(*column.options, "charset=bmp")) if column.options else column
            for column in table.columns
        )
        plan = replace(plan, tables=(replace(table, columns=columns),))
        assert counted(list(measure_compatibility(plan, source))) == {("A", "character"): 1}
        assert run_all(plan, source, database_login, target) == {1: "a\ufffdb", 2: "€"}


def test_a_key_is_never_changed_so_no_two_rows_become_one(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k VARCHAR(9) NOT NULL PRIMARY KEY, a VARCHAR(9))")
    derby.insert("t", [("a", "1"), ("a\0", "2"), ("b", "3\0")])
    target.execute("CREATE TABLE t (k varchar(9) PRIMARY KEY, a varchar(9))")
    alone = TransferSettings(chunk_rows=1, exclusive=True)
    with open_source() as source:
        plan = plan_transfer(source, database_login, treatments=CONVERT)
        assert {(each.column, each.in_key) for each in measure_compatibility(plan, source)} == {
            ("K", True),
            ("A", False),
        }
        copy(plan, source=source, login=database_login, run_id=RUN, settings=alone)
        (verdict,) = verify(plan, source=source, login=database_login, run_id=RUN)
    assert target.execute("SELECT k, a FROM t ORDER BY k").fetchall() == [("a", "1"), ("b", "3")]
    (reject,) = list_rejects(database_login, run_id=RUN)
    assert (reject.column, reject.preview) == ("K", "a\\0")
    assert verdict.equal
