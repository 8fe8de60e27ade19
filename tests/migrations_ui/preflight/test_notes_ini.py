"""What a server's notes.ini says of the schema, judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrations_ui.preflight.facts import Facts
from migrations_ui.states import Outcome
from pools.domain.notes_ini import parse
from tests.migrations_ui.preflight.facts import GOOD, database, host, require_verdict, verdict

PASSED, WARNING, BLOCKER = Outcome.PASSED, Outcome.WARNING, Outcome.BLOCKER


def manual(ini: str) -> Facts:
    """A database in the manual mode, and this notes.ini."""
    return replace(database(automatic_schema=False), host=replace(GOOD.host, notes_ini=parse(ini)))


def left(ini: str) -> Facts:
    """A database whose tables are left as they are, and this notes.ini."""
    return replace(database(automatic_schema=None), host=replace(GOOD.host, notes_ini=parse(ini)))


def schema(ini: str, *, entered: str = "", user: str = "lntuser") -> Facts:
    """A Db2 database with this schema entered, and this notes.ini."""
    facts = database(schema=entered, user=user, schema_parameter="NTS_DB2_SCHEMA")
    return replace(facts, host=replace(GOOD.host, notes_ini=parse(ini)))


CASES: list[tuple[str, Facts, Outcome, str]] = [
    ("auto_schema", database(automatic_schema=False), BLOCKER, "manual"),
    ("auto_schema", host(notes_ini=parse("NTS_AUTO_DBSCHEMA=false")), BLOCKER, "automatic"),
    (
        "auto_schema",
        host(notes_ini=parse("NTS_AUTO_DB_SCHEMA=false")),
        WARNING,
        "NTS_AUTO_DBSCHEMA",
    ),
    (
        "auto_schema",
        replace(
            database(automatic_schema=False),
            host=replace(GOOD.host, notes_ini=parse("NTS_AUTO_DBSCHEMA=false")),
        ),
        PASSED,
        "NTS_AUTO_DBSCHEMA=false",
    ),
    (
        "auto_schema",
        manual("NTS_AUTO_DB_SCHEMA=false"),
        BLOCKER,
        "this release reads NTS_AUTO_DBSCHEMA",
    ),
    ("auto_schema", manual("NTS_AUTO_DBSCHEMA=maybe"), BLOCKER, "neither true nor false"),
    (
        "auto_schema",
        manual("NTS_AUTO_DBSCHEMA=false\nNTS_AUTO_DBSCHEMA=true"),
        BLOCKER,
        "set more than once",
    ),
    (
        "auto_schema",
        manual("NTS_AUTO_DBSCHEMA=false\nnts_auto_dbschema=false"),
        WARNING,
        "set more than once",
    ),
    (
        "auto_schema",
        manual("NTS_AUTO_DBSCHEMA=false\nNTS_AUTO_DB_SCHEMA=true"),
        WARNING,
        "contradict one another",
    ),
    (
        "auto_schema",
        manual("NTS_AUTO_DBSCHEMA=false\nNTS_AUTO_DB_SCHEMA=false"),
        PASSED,
        "NTS_AUTO_DB_SCHEMA=false",
    ),
    ("auto_schema", left("NTS_AUTO_DBSCHEMA=false"), PASSED, "leaves the tables as they are"),
    ("auto_schema", left(""), PASSED, "not set"),
    (
        "auto_schema",
        left("NTS_AUTO_DBSCHEMA=false\nNTS_AUTO_DB_SCHEMA=true"),
        WARNING,
        "contradict one another",
    ),
    ("schema_name", GOOD, PASSED, "does not take its schema from notes.ini"),
    ("schema_name", schema(""), PASSED, "LNTUSER"),
    ("schema_name", schema("NTS_DB2_SCHEMA=LNT", entered="LNT"), PASSED, "LNT"),
    ("schema_name", schema("", entered="LNTUSER"), PASSED, "LNTUSER"),
    ("schema_name", schema("", entered="LNT"), BLOCKER, "works in the schema LNTUSER"),
    ("schema_name", schema("NTS_DB2_SCHEMA=LNT"), BLOCKER, "rows, which go into LNTUSER"),
    (
        "schema_name",
        schema("NTS_DB2_SCHEMA=LNT\nNTS_DB2_SCHEMA=X", entered="LNT"),
        BLOCKER,
        "LNT or X",
    ),
    (
        "schema_name",
        replace(schema("", entered="LNT"), host=replace(GOOD.host, notes_ini=None)),
        BLOCKER,
        "Not seen",
    ),
    (
        "notes_ini",
        host(notes_ini=parse("NTS_JAVA_PARMS=" + "x" * 257)),
        WARNING,
        "more than 256 characters in NTS_JAVA_PARMS",
    ),
    ("notes_ini", host(notes_ini=parse("NTS_A=" + "x" * 256)), PASSED, "256"),
    ("notes_ini", host(notes_ini=parse("OTHER=" + "x" * 300)), PASSED, "256"),
    ("notes_ini", host(notes_ini=None), WARNING, "Not seen"),
]


@pytest.mark.parametrize(
    ("check_id", "facts", "outcome", "seen"),
    CASES,
    ids=[f"{check_id} {outcome} {seen}" for check_id, _facts, outcome, seen in CASES],
)
def test_a_check_tells_what_it_saw(
    check_id: str, facts: Facts, outcome: Outcome, seen: str
) -> None:
    require_verdict(check_id, facts, outcome, seen)


@pytest.mark.parametrize(
    ("facts", "remedy"),
    [
        (manual(""), "Write into notes.ini: NTS_AUTO_DBSCHEMA=false "),
        (
            manual("NTS_AUTO_DBSCHEMA=True"),
            (
                "Take out of notes.ini: NTS_AUTO_DBSCHEMA=True. "
                "Write into notes.ini: NTS_AUTO_DBSCHEMA=false "
            ),
        ),
        (
            host(notes_ini=parse("NTS_AUTO_DBSCHEMA=false")),
            "Take out of notes.ini: NTS_AUTO_DBSCHEMA=false. ",
        ),
        (
            replace(
                manual(""),
                host=replace(
                    GOOD.host, notes_ini=parse(""), auto_schema_parameter="NTS_AUTO_DB_SCHEMA"
                ),
            ),
            "Write into notes.ini: NTS_AUTO_DB_SCHEMA=false ",
        ),
    ],
)
def test_the_remedy_has_the_exact_line(facts: Facts, remedy: str) -> None:
    assert verdict("auto_schema", facts).remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("facts", "remedy"),
    [
        (schema("", entered="LNT"), "Write into notes.ini: NTS_DB2_SCHEMA=LNT"),
        (
            schema("nts_db2_schema=lnt", entered="LNT"),
            ("Take out of notes.ini: NTS_DB2_SCHEMA=lnt. Write into notes.ini: NTS_DB2_SCHEMA=LNT"),
        ),
        (
            schema("NTS_DB2_SCHEMA=LNT\nNTS_DB2_SCHEMA=X", entered="LNT"),
            "Take out of notes.ini: NTS_DB2_SCHEMA=X.",
        ),
        (
            schema("NTS_DB2_SCHEMA=LNT"),
            (
                "Enter the schema of the pool's tables on the page of Acme EU database, or: "
                "Take out of notes.ini: NTS_DB2_SCHEMA=LNT."
            ),
        ),
    ],
)
def test_the_remedy_has_the_line_that_names_the_schema(facts: Facts, remedy: str) -> None:
    assert verdict("schema_name", facts).remedy == remedy
