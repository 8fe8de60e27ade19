"""How the tables of a database stand, in words and shapes."""

from __future__ import annotations

from dataclasses import dataclass

from pools.models import DatabaseConfiguration
from pools.services.schema_levels import SchemaState, standing_of
from pools.states import SchemaMode

TONES: dict[SchemaState, str] = {
    SchemaState.UNREAD: "unknown",
    SchemaState.RIGHT: "good",
    SchemaState.EMPTY: "warn",
    SchemaState.BEHIND: "warn",
    SchemaState.UNKNOWN: "bad",
    SchemaState.LEFT: "unknown",
}
SENTENCES: dict[SchemaState, str] = {
    SchemaState.UNREAD: "Nobody has read the level yet. Read it, then this says which file to run.",
    SchemaState.RIGHT: "The tables are as needed: there is nothing to run.",
    SchemaState.EMPTY: "No tables found, level needed {needed}: run file {file}.",
    SchemaState.BEHIND: "Level found {found}, level needed {needed}: run file {file}.",
    SchemaState.UNKNOWN: (
        "Level found {found}, which this console does not know: it needs {needed}. Another release "
        "of the console has upgraded the tables; use that release here too."
    ),
    SchemaState.LEFT: (
        "The tables that are there are left as they are: there is nothing to run. Each migration "
        "compares them with the server's before it copies a row."
    ),
}
BY_ITSELF = (
    "Level found {found}, level needed {needed}: the next migration creates what is missing."
)


@dataclass(frozen=True, slots=True)
class SchemaStateWords:
    """`file` is empty when there is nothing to run."""

    tone: str
    word: str
    sentence: str
    needed: str
    file: str


def words_of(configuration: DatabaseConfiguration) -> SchemaStateWords:
    """What a page says about the level that was read last."""
    standing = standing_of(configuration)
    sentence = SENTENCES[standing.state]
    automatic = configuration.schema_mode == SchemaMode.AUTOMATIC
    if automatic and standing.file:
        sentence = BY_ITSELF
    found = standing.found or "none"
    return SchemaStateWords(
        tone=TONES[standing.state],
        word=standing.state.label,
        sentence=sentence.format(found=found, needed=standing.needed, file=standing.file),
        needed=standing.needed,
        file=standing.file,
    )
