"""The files for SQL Server, for sqlcmd: GO stands between the batches."""

from __future__ import annotations

from pools.databases.kit_order import KitOrder
from pools.databases.quoting import bracketed, national_literal, shell_word
from pools.databases.schema_kit import (
    ANY_NAME,
    NAME_MESSAGE,
    KitDialect,
    Rule,
    level_query,
    missing_columns,
)

COLLATION = "Latin1_General_100_BIN2"


def run(order: KitOrder, file: str) -> str:
    # -x: a $( in a name is no variable. 65001: the files are UTF-8.
    server = shell_word(f"tcp:{order.host},{order.port}")
    return f"sqlcmd -S {server} -U <DBA> -b -x -f 65001 -i {file}"


def schema(order: KitOrder) -> str:
    return order.schema or "dbo"


def create_database(order: KitOrder) -> str:
    name, path = order.new.name, order.new.path
    lines = [
        "-- Text is Unicode whatever the collation: it only decides which names are the same.",
        f"-- {COLLATION} compares code points, so two names that differ in case or accent",
        "-- stay two, as in Traveler's own database. The names of tables get case-sensitive too;",
        "-- they are written in lower case. No vendor page that we know names a collation: if the",
        "-- documentation of your Traveler release does, put that one here.",
        f"CREATE DATABASE {bracketed(name)}",
    ]
    if path:
        slash = "\\" if "\\" in path or path.endswith(":") else "/"
        folder = path.rstrip("/\\") + slash
        lines += [
            f"  ON PRIMARY {_file(name, folder, 'mdf')}",
            f"  LOG ON {_file(f'{name}_log', folder, 'ldf')}",
        ]
    lines += [f"  COLLATE {COLLATION};", "GO"]
    if order.new.comment:
        lines += [
            f"EXEC {bracketed(name)}.sys.sp_addextendedproperty",
            f"  @name = N'MS_Description', @value = {national_literal(order.new.comment)};",
            "GO",
        ]
    return "\n".join(lines)


def tables(order: KitOrder, sql: str, empty: bool) -> str:
    where = schema(order)
    text = national_literal(where)
    make = national_literal(f"CREATE SCHEMA {bracketed(where)}")
    return "\n".join(
        [
            _use(order),
            *(
                [f"IF SCHEMA_ID({text}) IS NULL EXEC({make});\nGO"]
                if empty and order.schema
                else []
            ),
            _stop_unless(
                f"SCHEMA_NAME() = {text}",
                f"Your default schema in this database is not {where}: "
                "run this file as a user whose default schema it is.",
            ),
            "SET XACT_ABORT ON;",
            "BEGIN TRANSACTION;",
            f"{sql}COMMIT TRANSACTION;",
            "GO",
            "SET NOEXEC OFF;",
            "-- All or nothing: after an error nothing of this file is in the database.",
        ]
    )


def grants(order: KitOrder) -> str:
    where = bracketed(schema(order))
    lines = [_use(order)]
    for login in order.logins:
        name, text = bracketed(login), national_literal(login)
        lines += [
            _stop_unless(
                f"SUSER_ID({text}) IS NOT NULL",
                f"There is no login {login}. Create it with a password of yours first "
                f"(CREATE LOGIN … WITH PASSWORD = …).",
            ),
            f"IF DATABASE_PRINCIPAL_ID({text}) IS NULL",
            f"  CREATE USER {name} FOR LOGIN {name} WITH DEFAULT_SCHEMA = {where};",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::{where} TO {name};",
            "-- During a migration the console keeps its own notes in tables named lg_…; to make",
            "-- them it needs both of these, and ALTER holds for the whole schema.",
            f"GRANT ALTER ON SCHEMA::{where} TO {name};",
            f"GRANT CREATE TABLE TO {name};",
            "GO",
        ]
    return "\n".join([*lines, "SET NOEXEC OFF;"])


def verify(order: KitOrder) -> str:
    where, name = national_literal(schema(order)), national_literal(order.new.name)
    catalog = (
        "FROM INFORMATION_SCHEMA.COLUMNS c\n"
        f"  WHERE c.TABLE_SCHEMA = {where}\n"
        "  AND c.TABLE_NAME = w.table_name AND c.COLUMN_NAME = w.column_name"
    )
    return "\n".join(
        [
            _use(order),
            f"SELECT DATABASEPROPERTYEX({name}, 'Collation') AS collation_of_database;",
            "-- Tables and columns that are missing: no row is as it should be.",
            missing_columns(order.columns, catalog),
            "GO",
            "-- An error here means that there are no tables yet.",
            level_query(order, f"{bracketed(schema(order))}.{bracketed(order.level_table)}"),
            "GO",
        ]
    )


def _file(name: str, folder: str, ending: str) -> str:
    path = national_literal(f"{folder}{name}.{ending}")
    return f"(NAME = {national_literal(name)}, FILENAME = {path})"


def _use(order: KitOrder) -> str:
    return f"USE {bracketed(order.new.name)};\nGO"


def _stop_unless(condition: str, message: str) -> str:
    """Nothing after it is executed, up to SET NOEXEC OFF. The message is an argument, because a
    per cent sign in the format would be read."""
    return "\n".join(
        [
            f"IF NOT ({condition})",
            "BEGIN",
            f"  RAISERROR(N'%s', 16, 1, {national_literal(message)});",
            "  SET NOEXEC ON;",
            "END",
            "GO",
        ]
    )


KIT = KitDialect(
    rules={
        # A database whose log has no name of its own may have 123 characters.
        "name": Rule(ANY_NAME, NAME_MESSAGE, 123, required=True),
        "path": Rule(
            r"[A-Za-z]:[^\"*<>?|:;']*|/[^\"*<>?|:;']*",
            r"A folder on the database server, like D:\Data or /var/opt/mssql/data.",
            200,
        ),
        "comment": Rule(ANY_NAME, NAME_MESSAGE, 200),
    },
    who="a member of sysadmin, or of dbcreator and securityadmin",
    run=run,
    schema=schema,
    create_database=create_database,
    tables=tables,
    grants=grants,
    verify=verify,
    notes=(),
    tried="No SQL Server runs in Lifeguard's tests: these files are compared with what they "
    "should be, and were never executed.",
)
