"""What a person reads before a start: it stops a server that people use."""

from __future__ import annotations

from datetime import timedelta

from migrations_ui.models import Migration
from migrations_ui.presentation.question import Point, Question
from migrations_ui.presentation.rehearsal_forecast import make_forecast
from migrations_ui.states import MigrationKind
from pools.domain.durations import in_two_units
from pools.models import Device, Server, TravelerUser
from pools.states import Availability

STOPS = Point("What stops", "{stops}")
OUTAGE = Point("For how long", "{outage}")

START = Question(
    title="Stop {server} now and migrate it into {pool}",
    verb="Stop {server} and start",
    points=(
        STOPS,
        OUTAGE,
        Point(
            "What people notice",
            "Their devices do not sync meanwhile. Mail is not lost: it waits in the mail files "
            "and arrives with the next sync.",
        ),
        Point(
            "How to go back",
            "Until the cut-over, Cancel starts {server} again as it was: its own database is only "
            "read.",
        ),
    ),
    dangerous=True,
)

START_REHEARSAL = Question(
    title="Stop {server} now for a rehearsal",
    verb="Stop {server} and rehearse",
    points=(
        STOPS,
        OUTAGE,
        Point(
            "What people notice",
            "Their devices do not sync meanwhile. {server} starts again before the copy begins.",
        ),
        Point("What changes", "Nothing: the scratch schema in the database of {pool} is dropped."),
    ),
    dangerous=True,
)

START_VENDOR = Question(
    title="Stop {server} now and migrate it into {pool}",
    verb="Stop {server} and start",
    points=(
        STOPS,
        OUTAGE,
        Point(
            "What people notice",
            "Their devices do not sync until the transfer is over. Mail is not lost: it waits in "
            "the mail files.",
        ),
        Point("How to go back", "Until the cut-over, Cancel starts {server} again as it was."),
    ),
    dangerous=True,
)


def start_facts(migration: Migration) -> dict[str, str]:
    """`stops` and `outage` as sentences, from what the console knows by now."""
    return {"stops": what_stops(migration.server), "outage": expected_outage(migration)}


def what_stops(server: Server) -> str:
    """How many people a stop concerns, as in `trav4 stops now: 200 users, 350 devices`."""
    name = server.short_name
    if server.availability == Availability.UNAVAILABLE:
        return f"{name} is down already, as the last check found."
    users = count_users(server)
    if users is None:
        return f"{name} stops now. How many users it serves is not known yet."
    stops = f"{name} stops now: {_count(users, 'user')}"
    if server.inventory_seen_at is None:
        return f"{stops}."
    devices = Device.objects.present().filter(user__server=server).count()
    return f"{stops}, {_count(devices, 'device')}."


def count_users(server: Server) -> int | None:
    """Its users by the inventory, or else as many as it served when it was last asked."""
    if server.inventory_seen_at is None:
        return server.users
    return TravelerUser.objects.present().filter(server=server).count()


def expected_outage(migration: Migration) -> str:
    """As this server's last rehearsal measured, or else as the preflight worked out."""
    is_migration = migration.kind_enum is MigrationKind.MIGRATION
    rehearsed = migration.server.migrations.last_rehearsed() if is_migration else None
    forecast = make_forecast(rehearsed) if rehearsed else None
    if rehearsed and rehearsed.finished_at and forecast:
        about = in_two_units(timedelta(seconds=forecast.seconds_down))
        return (
            f"About {about} until the cut-over, as rehearsed on {rehearsed.finished_at:%-d %b %Y}. "
            "To this come the time until you approve it, and the start on the pool’s database."
        )
    outage = migration.findings.preflight().filter(check_id="outage").first()
    return outage.seen if outage else "Not known: the preflight has not worked it out."


def _count(number: int, display_noun: str) -> str:
    return f"{number:,} {display_noun}{'' if number == 1 else 's'}"
