"""What the checks judge: plain values, gathered once. None and '' mean: it could not be seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrations_ui.transfer.derby.layout import DerbyLayout, Version
from pools.checks.report import DatabaseReport
from pools.databases.jdbc_jar import JdbcJar
from pools.domain.notes_ini import NotesIni
from pools.gateways.parsing.db_check import CheckOutcome
from pools.gateways.parsing.db_show import DatabaseSetting
from pools.gateways.parsing.hadr_show import HadrShow
from pools.gateways.parsing.status import TravelerStatus


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What is entered about the server, or was learnt from it."""

    name: str
    traveler_version: str = ""
    domino_release: str = ""
    domino_edition: str = ""
    platform: str = "unknown"
    bits: int | None = None
    external_url: str = ""
    # The address of its API, where the password can be read on the way; else empty.
    cleartext_url: str = ""
    # The name of its command profile, and why patterns of it cannot be used, by field.
    profile: str = ""
    sets_derby_aside: bool = True
    refused_patterns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the host showed over SSH. `failure`: why it could not be reached at all.

    `unseen` has a sentence for each part that could not be read, by the name of its field;
    `unasked` are the parts that were left out because the host had left a command unanswered.
    `traveler_bytes` is the size of the whole traveler folder, the Derby database included;
    `disk_free` are the bytes free beside it, `console_log` those of the log that a start is
    followed in. `members`, `status`, `setting` and `check` are the answers that later steps read
    again, by the words of the command `profile`; `members` of a server without a pool are those
    that a member of its future pool printed. `noise`: what the login shell says at any command.
    `not_copied`: what that folder holds that no backup can take along;
    `mount_points`: where other file systems are mounted at or below it, None where the host does
    not say.
    """

    failure: str = ""
    fingerprint: str = ""
    running: bool | None = None
    shown_version: str = ""
    status: TravelerStatus | None = None
    setting: DatabaseSetting | None = None
    notes_ini: NotesIni | None = None
    auto_schema_parameter: str = "NTS_AUTO_DBSCHEMA"
    jars: tuple[str, ...] | None = None
    jar_directory: str = ""
    derby_directory: str = ""
    derby_present: bool | None = None
    derby_locked: bool | None = None
    derby_layout: DerbyLayout | None = None
    traveler_bytes: int | None = None
    disk_free: int | None = None
    members: HadrShow | None = None
    check: CheckOutcome | None = None
    noise: tuple[str, ...] = ()
    profile: str = ""
    not_copied: tuple[str, ...] = ()
    mount_points: tuple[str, ...] | None = None
    has_traveler_nsf: bool | None = None
    console_log: int | None = None
    unseen: dict[str, str] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The pool's database: what it is set to, and the report of `db check` on it.

    `schema` is the one entered, or empty; `schema_parameter` what notes.ini calls it, where
    Traveler reads it there. `automatic_schema` None: the tables are there and left as they are,
    whoever made them. `address` is what Traveler is given, `address_failure` why the server's
    command line cannot carry it.
    `why_no_migration`: a sentence where no server can be migrated into its engine.
    """

    name: str
    engine: str
    jdbc_jar: JdbcJar
    vendor_supported: bool
    automatic_schema: bool | None
    report: DatabaseReport
    user: str = ""
    schema: str = ""
    schema_parameter: str = ""
    address: str = ""
    address_failure: str = ""
    why_no_migration: str = ""


@dataclass(frozen=True, slots=True)
class RehearsalFacts:
    """What only a rehearsal asks. `may_create` None: it could not be seen, `failure` says why."""

    scratch: str
    may_create: bool | None = None
    grant: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """What the time that the server is stopped depends on.

    `bytes_per_second`: backups of earlier runs, read and archived; None when none was measured.
    `server_moves_data`: the vendor's own transfer, which nobody can forecast.
    """

    drain_seconds: int = 0
    bytes_per_second: float | None = None
    server_moves_data: bool = False


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """`versions` are those of the other members, by server name. `busy_with` names the migration
    that keeps the pool. `users` counts those of all members and of the joining server."""

    name: str
    external_url: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    busy_with: str = ""
    users: int | None = None
    url_failure: str = ""
    # The address that the probe user's password is sent to in the clear; else empty.
    cleartext_probe_url: str = ""
    url_status: int | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What this worker can open a Derby database with; `reads` is the newest version it knows.

    `reader_failure`: why it can open none. `boot_password_opens` None: it could not be tried.
    """

    reads: Version | None = None
    reader_failure: str = ""
    has_boot_password: bool = False
    boot_password_opens: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything at one moment. `worker_free` in bytes; `rehearsal` None for a real migration."""

    server: ServerFacts
    host: HostFacts
    database: DatabaseFacts
    pool: PoolFacts
    worker_free: int
    rehearsal: RehearsalFacts | None = None
    outage: OutageFacts = OutageFacts()
    source: SourceFacts = SourceFacts()
