"""Checks of what the server's notes.ini says of the schema (domain.md 4)."""

from __future__ import annotations

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    blocker_by_host,
    blocks_migration_only,
    not_seen,
    passed,
    warning,
)
from pools.domain.notes_ini import (
    LONGEST_VALUE,
    AutoSchema,
    AutoSchemaLint,
    lint_auto_schema,
    long_values,
    read_auto_schema,
)

GROUP = "server"


def auto_schema_agrees(facts: Facts) -> CheckVerdict:
    if facts.host.notes_ini is None:
        return not_seen(facts, "notes_ini")
    parameter, automatic = facts.host.auto_schema_parameter, facts.database.automatic_schema
    read = read_auto_schema(facts.host.notes_ini, parameter=parameter)
    if automatic is None:
        return _left_to_traveler(read)
    lint = lint_auto_schema(facts.host.notes_ini, parameter=parameter, automatic=automatic)
    stated = _stated(read)
    seen = " ".join([f"notes.ini: {stated}.", *lint.problems])
    if lint.obeyed is not automatic:
        mode = "automatic" if automatic else "manual"
        return blocker(
            f"{seen} The database is set to the {mode} schema mode.", _auto_schema_remedy(lint)
        )
    if lint.problems:
        return warning(seen, _auto_schema_remedy(lint))
    return passed(f"notes.ini: {stated}")


def _left_to_traveler(read: AutoSchema) -> CheckVerdict:
    """The tables are left as they are here; whether Traveler changes them is not our question."""
    stated = _stated(read)
    if read.remarks:
        return warning(
            " ".join([f"notes.ini: {stated}.", *read.remarks]),
            "Leave one line, the one that says whether Traveler is to upgrade the tables.",
        )
    return passed(f"notes.ini: {stated}. This console leaves the tables as they are.")


def _stated(read: AutoSchema) -> str:
    return ", ".join(f"{name}={value}" for name, value in read.found) or "not set"


def _auto_schema_remedy(lint: AutoSchemaLint) -> str:
    """The exact lines. The sources differ on the spelling, so the profile has it (domain.md 4)."""
    steps = []
    if lint.take_out:
        steps.append(f"Take out of notes.ini: {', '.join(lint.take_out)}.")
    if lint.write:
        steps.append(f"Write into notes.ini: {lint.write}")
    steps.append(
        "(Another spelling is chosen in the command profile: HCL's documentation of 10 to 12 has "
        "NTS_AUTO_DBSCHEMA, the article on 8.5.3 NTS_AUTO_DB_SCHEMA.)"
    )
    return " ".join(steps)


def notes_ini_values_fit(facts: Facts) -> CheckVerdict:
    if facts.host.notes_ini is None:
        return not_seen(facts, "notes_ini")
    names = long_values(facts.host.notes_ini)
    if names:
        return warning(
            f"notes.ini: more than {LONGEST_VALUE} characters in {', '.join(names)}.",
            "Shorten the value; where the vendor has a parameter of that name with _EXT, go on "
            "in that one.",
        )
    return passed(f"No Traveler parameter has more than {LONGEST_VALUE} characters.")


def schema_agrees(facts: Facts) -> CheckVerdict:
    """Where notes.ini names the schema, Traveler would open another one than the rows are in.

    Names are compared as they are written: whether Traveler folds them is not documented.
    """
    database, parameter = facts.database, facts.database.schema_parameter
    if not parameter:
        return passed(f"{database.engine} does not take its schema from notes.ini.")
    if facts.host.notes_ini is None:
        return blocker_by_host(facts, "notes_ini")
    ours = database.schema or database.user.upper()
    values = [value for value in facts.host.notes_ini.values(parameter) if value]
    theirs = set(values or [database.user.upper()])
    if theirs == {ours}:
        return passed(f"Traveler and this console work in the schema {ours}.")
    stated = [f"{parameter}={value}" for value in values]
    wrong = [line for line in stated if line != f"{parameter}={ours}"]
    seen = (
        f"notes.ini: {', '.join(stated) or f'{parameter} is not set'}. So Traveler works in the "
        f"schema {' or '.join(sorted(theirs))}, and would not find the rows, which go into {ours}."
    )
    out = f"Take out of notes.ini: {', '.join(wrong)}."
    if not database.schema:
        return blocker(
            seen, f"Enter the schema of the pool's tables on the page of {database.name}, or: {out}"
        )
    write = f"Write into notes.ini: {parameter}={ours}"
    steps = [out] * bool(wrong) + [write] * (ours not in values)
    return blocker(seen, " ".join(steps))


# Traveler reads these when it starts in the pool.
CHECKS: tuple[Check, ...] = (
    Check(
        "auto_schema",
        GROUP,
        "Schema parameter agrees with the mode",
        blocks_migration_only(auto_schema_agrees),
    ),
    Check(
        "schema_name",
        GROUP,
        "Traveler works in the same schema",
        blocks_migration_only(schema_agrees),
    ),
    Check("notes_ini", GROUP, "Values in notes.ini are short enough", notes_ini_values_fit),
)
