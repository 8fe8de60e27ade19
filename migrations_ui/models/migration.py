"""Migration: one standalone server's migration into a pool, or the rehearsal of one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from migrations_ui.models.event import Event, Line
from migrations_ui.models.lease import LeaseQuerySet
from migrations_ui.states import (
    ACTIONS,
    ENDED,
    TO_DO,
    TRANSITIONS,
    About,
    Action,
    ConflictPolicy,
    EventKind,
    Level,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.transfer.derby.login import DerbyLogin
from pools.databases.connection import DatabaseLogin
from pools.databases.scratch import PREFIX, scratch_login
from pools.models import Pool, Server
from pools.models.secret import RowWithSecrets, SecretField

if TYPE_CHECKING:
    from django.db.models import QuerySet


# What is measured changes with network and disks: the last runs count.
RUNS_ASKED = 5


def new_run_id() -> str:
    """The run's name in the control tables of the target database."""
    return uuid.uuid4().hex


class IllegalTransitionError(ValueError):
    """The state machine has no such transition."""


class MigrationQuerySet(LeaseQuerySet):
    """Migrations by state, and the one place that changes it."""

    def open(self) -> QuerySet[Migration]:
        return self.exclude(status__in=ENDED)

    def under_way(self) -> QuerySet[Migration]:
        """Those that have begun and not ended, with the moment of their last change of state as
        `state_since`."""
        statuses = Event.objects.filter(migration=models.OuterRef("pk"), kind=EventKind.STATUS)
        since = models.Subquery(statuses.order_by("-sequence").values("at")[:1])
        return self.open().filter(started_at__isnull=False).annotate(state_since=since)

    def with_other_servers(self) -> QuerySet[Migration]:
        """With `has_other_servers`: whether others in service are in the pool."""
        others = Server.objects.in_service().filter(pool=models.OuterRef("pool"))
        others = others.exclude(pk=models.OuterRef("server"))
        migrations: QuerySet[Migration] = self.annotate(has_other_servers=models.Exists(others))
        return migrations

    def last_rehearsed(self) -> Migration | None:
        """The last rehearsal among them that got through."""
        return self.filter(status=MigrationStatus.REHEARSED).order_by("-finished_at").first()

    def for_run(self, pk: int) -> Migration:
        """The migration with everything that its steps ask for."""
        return self.select_related(
            "server__profile", "server__ssh_login", "server__api_login", "pool__database"
        ).get(pk=pk)

    def rehearsed_in(self, scratch: str) -> Migration | None:
        """Whose scratch schema is called that, in whatever case an engine gives it."""
        run = scratch.casefold().removeprefix(PREFIX)
        return self.filter(kind=MigrationKind.REHEARSAL, run_id__startswith=run).first()

    def measured_backup_rate(self) -> float | None:
        """Bytes a second of the backups made so far, over the last few runs; None before any."""
        measured = [
            (size, (ended - begun).total_seconds())
            for size, begun, ended in self.filter(
                backup_bytes__gt=0,
                steps__name=StepName.BACKUP,
                steps__attempts=1,
                steps__status=StepStatus.DONE,
            )
            .order_by("-pk")
            .values_list("backup_bytes", "steps__started_at", "steps__finished_at")[:RUNS_ASKED]
            if size and begun and ended
        ]
        seconds = sum(took for _, took in measured)
        return sum(size for size, _ in measured) / seconds if seconds > 0 else None

    def measured_verify_rate(self) -> float | None:
        """Rows a second of the comparisons made so far, over the last few; None before any."""
        measured = [
            (rows, (ended - begun).total_seconds())
            for rows, begun, ended in self.filter(
                steps__name=StepName.VERIFY, steps__attempts=1, steps__status=StepStatus.DONE
            )
            .annotate(rows=models.Sum("tables__rows_total"))
            .order_by("-pk")
            .values_list("rows", "steps__started_at", "steps__finished_at")[:RUNS_ASKED]
            if rows and begun and ended
        ]
        seconds = sum(took for _, took in measured)
        return sum(rows for rows, _ in measured) / seconds if seconds > 0 else None

    def change_status(
        self,
        pk: int,
        *,
        old: MigrationStatus,
        new: MigrationStatus,
        text: str,
        level: Level = Level.INFO,
        **changes: object,
    ) -> bool:
        """Compare-and-set one status change and write its event; False when someone was faster.

        `changes` are further columns of the same UPDATE.
        """
        if new not in TRANSITIONS[old]:
            raise IllegalTransitionError(f"{old} → {new}")
        with transaction.atomic():
            if not self.filter(pk=pk, status=old).update(status=new, **changes):
                return False
            Event.objects.append(pk, [Line(text, kind=EventKind.STATUS, level=level, status=new)])
        return True


