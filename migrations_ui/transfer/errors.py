"""Everything the transfer engine may raise. The docstring is the default message."""

from __future__ import annotations

from migrations_ui.transfer.tables import ValuePair

SHOWN = 300


class TransferError(Exception):
    """The transfer cannot go on."""

    # Whether it may pass without a person, so that trying again soon makes sense.
    is_transient = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class SourceError(TransferError):
    """The Derby database cannot be read."""


class NotDerby(SourceError):
    """This directory is not a Derby database (it holds no service.properties of Derby's)."""


class SourceLocked(SourceError):
    """Another process has this Derby database open. Stop Traveler, then try again."""


class SourceNewer(SourceError):
    """This database was written by a newer Derby than the reader's. Install a newer derby.jar."""


class SourceOutside(SourceError):
    """A part of this Derby database is outside of its directory, so it is not opened. On the
    server's host, with Traveler stopped, move that into the database's directory as Derby
    documents it, and start Traveler once."""


class SourceUnfinished(SourceError):
    """The encryption of this Derby database was being changed and has not come to its end. Start
    Traveler once, so that Derby finishes it."""


class SourceKeyOutside(SourceError):
    """This Derby database is encrypted with a key from outside (encryptionKey), not with a boot
    password. This console opens databases with a boot password only: encrypt it with one, as Derby
    documents it (newBootPassword), or decrypt it."""


class SourceEncrypted(SourceError):
    """This Derby database is encrypted, and no boot password is known. Enter it on the page of the
    migration."""


class WrongBootPassword(SourceEncrypted):
    """This Derby database is encrypted, and the boot password that was entered does not open it.
    Enter the right one on the page of the migration."""


class SourceAsksLogin(SourceError):
    """This Derby database asks for a user and a password, and none is known. Enter them on the page
    of the migration."""


class WrongDerbyLogin(SourceAsksLogin):
    """This Derby database refuses the user or the password that was entered. Enter the right ones
    on the page of the migration."""


class DerbyDenied(SourceAsksLogin):
    """This Derby database lets the user in but not read everything. Enter its owner on the page of
    the migration."""


class SourceDamaged(SourceError):
    """Derby finds this database damaged or incomplete. Fetch it again, or start and stop Traveler
    once so that Derby can recover it."""


class SourceInconsistent(SourceError):
    """Derby's table and an index of it disagree, so rows would be lost. Start Traveler with
    -defrag, or restore a backup, then begin a new migration."""


class SourceChanged(SourceError):
    """The source is not the one this run began with. Start a new run."""


class WorkerDiskFull(SourceError):
    """The worker's disk is full, so Derby cannot go on with this database. Make room there."""

    is_transient = True


class ReaderMissing(SourceError):
    """The Derby reader cannot be built: a JDK (javac) and derby.jar must be on the worker."""


class ReaderDied(SourceError):
    """The Derby reader ended unexpectedly."""

    is_transient = True


class RequestClosed(ReaderDied):
    """The Derby reader takes no more rows for this request; its answer says why."""


class ReaderNotStarted(ReaderDied):
    """The Derby reader could not be started. Have Java run on this worker (it needs 512 MB for its
    heap, and LIFEGUARD_JAVA has to name a JVM of version 17 or later), then retry."""


class TargetError(TransferError):
    """The target database did not take the rows."""


class TargetLost(TargetError):
    """The target database could not be reached for too long. Resume when it can be: what was
    committed stays, nothing is copied twice."""


class TargetRefused(TargetError):
    """The target database refused a chunk of rows."""


class TargetFull(TargetRefused):
    """The target database refused a chunk of rows."""

    is_transient = True


class TargetDriverFailed(TargetRefused):
    """The driver of the target database failed by itself; nothing of the chunk was written. Update
    it, or report this."""

    def __init__(self, error: BaseException) -> None:
        """It is named by its class, and by its text where that quotes no values."""
        said = type(error).__name__
        if isinstance(error, RuntimeError | SystemError | MemoryError | OSError):
            said = f"{said}: {error}"[:SHOWN]
        super().__init__(f"{' '.join((TargetDriverFailed.__doc__ or '').split())} ({said})")


class SchemaChanged(TargetRefused):
    """The target's table is not the one that this run was planned for. Nothing of the chunk was
    written. Have the change taken back, or retry: the plan is made again, and says what does not
    fit."""


class RefersToNothing(TargetRefused):
    """Rows refer to rows that are not there. Bring those, or delete the ones that refer to them,
    then retry."""


class ReferredTo(TargetRefused):
    """Rows that this run did not write refer to rows of this run. Nothing was removed from their
    table. Delete them, or have them refer to others, then go on with the rollback."""


class ConflictsFound(TransferError):
    """The pool has rows of the same key that are not equal, and the run is to stop at such.

    `rows` has the first of them: the key, and the columns that are not equal.
    """

    most_rows = 100

    def __init__(
        self, table: str, rows: tuple[tuple[str, tuple[ValuePair, ...]], ...], *, count: int
    ) -> None:
        super().__init__(
            f"{table}: the pool has {count:,} rows of the same key that are not equal, and this "
            "run is to stop at such. Nothing of the chunk was written."
        )
        self.table = table
        self.rows = rows
        self.count = count

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.rows)


class KeysMissing(TransferError):
    """Its keys were dropped for the copy and have not been made again. How they are made is kept
    with this migration: have its rollback, or the migration itself, come to its end first."""


class RunnerReplaced(TransferError):
    """Another worker carries this run on; this one has stopped."""


class PlanBlocked(TransferError):
    """The source does not fit the target; see the plan's findings."""


class NotCopied(TransferError):
    """This table has not been copied to its end by this run."""


class RowsUnaccounted(TransferError):
    """Not every row that was read is inserted, updated, kept or rejected. Roll this run back, and
    report it."""


class CorrectionRefused(TransferError):
    """This rejected row cannot be written with that value."""


class NotRepairable(TransferError):
    """A table without key cannot be repaired row by row; remove the run's rows and copy again."""
