"""A target database, whatever its engine, and what may go wrong with it."""

from __future__ import annotations

from typing import Protocol

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.operations import Operations
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.errors import TargetLost, TargetRefused


class ConnectionGone(TargetLost):
    """The connection to the target database broke. Try again when the database is back."""

    is_transient = True


class LoadingChanged(ConnectionGone):
    """Rows go in by another way from here on. The message says why; the chunk is written again."""


class StagingGone(ConnectionGone):
    """Somebody else staged rows of the same table and dropped the staging table of this run.
    Nothing of the chunk was written; it is written again."""


class TargetLocked(ConnectionGone):
    """Another session kept a lock for longer than this run waits for one. Nothing of the chunk was
    written, what was committed before stays."""

    # It has been waited for, and a person has to know who holds the lock.
    is_transient = False


class KeyConflict(TargetRefused):
    """The target has a row with the same key already."""


class Target(Session, Protocol):
    """One connection to a target database, and what is done over it: divided as Django divides a
    `DatabaseWrapper`."""

    @property
    def introspection(self) -> Introspection: ...

    @property
    def operations(self) -> Operations: ...

    @property
    def schema_editor(self) -> SchemaEditor: ...
