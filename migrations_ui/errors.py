"""Why a migration cannot do what was asked, in sentences for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pools.services.errors import ServiceError


class MigrationError(ServiceError):
    """The migration could not do what was asked."""

    code = "migration_refused"
    remedy = "Read the migration again: `actions` lists what it takes now."


class ActionRefused(MigrationError):
    """The migration is not in a state that allows this."""

    code = "action_refused"


class PoolBusy(ActionRefused):
    """Another migration is under way in this pool; a pool takes one server at a time."""

    code = "pool_busy"
    remedy = "Wait until the other migration ends, or cancel it."

    def __init__(self, message: str = "", *, holder_id: int | None = None) -> None:
        """`holder_id` is the migration that holds the pool, None when it has just let go."""
        super().__init__(message)
        self.holder_id = holder_id


class CorrectionsRefused(MigrationError):
    """What was typed in place of a value does not fit either."""

    code = "correction_refused"
    remedy = "Correct the values of the columns that `errors` names."

    def __init__(self, faults: dict[str, str]) -> None:
        """`faults` says by column what is wrong with what was typed for it."""
        super().__init__(" ".join(f"{column}: {fault}" for column, fault in faults.items()))
        self.faults = faults

    @property
    def errors(self) -> Mapping[str, Any]:
        return {"values": {column: [fault] for column, fault in self.faults.items()}}


class InUseByMigration(MigrationError):
    """A migration that is under way depends on this."""

    code = "in_use_by_migration"
    remedy = "Wait until the migration ends, or cancel it."


class NameNotTyped(MigrationError):
    """The name typed is not the name of the server."""

    code = "name_not_typed"
    remedy = "Send the server's name in `typed_name`."

    @property
    def errors(self) -> Mapping[str, Any]:
        return {"typed_name": [str(self)]}
