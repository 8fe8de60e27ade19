"""Migrations for the tests: a draft with its steps, and traits for where it stands."""

# factory_boy is typed in part only: its declarations are, for a checker, untyped calls.
# mypy: disable-error-code="no-untyped-call,attr-defined,untyped-decorator"

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from migrations_ui.models import Conflict, Finding, Migration, Mismatch, Reject, Step, TableTransfer
from migrations_ui.models.event import Event, Line
from migrations_ui.states import (
    STEP_ORDER,
    ConflictVerdict,
    MigrationKind,
    MigrationStatus,
    MismatchKind,
    Outcome,
    StepName,
    StepStatus,
    TableVerification,
    TransferStatus,
)
from tests.factories import Maker, PoolFactory, ServerFactory, UserFactory


class _Migration(DjangoModelFactory[Migration]):
    """A draft; `lines=["…"]` writes its log."""

    class Meta:
        model = Migration
        skip_postgeneration_save = True

    class Params:
        started = factory.Trait(
            status=MigrationStatus.RUNNING,
            started_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=9)),
            lease_owner="worker",
            lease_until=factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1)),
        )
        copying = factory.Trait(started=True, current_step=StepName.COPY)
        vendor = factory.Trait(kind=MigrationKind.VENDOR)
        following = factory.Trait(
            started=True,
            kind=MigrationKind.VENDOR,
            current_step=StepName.FOLLOW,
            confirmed_at=factory.LazyFunction(timezone.now),
            confirmed_by=factory.SelfAttribute("actor"),
            last_line_at=factory.LazyFunction(lambda: timezone.now() - timedelta(seconds=4)),
            last_progress_line="Data transfer: 1200 of 5271 rows.",
        )
        rehearsal = factory.Trait(kind=MigrationKind.REHEARSAL)
        rehearsed = factory.Trait(
            started=True,
            kind=MigrationKind.REHEARSAL,
            current_step=StepName.CLEAN_UP,
            status=MigrationStatus.REHEARSED,
            finished_at=factory.LazyFunction(timezone.now),
        )
        at_gate = factory.Trait(
            started=True,
            status=MigrationStatus.AWAITING_CUTOVER,
            current_step=StepName.CUTOVER,
        )
        broken = factory.Trait(
            copying=True,
            status=MigrationStatus.FAILED,
            failure="The database closed the connection.",
        )
        confirmed = factory.Trait(
            started=True,
            current_step=StepName.CONFIRM,
            confirmed_at=factory.LazyFunction(timezone.now),
            confirmed_by=factory.SelfAttribute("actor"),
        )
        finished = factory.Trait(
            confirmed=True,
            status=MigrationStatus.FINISHED,
            finished_at=factory.LazyFunction(timezone.now),
        )

    server = factory.SubFactory(ServerFactory)
    pool = factory.SubFactory(PoolFactory)
    actor = factory.SubFactory(UserFactory)

    @factory.post_generation
    def with_steps(self: Any, create: bool, wanted: bool | None, **_: Any) -> None:
        here = STEP_ORDER[self.kind_enum].index(StepName(self.current_step))
        for position, name in enumerate(STEP_ORDER[self.kind_enum]):
            done = position < here or self.status in {
                MigrationStatus.FINISHED,
                MigrationStatus.REHEARSED,
            }
            Step.objects.create(
                migration=self,
                position=position,
                name=name,
                status=StepStatus.DONE if done else StepStatus.WAITING,
            )

    @factory.post_generation
    def lines(self: Any, create: bool, texts: list[str] | None, **_: Any) -> None:
        if texts:
            Event.objects.append(self.pk, [Line(text) for text in texts])
            self.refresh_from_db()


MigrationFactory = cast("Maker[Migration]", _Migration)


class _Finding(DjangoModelFactory[Finding]):
    class Meta:
        model = Finding

    migration = factory.SubFactory(_Migration)
    position = factory.Sequence(lambda number: number)
    check_id = factory.Sequence(lambda number: f"check_{number}")
    group = "server"
    title = "Traveler version"
    outcome = Outcome.PASSED
    seen = "14.5.0"


FindingFactory = cast("Maker[Finding]", _Finding)


class _TableTransfer(DjangoModelFactory[TableTransfer]):
    class Meta:
        model = TableTransfer

    class Params:
        verified = factory.Trait(
            rows_copied=factory.SelfAttribute("rows_total"),
            status=TransferStatus.COPIED,
            verification=TableVerification.EQUAL,
            verified_at=factory.LazyFunction(timezone.now),
        )

    migration = factory.SubFactory(_Migration, copying=True)
    position = factory.Sequence(lambda number: number)
    table = factory.Sequence(lambda number: f"TABLE_{number}")
    rows_total = 1000


TableTransferFactory = cast("Maker[TableTransfer]", _TableTransfer)


class _Reject(DjangoModelFactory[Reject]):
    class Meta:
        model = Reject

    migration = factory.SubFactory(_Migration, copying=True)
    table = "DEVICES"
    row_key = factory.Sequence(lambda number: f"device-{number}")
    column = "DEVICE_ID"
    reason = "longer than 64 characters"


RejectFactory = cast("Maker[Reject]", _Reject)


class _Conflict(DjangoModelFactory[Conflict]):
    class Meta:
        model = Conflict

    migration = factory.SubFactory(_Migration)
    table = "devices"
    row_key = '["CN=Ada/O=Acme", "A1"]'
    verdict = ConflictVerdict.REPLACED
    differing = '{"sync_anchor": ["17", "42"], "device_level": [null, "=9.0"]}'


ConflictFactory = cast("Maker[Conflict]", _Conflict)


class _Mismatch(DjangoModelFactory[Mismatch]):
    class Meta:
        model = Mismatch

    migration = factory.SubFactory(_Migration)
    table = "devices"
    row_key = '["CN=Ada/O=Acme", "A1"]'
    kind = MismatchKind.DIFFERS
    differing = '{"sync_anchor": ["17", "42"]}'


MismatchFactory = cast("Maker[Mismatch]", _Mismatch)
