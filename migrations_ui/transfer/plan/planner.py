"""What will be copied, from where to where, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.key_deferral import (
    KeyDeferral,
    describe_deferral,
    how_to_defer,
    why_not,
)
from migrations_ui.transfer.obstacles import ANY_NAME, IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.plan.name_matching import Pair, pair_names
from migrations_ui.transfer.plan.table_order import parents_first
from migrations_ui.transfer.tables import (
    ColumnPlan,
    ForeignKey,
    IgnoredObject,
    SourceColumn,
    SourceTable,
    TablePlan,
    TargetColumn,
    TargetTable,
)
from migrations_ui.transfer.value_loss import Treatments, column_options
from pools.databases.connection import DatabaseLogin

TEXT = frozenset({"CHAR", "VARCHAR", "LONG VARCHAR", "CLOB"})
BITS = frozenset(
    {"CHAR () FOR BIT DATA", "VARCHAR () FOR BIT DATA", "LONG VARCHAR FOR BIT DATA", "BLOB"}
)
WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})

MICROSECOND_PLACES = 6

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
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """Tables biggest first, but parents before those that refer to them. `left_out` are those of
    the source that were excluded.

    A plan with a blocking finding cannot be copied.
    """

    tables: tuple[TablePlan, ...]
    findings: tuple[PlanFinding, ...]
    left_out: tuple[SourceTable, ...] = ()
    index_limits: Mapping[str, tuple[IndexLimit, ...]] = field(default_factory=dict)

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    @property
    def row_count(self) -> int:
        return sum(table.row_count for table in self.tables)


@dataclass(frozen=True, slots=True)
class Circles:
    """What the engine can do where tables refer to each other: see `SchemaEditor.deferral`."""

    foreign_keys: tuple[ForeignKey, ...] = ()
    deferral: KeyDeferral = KeyDeferral.NEVER
    alone: bool = True
    by_statement: bool = True


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What the target says of its tables, and of what is there in a table's place."""

    by_name: Mapping[str, tuple[TargetProblem, ...]] = field(default_factory=dict)
    name_limit: NameLimit = ANY_NAME

    def of(self, table: SourceTable, name: str) -> Iterator[PlanFinding]:
        """About the target's table `name`, where the rows are to go."""
        for each in self.by_name.get(name, ()):
            blocks = each.blocks and table.row_count > 0
            yield PlanFinding(table.name, each.column, each.problem, blocks, each.remedy)
        if name.casefold() != table.name.casefold():
            problem = f"{self._too_long()}, so its rows go to {name}."
            yield PlanFinding(table.name, "", problem, blocks=False)

    def instead_of(self, table: SourceTable, rival: SourceTable | None) -> PlanFinding | None:
        """Why there is no table for it, where there is a reason that can be named."""
        cut = self.name_limit.cut(table.name)
        if rival is None:
            for name, problems in self.by_name.items():
                if name.casefold() == cut.casefold():
                    first = problems[0]
                    blocks = table.row_count > 0
                    return PlanFinding(table.name, "", first.problem, blocks, first.remedy)
        if rival is not None or cut == table.name:
            return None
        return PlanFinding(
            table.name,
            "",
            f"The target has no table for it ({table.row_count:,} rows). {self._too_long()}.",
            table.row_count > 0,
            f"Create it in the pool's database as {cut}, which is the beginning of its name.",
        )

    def _too_long(self) -> str:
        limit = self.name_limit
        return f"Its name is longer than the {limit.most} {limit.unit} that the target keeps"


