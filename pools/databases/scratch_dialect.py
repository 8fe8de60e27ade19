"""How one engine creates, finds and drops the schema or database of a rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

SCHEMA, DATABASE = "schema", "database"


@dataclass(frozen=True, slots=True)
class ScratchDialect:
    """How one engine says it.

    `create` and `drop` take {name}, quoted; `create` also {like}, which `like` answers with for the
    pool's own database. `exists` has one parameter, the name, and answers with a number that is not
    0 for yes; so does `may_create`, which has none, unless `missing` lists what the login lacks in
    a database of that name. `listed` gives the names of all such places, `where` the one that a
    connection works in. `grant` is for the DBA and takes {user} and {database}, each through
    `quoted`. `lock_timeout` takes {seconds}, `busy` are the codes of a lock that did not come in
    that time. With `tables`, asked as `exists` is, the tables in there go one by one first.
    """

    place: str
    create: str
    drop: tuple[str, ...]
    exists: str
    listed: str
    where: str
    grant: str
    quoted: Callable[[str], str]
    lock_timeout: str
    busy: frozenset[str]
    may_create: str = ""
    missing: Callable[[CursorWrapper, str], list[str]] | None = None
    like: str = ""
    tables: str = ""
    # Django's backend leaves the driver in a transaction of which it knows nothing.
    driver_commits: bool = False
