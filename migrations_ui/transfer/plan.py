"""What will be copied, from where to where, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.tables import (
    ColumnPlan,
    SourceColumn,
    SourceTable,
    TablePlan,
    TargetColumn,
    TargetTable,
)
from pools.databases.connection import DatabaseLogin

TEXT = frozenset({"CHAR", "VARCHAR", "LONG VARCHAR", "CLOB"})
BITS = frozenset(
    {"CHAR () FOR BIT DATA", "VARCHAR () FOR BIT DATA", "LONG VARCHAR FOR BIT DATA", "BLOB"}
)
WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})

MICROSECOND_PLACES = 6

Named = TypeVar("Named", SourceColumn, TargetColumn, TargetTable)

# Which Derby types a form can be written from.
WRITABLE: dict[str, frozenset[str]] = {
    "text": TEXT,
    "varchar": TEXT,
    "bpchar": TEXT,
    "bytea": BITS,
    "int1": WHOLE | {"BOOLEAN"},
    "int2": WHOLE,
    "int4": WHOLE,
    "int8": WHOLE,
    "bool": WHOLE | {"BOOLEAN"},
    "numeric": WHOLE | {"DECIMAL", "NUMERIC"},
    "float4": frozenset({"REAL", "DOUBLE"}),
    "float8": frozenset({"REAL", "DOUBLE"}),
    "date": frozenset({"DATE"}),
    "time": frozenset({"TIME"}),
    "timestamp": frozenset({"TIMESTAMP"}),
}


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """Something that does not fit; `column` is empty when it concerns the whole table."""

    table: str
    column: str
    problem: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """Tables biggest first. A plan with a blocking finding cannot be copied."""

    tables: tuple[TablePlan, ...]
    findings: tuple[PlanFinding, ...]

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    @property
    def row_count(self) -> int:
        return sum(table.row_count for table in self.tables)


def plan_transfer(
    source: DerbySource, login: DatabaseLogin, *, exclude: Collection[str] = frozenset()
) -> TransferPlan:
    """Compare both sides; names meet whatever their case. `exclude` names tables to leave alone.

    Raises a SourceError, or a `pools.databases.errors.DatabaseError`.
    """
    with open_target(login) as target:
        target_tables = target.tables()
    excluded = {name.casefold() for name in exclude}
    source_tables = [table for table in source.tables() if table.name.casefold() not in excluded]
    return match_tables(source_tables, target_tables)


def match_tables(
    source_tables: Collection[SourceTable], target_tables: Collection[TargetTable]
) -> TransferPlan:
    """The plan for two introspected sides."""
    plans: list[TablePlan] = []
    findings: list[PlanFinding] = []
    taken: dict[str, str] = {}
    for table in sorted(source_tables, key=lambda table: (-table.row_count, table.name)):
        found = _by_name(table.name, target_tables)
        if found is None:
            # An empty table that the target lacks loses nothing.
            problem = f"The target has no table for it ({table.row_count:,} rows)."
            findings.append(PlanFinding(table.name, "", problem, blocks=table.row_count > 0))
        elif found.name in taken:
            problem = f"{taken[found.name]} goes to the same table {found.name} of the target."
            findings.append(PlanFinding(table.name, "", problem, blocks=True))
        else:
            taken[found.name] = f"{table.schema}.{table.name}"
            findings.extend(_misfits(table, found))
            plans.append(_plan_table(table, found))
    return TransferPlan(tuple(plans), tuple(findings))


def _plan_table(source: SourceTable, target: TargetTable) -> TablePlan:
    pairs = [
        (column, match)
        for column in source.columns
        if (match := _by_name(column.name, target.columns)) is not None and _writable(column, match)
    ]
    names = {column.name: match.name for column, match in pairs}
    columns = tuple(
        ColumnPlan(
            source=column.name,
            target=match.name,
            source_type=column.type,
            form=match.form if match.nullable else f"{match.form}!",
        )
        for column, match in pairs
    )
    complete = all(name in names for name in source.key)
    return TablePlan(
        source=source,
        name=target.name,
        columns=columns,
        key=tuple(names[name] for name in source.key) if complete else (),
    )


def _misfits(source: SourceTable, target: TargetTable) -> Iterator[PlanFinding]:
    if target.problem:
        yield PlanFinding(source.name, "", target.problem, blocks=source.row_count > 0)
    for column in source.columns:
        match = _by_name(column.name, target.columns)
        if match is None:
            problem = f"The target table {target.name} has no such column."
            yield PlanFinding(source.name, column.name, problem, blocks=source.row_count > 0)
        elif not _writable(column, match):
            problem = f"{column.type} cannot be written to the target's {match.type}."
            yield PlanFinding(source.name, column.name, problem, blocks=source.row_count > 0)
        elif (places := _places_of_a_second(match.form)) < MICROSECOND_PLACES:
            held = f"{places} places" if places else "no fractions"
            problem = f"{match.type} holds {held} of a second: rows with more are kept out."
            yield PlanFinding(source.name, column.name, problem, blocks=False)
    for required in target.columns:
        fills = required.nullable or required.fills_itself
        if not fills and _by_name(required.name, source.columns) is None:
            problem = f"The target requires a value for {required.name}, the source has none."
            yield PlanFinding(source.name, required.name, problem, blocks=source.row_count > 0)
    if not source.key:
        problem = "No key: rows are copied and compared as a whole."
        yield PlanFinding(source.name, "", problem, blocks=False)


def _writable(column: SourceColumn, match: TargetColumn) -> bool:
    return column.type in WRITABLE.get(match.form.partition(":")[0], frozenset())


def _places_of_a_second(form: str) -> int:
    """How many the target's column holds; the most for what is no time of day and date."""
    kind, *arguments = form.split(":")
    return int(arguments[0]) if kind == "timestamp" and arguments else MICROSECOND_PLACES


def _by_name(name: str, candidates: Collection[Named]) -> Named | None:
    """The exact name if there, else the one that differs only in case."""
    return next(
        (each for each in candidates if each.name == name),
        next((each for each in candidates if each.name.casefold() == name.casefold()), None),
    )
