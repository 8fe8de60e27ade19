"""Why a migration cannot do what was asked, in sentences for the person who asked."""

from __future__ import annotations

from pools.services.errors import ServiceError


class MigrationError(ServiceError):
    """The migration could not do what was asked."""


class ActionRefused(MigrationError):
    """The migration is not in a state that allows this."""


class PoolBusy(ActionRefused):
    """Another migration is under way in this pool; a pool takes one server at a time."""

    def __init__(self, message: str = "", *, holder_id: int | None = None) -> None:
        """`holder_id` is the migration that holds the pool, None when it has just let go."""
        super().__init__(message)
        self.holder_id = holder_id


class CorrectionsRefused(MigrationError):
    """What was typed in place of a value does not fit either."""

    def __init__(self, faults: dict[str, str]) -> None:
        """`faults` says by column what is wrong with what was typed for it."""
        super().__init__(" ".join(f"{column}: {fault}" for column, fault in faults.items()))
        self.faults = faults


class InUseByMigration(MigrationError):
    """A migration that is under way depends on this."""


class NameNotTyped(MigrationError):
    """The name typed is not the name of the server."""