def plan_transfer(
    source: DerbySource,
    login: DatabaseLogin,
    *,
    exclude: Collection[str] = frozenset(),
    treatments: Treatments | None = None,
    alone: bool = True,
) -> TransferPlan:
    """Compare both sides; names meet whatever their case. `exclude` names tables to leave alone.

    `alone`: no server uses the target's tables yet.

    Without `treatments` the reader follows its own rule: nanoseconds are cut, what the target
    cannot hold is rejected. Raises a SourceError, or a `pools.databases.errors.DatabaseError`.
    """
    with open_target(login) as target:
        introspection, schema_editor = target.introspection, target.schema_editor
        target_tables, references = introspection.tables(), introspection.foreign_keys()
        deferral, by_statement = schema_editor.deferral, schema_editor.checks_by_statement
        found = Obstacles(introspection.obstacles(), introspection.name_limit)
        index_limits = introspection.index_limits()
    excluded = {name.casefold() for name in exclude}
    catalog = source.catalog()
    left_out = tuple(table for table in catalog.tables if table.name.casefold() in excluded)
    plan = match_tables(
        [table for table in catalog.tables if table not in left_out],
        target_tables,
        ignored=catalog.ignored,
        treatments=treatments,
        circles=Circles(references, deferral, alone, by_statement),
        obstacles=found,
    )
    return replace(plan, left_out=left_out, index_limits=index_limits)


def match_tables(
    source_tables: Collection[SourceTable],
    target_tables: Collection[TargetTable],
    *,
    ignored: Iterable[IgnoredObject] = (),
    treatments: Treatments | None = None,
    circles: Circles | None = None,
    obstacles: Obstacles | None = None,
) -> TransferPlan:
    """The plan for two introspected sides."""
    in_the_way = obstacles or Obstacles()
    limit = in_the_way.name_limit
    plans: list[TablePlan] = []
    findings: list[PlanFinding] = []
    tables = sorted(source_tables, key=lambda table: (-table.row_count, table.name, table.schema))
    names = [table.name for table in tables]
    pairs = pair_names(names, target_tables, limit)
    for table, pair in zip(tables, pairs, strict=True):
        if pair.match is None:
            rival = None if pair.taken_by is None else tables[pair.taken_by]
            findings.append(in_the_way.instead_of(table, rival) or _unmatched(table, rival))
            continue
        findings.extend(in_the_way.of(table, pair.match.name))
        columns = pair_names([column.name for column in table.columns], pair.match.columns, limit)
        findings.extend(_incompatible_columns(table, pair.match, columns, treatments))
        plans.append(_plan_table(table, pair.match, columns, treatments))
    ordered, cycles = parents_first(plans)
    findings.extend(_cycle(cycle, ordered, circles or Circles()) for cycle in cycles)
    findings.extend(_ignored(each) for each in ignored)
    return TransferPlan(ordered, tuple(findings))


def _unmatched(table: SourceTable, rival: SourceTable | None) -> PlanFinding:
    # An empty table that the target lacks loses nothing.
    blocks = table.row_count > 0
    if rival is None:
        return PlanFinding(
            table.name,
            "",
            f"The target has no table for it ({table.row_count:,} rows).",
            blocks,
            "Bring the schema of the pool's database to the level of this Traveler version.",
        )
    return PlanFinding(
        table.name,
        "",
        f"{rival.schema}.{rival.name} goes to the only table of the target that "
        f"{table.schema}.{table.name} could go to ({table.row_count:,} rows).",
        blocks,
        "Only one of them can be migrated: give the other its own table in the pool's database.",
    )


def _plan_table(
    source: SourceTable,
    target: TargetTable,
    pairs: Collection[Pair[TargetColumn]],
    treatments: Treatments | None,
) -> TablePlan:
    matched = [
        (column, pair.match)
        for column, pair in zip(source.columns, pairs, strict=True)
        if pair.match is not None and _writable(column, pair.match)
    ]
    names = {column.name: match.name for column, match in matched}
    columns = tuple(
        ColumnPlan(
            source=column.name,
            target=match.name,
            source_type=column.type,
            form=match.form if match.nullable else f"{match.form}!",
            options=column_options(match, treatments, in_key=column.name in source.key),
            target_type=match.type,
        )
        for column, match in matched
    )
    complete = all(name in names for name in source.key)
    return TablePlan(
        source=source,
        name=target.name,
        columns=columns,
        key=tuple(names[name] for name in source.key) if complete else (),
        parents=target.parents,
    )