class Migration(RowWithSecrets):
    """An ordered list of steps with its findings, table transfers, events and rejects."""

    pool_path = "pool"

    server = models.ForeignKey(Server, on_delete=models.PROTECT, related_name="migrations")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="migrations")
    kind = models.CharField(
        max_length=10, choices=MigrationKind.choices, default=MigrationKind.MIGRATION
    )
    run_id = models.CharField(max_length=32, unique=True, default=new_run_id, editable=False)
    status = models.CharField(
        max_length=16, choices=MigrationStatus.choices, default=MigrationStatus.DRAFT
    )
    current_step = models.CharField(
        max_length=20, choices=StepName.choices, default=StepName.PREFLIGHT
    )
    creates_pool = models.BooleanField(
        default=False, help_text="The first server: it also brings the default settings."
    )
    rows_per_second = models.PositiveIntegerField(
        null=True, blank=True, help_text="A cap on the copy; empty: as fast as it goes."
    )
    chunk_rows = models.PositiveIntegerField(
        null=True, blank=True, help_text="Rows a transaction commits; empty: the engine's own size."
    )
    # When a person last changed one of the two: what was measured before foretells no more.
    throttle_changed_at = models.DateTimeField(null=True)
    # While the copy holds itself back: since when, and how many times longer the commits take.
    slowed_since = models.DateTimeField(null=True)
    slowed_factor = models.FloatField(null=True)
    drain_seconds = models.PositiveIntegerField(
        default=15, help_text="How long running syncs may take to end before the server stops."
    )
    conflict_policy = models.CharField(
        max_length=8,
        choices=ConflictPolicy.choices,
        default=ConflictPolicy.NEWEST,
        help_text="What stays where the pool has a row of the same key already.",
    )
    # What went wrong with the last step that failed; the text has the error's remedy in it.
    failure = models.TextField(blank=True, default="")
    failure_remedy = models.TextField(blank=True, default="")
    failure_about = models.CharField(max_length=10, choices=About.choices, blank=True, default="")
    is_going_back = models.BooleanField(
        default=False, help_text="Cancelled or rolled back: steps are undone, never done again."
    )

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="migrations"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="confirmed_migrations",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    # When the server's own settings began to be changed; until then no file is put back.
    configured_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When a person purged what this run keeps in the pool's database: nothing leads back since.
    purged_at = models.DateTimeField(null=True)

    backup_path = models.CharField(max_length=255, blank=True, default="")
    backup_sha256 = models.CharField(max_length=64, blank=True, default="")
    backup_bytes = models.BigIntegerField(null=True)
    # Digest of the Derby directory when it was fetched: content and names of its files.
    source_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Names, sizes and times of those files on the host: they must not change until the cut-over.
    source_listing = models.CharField(max_length=64, blank=True, default="")
    # What opens the Derby database where it is encrypted or asks for a login; never shown again.
    derby_boot_password = SecretField(blank=True, default="")
    derby_user = models.CharField(max_length=128, blank=True, default="")
    derby_password = SecretField(blank=True, default="")
    # What the preflight saw of the server's files: most steps take longer the more there are.
    source_bytes = models.BigIntegerField(null=True)
    # Of a rehearsal: after so many seconds out of service the server has to be started again.
    outage_limit = models.PositiveIntegerField(null=True)
    # None until the stop step has looked; a cancelled migration starts only what ran before.
    server_was_running = models.BooleanField(null=True)

    # Of a vendor transfer: up to which byte its console log is in the events, and which file that
    # is; None: the server has to be started first.
    console_offset = models.BigIntegerField(null=True)
    console_file = models.CharField(max_length=80, blank=True, default="")
    # The last line with anything new in it, and the last that reported progress, an end or a
    # failure.
    last_line_at = models.DateTimeField(null=True)
    last_progress_line = models.CharField(max_length=255, blank=True, default="")

    lease_owner = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    # The fencing token: each worker that takes the lease counts it up, and writes under its number.
    attempt = models.PositiveBigIntegerField(default=0)
    # While the run waits for something that went away: for what, since when, and until the next
    # try.
    waiting_for = models.CharField(max_length=60, blank=True, default="")
    waiting_since = models.DateTimeField(null=True)
    waiting_until = models.DateTimeField(null=True)
    # The number of the last event; the row's lock makes the sequence gapless.
    last_event = models.PositiveBigIntegerField(default=0)

    objects = MigrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{'Rehearsal: ' if self.is_rehearsal else ''}{self.server} into {self.pool}"

    def get_absolute_url(self) -> str:
        return reverse("migrations_ui:migration", args=[self.pk])

    @property
    def state(self) -> MigrationStatus:
        return MigrationStatus(self.status)

    @property
    def kind_enum(self) -> MigrationKind:
        return MigrationKind(self.kind)

    @property
    def is_rehearsal(self) -> bool:
        return self.kind == MigrationKind.REHEARSAL

    @property
    def is_vendor_transfer(self) -> bool:
        return self.kind == MigrationKind.VENDOR

    @property
    def display_noun(self) -> str:
        """What it is called in a sentence."""
        return "rehearsal" if self.is_rehearsal else "migration"

    @property
    def scratch_name(self) -> str:
        """The schema that a rehearsal copies into; short enough for every engine."""
        return f"{PREFIX}{self.run_id[:16]}"

    def target_login(self) -> DatabaseLogin:
        """Where the rows go: the pool's database, or a rehearsal's scratch schema in it."""
        login = self.pool.database.login()
        return scratch_login(login, self.scratch_name) if self.is_rehearsal else login

    @property
    def derby_login(self) -> DerbyLogin:
        """What a worker opens the private copy with."""
        return DerbyLogin(self.derby_boot_password, self.derby_user, self.derby_password)

    @property
    def may_change_source(self) -> bool:
        """Until its values are measured, how the source is opened and read is open to change.

        Not while a worker measures: it would decide by the old answers.
        """
        if self.state in ENDED or self.is_going_back:
            return False
        return self._step_is(StepName.COMPATIBILITY, StepStatus.WAITING, StepStatus.FAILED)

    @property
    def is_before_cutover(self) -> bool:
        """Until here `cancel` leaves the server exactly as it was."""
        return self.confirmed_at is None

    @property
    def retains_rows_in_pool(self) -> bool:
        """Whether it may have rows in the control tables of the pool's own database."""
        return self.kind_enum is MigrationKind.MIGRATION and self.started_at is not None

    @property
    def why_no_rollback(self) -> str:
        """Why it can be neither rolled back nor compared nor repaired any more; empty when that
        is a question of its state only."""
        if self.purged_at is None:
            return ""
        return (
            f"What the migration of {self.server} kept in the database of {self.pool} was purged "
            f"on {self.purged_at:%-d %b %Y}: nothing records any more which rows it wrote or "
            "replaced."
        )

    @property
    def may_choose_policy(self) -> bool:
        """Until the copy has begun, and when it has stopped to ask: nothing is decided then."""
        if self.state in ENDED or self.is_going_back:
            return False
        stopped = self.state is MigrationStatus.FAILED and self.current_step == StepName.COPY
        if stopped and self.conflict_policy == ConflictPolicy.STOP:
            return True
        return self._step_is(StepName.COPY, StepStatus.WAITING)

    @property
    def may_set_pace(self) -> bool:
        """Until the rows are copied."""
        if self.state in ENDED or self.is_going_back:
            return False
        return self._step_is(StepName.COPY, *TO_DO)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a person may ask for now."""
        refused = {Action.ROLL_BACK if self.is_before_cutover else Action.CANCEL}
        if self.is_going_back:
            # The server may have run again meanwhile: what was fetched and copied is outdated.
            refused.add(Action.RETRY)
        if self.why_no_rollback:
            refused.add(Action.ROLL_BACK)
        if self.is_vendor_transfer and not self.is_before_cutover:
            # Nobody can hold the server's own transfer, so none is offered to.
            refused.add(Action.PAUSE)
        return tuple(action for action in ACTIONS.get(self.state, ()) if action not in refused)

    def _step_is(self, name: StepName, *statuses: StepStatus) -> bool:
        """Asks for all steps, so that a page that has prefetched them asks nothing more."""
        return any(step.name == name and step.status in statuses for step in self.steps.all())


class PoolLock(models.Model):
    """One migration at a time in a pool, kept by the primary key and not by a form."""

    pool = models.OneToOneField(Pool, on_delete=models.PROTECT, primary_key=True)
    migration = models.ForeignKey(Migration, on_delete=models.CASCADE)
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.pool} is kept for {self.migration}"
