"""Rows for the tests: the least that is valid, and traits for the situations that matter."""

# factory_boy is typed in part only: its declarations are, for a checker, untyped calls.
# mypy: disable-error-code="no-untyped-call,attr-defined,untyped-decorator"

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol, TypeVar, cast

import factory
from django.db.models import Model
from django.utils import timezone
from factory.django import DjangoModelFactory

from console.accounts.models import User
from console.accounts.roles import Role
from pools.domain.names import common_name
from pools.models import (
    AuditEntry,
    CommandProfile,
    DatabaseConfiguration,
    DatabaseFinding,
    Device,
    Login,
    Operation,
    OperationLine,
    Pool,
    PoolMember,
    Reading,
    Server,
    StatusChange,
    TravelerUser,
)
from pools.states import (
    Availability,
    HealthValue,
    OperationKind,
    OperationStatus,
    OverallStatus,
    Platform,
    Severity,
)

PASSWORD = "a password of the tests"
Row = TypeVar("Row", bound=Model)


class Maker(Protocol[Row]):
    """A factory as a type checker has to see it: calling it makes a row, and not a factory."""

    def __call__(self, **fields: Any) -> Row: ...

    def build(self, **fields: Any) -> Row: ...

    def create_batch(self, size: int, **fields: Any) -> list[Row]: ...