def _incompatible_columns(
    source: SourceTable,
    target: TargetTable,
    pairs: Collection[Pair[TargetColumn]],
    treatments: Treatments | None,
) -> Iterator[PlanFinding]:
    has_rows = source.row_count > 0
    if target.problem:
        yield PlanFinding(source.name, "", target.problem, has_rows)
    for column, pair in zip(source.columns, pairs, strict=True):
        match = pair.match
        if match is None and column.generated:
            problem = "Derby computes it; the target has no such column to write."
            yield PlanFinding(source.name, column.name, problem, blocks=False)
        elif pair.taken_by is not None:
            other = source.columns[pair.taken_by].name
            problem = f"{other} goes to the only column of {target.name} that it could go to."
            remedy = f"Give it a column of its own in {target.name}."
            yield PlanFinding(source.name, column.name, problem, has_rows, remedy)
        elif match is None:
            problem = f"The target table {target.name} has no such column."
            remedy = f"Add the column to {target.name}, or bring the schema to the right level."
            yield PlanFinding(source.name, column.name, problem, has_rows, remedy)
        elif not _writable(column, match):
            problem = f"{column.type} cannot be written to the target's {match.type}."
            remedy = f"Change the type of {target.name}.{match.name} in the pool's database."
            yield PlanFinding(source.name, column.name, problem, has_rows, remedy)
        elif treatments is None and (places := _places_of_a_second(match)) < MICROSECOND_PLACES:
            # With treatments, the values that have more are counted before the copy (`fit`).
            held = f"{places} places" if places else "no fractions"
            problem = f"{match.type} holds {held} of a second: rows with more are kept out."
            yield PlanFinding(source.name, column.name, problem, blocks=False)
    merged = {pair.match.name for pair in pairs if pair.match is not None}
    for required in target.columns:
        if not (required.nullable or required.fills_itself or required.name in merged):
            problem = f"The target requires a value for {required.name}, the source has none."
            remedy = f"Give {target.name}.{required.name} a default, or let it be null."
            yield PlanFinding(source.name, required.name, problem, has_rows, remedy)
    if not source.key:
        problem = "No key: rows are copied and compared as a whole."
        yield PlanFinding(source.name, "", problem, blocks=False)


def _cycle(names: tuple[str, ...], plans: Collection[TablePlan], circles: Circles) -> PlanFinding:
    rows = sum(plan.row_count for plan in plans if plan.name in names)
    to_itself = len(names) == 1
    if to_itself:
        problem = "Its rows refer to rows of the same table, so no order of writing is right."
    else:
        problem = (
            f"{' → '.join((*names, names[0]))}: each refers to the next, so none can be first."
        )
    cut = {name for plan in plans if plan.name == names[0] for name in plan.later}
    keys = [
        key
        for key in circles.foreign_keys
        if key.table == names[0] and key.parent in cut and (key.parent == key.table) is to_itself
    ]
    mode = how_to_defer(
        *(circles.deferral, keys),
        to_itself=to_itself,
        alone=circles.alone,
        by_statement=circles.by_statement,
    )
    reason = why_not(circles.deferral, keys, mode)
    if keys and circles.deferral is not KeyDeferral.NEVER and not reason:
        return PlanFinding(names[0], "", f"{problem} {describe_deferral(keys, mode)}", blocks=False)
    if keys and circles.deferral is not KeyDeferral.NEVER:
        problem += f" {keys[0].name} cannot be deferred: {reason}."
    return PlanFinding(
        names[0],
        "",
        problem,
        rows > 0,
        "Drop one of these foreign keys in the pool's database, and create it again after the "
        "migration.",
    )


def _ignored(each: IgnoredObject) -> PlanFinding:
    word = each.kind.lower()
    problem = f"A {word} holds no rows of its own: it is not copied, its table is."
    return PlanFinding(f"{each.schema}.{each.name}", "", problem, blocks=False)


def _writable(column: SourceColumn, match: TargetColumn) -> bool:
    return column.type in WRITABLE.get(match.form.partition(":")[0], frozenset())


def _places_of_a_second(match: TargetColumn) -> int:
    """How many the target's column holds; the most for what is no time of day and date."""
    kind, *arguments = match.form.split(":")
    held = next((int(word) for word in arguments if word.isdecimal()), MICROSECOND_PLACES)
    return held if kind == "timestamp" else MICROSECOND_PLACES
