"""What a database engine is: facts, and its part of everything that differs between engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.db import Error

from pools.databases.ddl_writing import NOTHING_SPECIAL, DdlWriting
from pools.databases.dialect import Dialect
from pools.databases.errors import DriverMissing
from pools.databases.jdbc_form import JdbcForm
from pools.databases.jdbc_jar import JdbcJar
from pools.databases.schema_kit import KitDialect
from pools.databases.scratch_dialect import ScratchDialect
from pools.databases.service_probe import ServiceProbe

OURS = "this console's own choice: no vendor page names it for Traveler"
# They need a library of the system, so that being installed does not mean working.
LINKED = frozenset({"pyodbc", "MySQLdb"})


@dataclass(frozen=True, slots=True)
class Minimum:
    """The oldest version of a product that will do. `why`: who says so."""

    product: str
    version: str
    why: str
    recommended: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseEngine:
    """One engine, as its folder describes it.

    `key` is what rows and the API call it, at most 12 characters. `drivers` are the Python modules
    that have to be importable, `install` is the line that brings them. `jdbc_jar` is the file
    Traveler's container tests look for in Traveler/lib (domain.md 10), for Db2 the article's.
    `schema_rule` and `code_set` say in words what the engine does when no schema is entered, and
    how the database has to be created. `forbidden_characters` are those that the driver's
    connection string has no way to carry. `takes_authority`: its driver can be given a certificate
    authority of its own, beside those that the worker's system trusts. `schema_parameter` is what
    notes.ini calls the schema, where Traveler reads it there.

    `ddl` is the folder of the pool store's DDL, one file a level. `probes` recognise the engine at
    a port; empty where there was no server to try one on.
    """

    key: str
    name: str
    backend: str
    drivers: tuple[str, ...]
    install: str
    default_port: int
    jdbc_jar: JdbcJar
    vendor_supported: bool
    minimums: tuple[Minimum, ...]
    schema_rule: str
    code_set: str
    dialect: Dialect
    jdbc: JdbcForm
    scratch: ScratchDialect
    kit: KitDialect
    ddl: Path
    probes: tuple[ServiceProbe, ...] = ()
    ddl_writing: DdlWriting = NOTHING_SPECIAL
    forbidden_characters: str = ""
    takes_authority: bool = True
    schema_parameter: str = ""

    @property
    def why_not_offered(self) -> str:
        """Empty when a person may choose this engine."""
        missing = [driver for driver in self.drivers if not _importable(driver)]
        if not missing:
            return ""
        return f"{' and '.join(missing)} cannot be loaded; on every worker: {self.install}"

    @property
    def title(self) -> str:
        """Its name, and whether it is the vendor's choice or ours."""
        return f"{self.name} ({self.remark})" if self.remark else self.name

    @property
    def remark(self) -> str:
        """What is to be known of it beside its name; empty for the vendor's choice."""
        return "" if self.vendor_supported else OURS

    def require_dialect(self) -> Dialect:
        """Raises DriverMissing for an engine that is not offered."""
        why = self.why_not_offered
        if why:
            raise DriverMissing(f"{self.name}: {why}")
        return self.dialect

    def minimum(self, version: str) -> Minimum | None:
        """What that version is measured by."""
        return next((each for each in self.minimums if version.startswith(each.product)), None)

    @contextmanager
    def translated_errors(self, host: str, port: int, name: str) -> Iterator[None]:
        """Raise driver errors as `DatabaseError`s that name the address and the remedy."""
        try:
            yield
        except Error as error:
            raise self.dialect.translate(error, f"{self.name} at {host}:{port}/{name}") from None


def _importable(module: str) -> bool:
    """Whether it is installed; imported only where that is harmless and finding is not enough."""
    if find_spec(module) is None:
        return False
    if module in LINKED:
        try:
            import_module(module)
        except ImportError:
            return False
    return True