class _User(DjangoModelFactory[User]):
    """An administrator unless `helpdesk` or `outsider` is asked for."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        helpdesk = factory.Trait(role=Role.HELPDESK)
        outsider = factory.Trait(role=Role.NONE)

    username = factory.Sequence(lambda number: f"person{number}")
    role = Role.ADMINISTRATOR
    password = factory.django.Password(PASSWORD)


UserFactory = cast("Maker[User]", _User)


class _Login(DjangoModelFactory[Login]):
    class Meta:
        model = Login

    name = factory.Sequence(lambda number: f"Login {number}")
    username = "notes"
    password = "secret-of-a-login"


LoginFactory = cast("Maker[Login]", _Login)


class _CommandProfile(DjangoModelFactory[CommandProfile]):
    class Meta:
        model = CommandProfile

    name = factory.Sequence(lambda number: f"Profile {number}")


CommandProfileFactory = cast("Maker[CommandProfile]", _CommandProfile)


class _DatabaseConfiguration(DjangoModelFactory[DatabaseConfiguration]):
    """PostgreSQL; `checked` has answered just now, `unreachable` has not."""

    class Meta:
        model = DatabaseConfiguration

    class Params:
        checked = factory.Trait(
            checked_at=factory.LazyFunction(timezone.now),
            reachable=True,
            version="PostgreSQL 16.4",
            round_trip_ms=1.4,
        )
        unreachable = factory.Trait(checked_at=factory.LazyFunction(timezone.now), reachable=False)

    name = factory.Sequence(lambda number: f"Database {number}")
    engine = "postgresql"
    host = "db.acme.example"
    port = 5432
    database_name = "traveler"
    username = "lntuser"
    password = "secret-of-a-database"


DatabaseConfigurationFactory = cast("Maker[DatabaseConfiguration]", _DatabaseConfiguration)


class _DatabaseFinding(DjangoModelFactory[DatabaseFinding]):
    class Meta:
        model = DatabaseFinding

    database = factory.SubFactory(DatabaseConfigurationFactory)
    position = factory.Sequence(lambda number: number)
    check_id = "code_set"
    title = "Code set"
    severity = Severity.BLOCKER
    passed = True
    seen = "UTF8"


DatabaseFindingFactory = cast("Maker[DatabaseFinding]", _DatabaseFinding)


class _Pool(DjangoModelFactory[Pool]):
    class Meta:
        model = Pool

    name = factory.Sequence(lambda number: f"Pool {number}")
    slug = factory.Sequence(lambda number: f"pool-{number}")
    external_url = "https://traveler.acme.example/traveler"
    database = factory.SubFactory(DatabaseConfigurationFactory)


PoolFactory = cast("Maker[Pool]", _Pool)


class _Server(DjangoModelFactory[Server]):
    """Standalone and never checked, unless a trait or `pool` says otherwise."""

    class Meta:
        model = Server

    class Params:
        swept = factory.Trait(
            swept_at=factory.LazyFunction(timezone.now),
            seen_at=factory.LazyFunction(timezone.now),
            heartbeat_at=factory.LazyFunction(timezone.now),
            changed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=3)),
            users=2_100,
        )
        healthy = factory.Trait(
            swept=True,
            availability=Availability.AVAILABLE,
            availability_index=87,
            overall_status=OverallStatus.GREEN,
            constrained=False,
        )
        busy = factory.Trait(
            swept=True,
            availability=Availability.AVAILABLE,
            availability_index=-12,
            overall_status=OverallStatus.YELLOW,
            status_reasons="User CN=Ada/O=Acme on thread DS-12 has been running for 34 minutes.",
            constrained=True,
        )
        drained = factory.Trait(
            swept=True,
            availability=Availability.AVAILABLE,
            availability_index=-200,
            overall_status=OverallStatus.GREEN,
            constrained=False,
        )
        dead = factory.Trait(
            swept_at=factory.LazyFunction(timezone.now),
            seen_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=9)),
            changed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=8)),
            availability=Availability.UNAVAILABLE,
            failure="Nothing answers at this address: connection refused.",
        )
        unwatched = factory.Trait(
            swept_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=2)),
            seen_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=2)),
            availability=Availability.AVAILABLE,
            availability_index=90,
            overall_status=OverallStatus.GREEN,
            constrained=False,
        )

    domino_name = factory.Sequence(lambda number: f"CN=trav{number}/O=Acme")
    profile = factory.SubFactory(CommandProfileFactory)
    ssh_host = factory.LazyAttribute(
        lambda server: f"{common_name(server.domino_name)}.acme.example"
    )
    ssh_login = factory.SubFactory(LoginFactory)
    api_url = factory.LazyAttribute(lambda server: f"https://{server.ssh_host}")
    api_login = factory.SelfAttribute("ssh_login")
    traveler_version = "14.5.0"
    domino_release = "14.5"
    domino_edition = "Enterprise"
    platform = Platform.LINUX
    bits = 64


ServerFactory = cast("Maker[Server]", _Server)


class _PoolMember(DjangoModelFactory[PoolMember]):
    class Meta:
        model = PoolMember

    pool = factory.SubFactory(PoolFactory)
    domino_name = factory.Sequence(lambda number: f"CN=trav{number}/O=Acme")
    server_id = factory.Sequence(lambda number: f"id-{number}")
    host_name = "trav.acme.example"
    ip_address = "10.0.0.5"
    server_port = 50125
    servlet_port = 80
    alive = True
    heartbeat_at = factory.LazyFunction(timezone.now)


PoolMemberFactory = cast("Maker[PoolMember]", _PoolMember)


class _Reading(DjangoModelFactory[Reading]):
    class Meta:
        model = Reading

    server = factory.SubFactory(ServerFactory)
    taken_at = factory.LazyFunction(timezone.now)
    availability = Availability.AVAILABLE
    availability_index = 87
    overall_status = OverallStatus.GREEN
    constrained = False


ReadingFactory = cast("Maker[Reading]", _Reading)


class _StatusChange(DjangoModelFactory[StatusChange]):
    class Meta:
        model = StatusChange

    server = factory.SubFactory(ServerFactory)
    at = factory.LazyFunction(timezone.now)
    value = HealthValue.AVAILABILITY
    old = "available"
    new = "unavailable"


StatusChangeFactory = cast("Maker[StatusChange]", _StatusChange)


class _TravelerUser(DjangoModelFactory[TravelerUser]):
    """Of a pool, or of a standalone server when `server` is given instead."""

    class Meta:
        model = TravelerUser

    name = factory.Sequence(lambda number: f"CN=User {number}/O=Acme")
    pool = factory.Maybe("server", None, factory.SubFactory(PoolFactory))
    server = None
    scope = factory.LazyAttribute(
        lambda user: f"server-{user.server.pk}" if user.server else f"pool-{user.pool.pk}"
    )
    address = factory.LazyAttribute(
        lambda user: f"{common_name(user.name).replace(' ', '.').lower()}@acme.example"
    )
    name_key = factory.LazyAttribute(lambda user: common_name(user.name).casefold())
    address_key = factory.LazyAttribute(lambda user: user.address.casefold())
    seen_at = factory.LazyFunction(timezone.now)


TravelerUserFactory = cast("Maker[TravelerUser]", _TravelerUser)


class _Device(DjangoModelFactory[Device]):
    """Allowed and in use: it synced two minutes ago."""

    class Meta:
        model = Device

    user = factory.SubFactory(TravelerUserFactory)
    device_id = factory.Sequence(lambda number: f"ApplF17XK2MN{number:04X}")
    provider = "iPhone"
    device_type = "Apple-iPhone7C1/1607.77"
    client_level = "14.5.0"
    notification_type = 8
    last_sync_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=2))
    access_status = 0
    approval_policy = 16
    policy_compliance = 4
    id_key = factory.LazyAttribute(lambda device: device.device_id.casefold())
    type_key = factory.LazyAttribute(lambda device: device.device_type.casefold())
    seen_at = factory.LazyFunction(timezone.now)


DeviceFactory = cast("Maker[Device]", _Device)


class _Operation(DjangoModelFactory[Operation]):
    class Meta:
        model = Operation
        skip_postgeneration_save = True

    server = factory.SubFactory(ServerFactory)
    kind = OperationKind.HADR_SHOW
    actor = factory.SubFactory(UserFactory)
    status = OperationStatus.SUCCEEDED
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def printed(self: Any, create: bool, lines: list[str] | None, **_: Any) -> None:
        """`OperationFactory(printed=["a line"])`."""
        for position, text in enumerate(lines or [], start=1):
            OperationLine.objects.create(operation=self, position=position, text=text)


OperationFactory = cast("Maker[Operation]", _Operation)


class _AuditEntry(DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    actor = factory.SubFactory(UserFactory)
    action = "register_server"
    target = "trav1/Acme"


AuditEntryFactory = cast("Maker[AuditEntry]", _AuditEntry)
