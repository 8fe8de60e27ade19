"""One engine's part of the schema kit for a DBA, and the few texts that all engines share."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pools.databases.kit_order import KitOrder, NewDatabase


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be typed into one field: the whole text has to match `pattern`."""

    pattern: str
    message: str
    longest: int
    required: bool = False

    def complaint(self, text: str) -> str:
        """What is wrong with the text, or nothing."""
        if not text:
            return "Fill this in." if self.required else ""
        if len(text) > self.longest:
            return f"At most {self.longest} characters; this has {len(text)}."
        if not text.isprintable() or re.fullmatch(self.pattern, text) is None:
            return self.message
        return ""


@dataclass(frozen=True, slots=True)
class KitDialect:
    """One engine's part of a kit.

    `rules`: the fields of NewDatabase that its create script uses. `schema` names where the
    tables stand. `run(order, file)` is the command line for a file, `who` the person who may.
    `tables(order, sql, empty)` puts statements into the frame in which they are run; a database
    that is `empty` needs its schema as well. `notes` go into the README; `tried` says what of
    the files was run in our tests.
    """

    rules: Mapping[str, Rule]
    who: str
    run: Callable[[KitOrder, str], str]
    schema: Callable[[KitOrder], str]
    create_database: Callable[[KitOrder], str]
    tables: Callable[[KitOrder, str, bool], str]
    grants: Callable[[KitOrder], str]
    verify: Callable[[KitOrder], str]
    notes: tuple[str, ...]
    tried: str

    def complaints(self, new: NewDatabase) -> dict[str, str]:
        """What is wrong with the input, by field."""
        found = {name: rule.complaint(getattr(new, name)) for name, rule in self.rules.items()}
        return {name: complaint for name, complaint in found.items() if complaint}


# Names that any engine's quoting can carry; the engines that take less have their own pattern.
ANY_NAME = r".+"
WIDTH = 96
NAME_MESSAGE = "A name has no line breaks and no control characters."


def missing_columns(rows: Iterable[tuple[str, str]], catalog: str) -> str:
    """A query that lists what of `rows` the view `catalog` does not have.

    `catalog` is the FROM … WHERE … of the engine's own view, as `c`, without its end.
    """
    by_table: dict[str, list[str]] = {}
    for table, column in rows:
        by_table.setdefault(table, []).append(f"('{table}', '{column}')")
    values = ",\n  ".join(_wrapped(", ".join(pairs)) for pairs in by_table.values())
    return (
        "SELECT w.table_name AS missing_in_table, w.column_name AS missing_column\n"
        f"FROM (VALUES\n  {values}\n) AS w (table_name, column_name)\n"
        f"WHERE NOT EXISTS (SELECT 1 {catalog})\n"
        "ORDER BY 1, 2;"
    )


def level_query(order: KitOrder, table: str = "") -> str:
    """The level found beside the level needed. `table`: its name, quoted where that is needed."""
    return (
        f"SELECT MAX(level) AS level_found, '{order.level_needed}' AS level_needed\n"
        f"FROM {table or order.level_table} WHERE operations_done = operations_total;"
    )


def _wrapped(pairs: str) -> str:
    # Only between two pairs: none of these names holds a blank.
    together = pairs.replace("', '", "','")
    return textwrap.fill(together, WIDTH, subsequent_indent="    ")
