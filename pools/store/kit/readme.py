"""README.txt: the order of the files, what else has to be done, and what was tried."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from pools.databases.engines import ENGINES
from pools.databases.kit_order import KitOrder
from pools.databases.quoting import in_comment
from pools.domain.notes_ini import AUTO_SCHEMA_SPELLINGS
from pools.store.kit.kit_file import KitFile
from pools.store.kit.next_file import UnknownLevelFound, next_file

WIDTH = 88
VENDOR_SPELLING, ARTICLE_SPELLING = AUTO_SCHEMA_SPELLINGS

NOTES_INI = (
    "notes.ini of every Traveler server in this pool has to tell Traveler to leave the tables "
    "alone. The vendor's documentation of releases 10 to 12 writes the first of these lines, the "
    "article on release 8.5.3 the second; which release reads which is not documented. The console "
    "looks for the second on servers of 8.5.x and for the first on all others, unless the server's "
    "command profile names one. To go back to the automatic mode, take the line out."
)
VENDOR_DDL = (
    "Traveler ships DDL files of its own in the folder traveler/cfg/db of its data directory. "
    "Where your release has them, they say what Traveler itself needs; these here make the tables "
    "that the console knows."
)
HOW = (
    "Each file has its own command line in its head. Stop at the first error. There is no "
    "password in any of these files."
)
READ_AGAIN = (
    "Afterwards open “Schema for the DBA” on the pool's page and choose “Read the level again”."
)


def readme(order: KitOrder, files: Sequence[KitFile]) -> str:
    dialect = ENGINES[order.engine].kit
    paragraphs = [
        f"The schema of the pool {in_comment(order.pool)}, for its database administrator.",
        f"{in_comment(order.configuration)}: {in_comment(order.place)}",
        what_now(order),
        "\n".join(["In the order of their use:", *(_listed(file) for file in files)]),
        f"Run by: {dialect.who}. {HOW}",
        *_other_name(order),
        NOTES_INI,
        f"  {VENDOR_SPELLING}=false\n  {ARTICLE_SPELLING}=false",
        READ_AGAIN,
        *dialect.notes,
        VENDOR_DDL,
        dialect.tried,
        "\n".join(["SHA-256:", *(f"{file.sha256}  {file.name}" for file in files)]),
    ]
    return "\n\n".join(_wrapped(paragraph) for paragraph in paragraphs) + "\n"


def what_now(order: KitOrder) -> str:
    """Which of the files this database needs, as far as its level is known."""
    try:
        file = next_file([level.name for level in order.levels], order.level_found)
    except UnknownLevelFound as error:
        return f"{error} {error.remedy}"
    if not file:
        return f"The database is at level {order.level_needed}, the one needed: leave its tables."
    found = order.level_found or "none"
    return f"Level found: {found}. Level needed: {order.level_needed}. For the tables run {file}."


def _other_name(order: KitOrder) -> list[str]:
    made = in_comment(order.new.alias or order.new.name)
    if made.casefold() == in_comment(order.opened_name).casefold():
        return []
    opened = in_comment(order.opened_name)
    names = f"The console opens a database called {opened}, and these files are for {made}"
    return [f"{names}: change one of them."]


def _listed(file: KitFile) -> str:
    return f"  {file.name}\n      {file.does}"


def _wrapped(paragraph: str) -> str:
    return (
        paragraph if "\n" in paragraph else textwrap.fill(paragraph, WIDTH, break_on_hyphens=False)
    )
