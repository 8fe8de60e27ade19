"""Which file a database needs now: from the level that was found and the level needed."""

from __future__ import annotations

from collections.abc import Sequence

CREATE_DATABASE = "1-create-database.sql"
CREATE_TABLES = "2-create-tables.sql"
GRANTS = "4-grants.sql"
VERIFY = "5-verify.sql"
README = "README.txt"


def upgrade_file(found: str) -> str:
    return f"3-upgrade-tables-from-{found}.sql"


def next_file(levels: Sequence[str], found: str) -> str:
    """The file to run on a database at level `found` ('' without tables); '' when it is right.

    Raises UnknownLevelFound for a level that this console does not know.
    """
    if not found:
        return CREATE_TABLES
    if found == levels[-1]:
        return ""
    if found not in levels:
        raise UnknownLevelFound(found, levels[-1])
    return upgrade_file(found)


class UnknownLevelFound(ValueError):
    """The database is at a level that this console does not know."""

    remedy = "Another release of the console has upgraded it: use that release here too."

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(
            f"The database is at level {found}, which this console does not know: "
            f"it needs {needed}."
        )
