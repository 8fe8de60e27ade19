"""Saving what was observed: the server's latest condition, a reading, and each change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pools.domain.availability import index_range
from pools.models import Reading, Server, StatusChange
from pools.services.observations import Observation
from pools.states import HealthValue

WRITTEN = [
    "availability",
    "availability_index",
    "constrained",
    "users",
    "heartbeat_at",
    "swept_at",
    "seen_at",
    "changed_at",
    "failure",
]
MOST_READINGS = timedelta(days=35)
# Fits into the parameters of one statement on every engine.
DELETED_AT_ONCE = 1000


@transaction.atomic
def save_observations(
    observed: Iterable[tuple[Server, Observation]], *, now: datetime | None = None
) -> None:
    """Save a batch in four statements, however many servers it holds."""
    now = now or timezone.now()
    servers, readings, changes = [], [], []
    for server, observation in observed:
        before = health_words(server)
        _apply(server, observation, now)
        changed = changes_between(before, server, now, reason=observation.failure)
        if changed:
            server.changed_at = now
        servers.append(server)
        changes += changed
        readings.append(_reading(server, observation, now))
    Server.objects.bulk_update(servers, WRITTEN, batch_size=200)
    Reading.objects.bulk_create(readings)
    StatusChange.objects.bulk_create(changes)


def health_words(server: Server) -> dict[HealthValue, str]:
    """The four values as words, for the list of changes."""
    constrained = {None: "not known", True: "constrained", False: "not constrained"}
    return {
        HealthValue.AVAILABILITY: server.availability,
        HealthValue.AVAILABILITY_INDEX: index_range(server.availability_index).value,
        HealthValue.OVERALL_STATUS: server.overall_status,
        HealthValue.CONSTRAINED: constrained[server.constrained],
    }


def changes_between(
    before: dict[HealthValue, str], server: Server, now: datetime, *, reason: str
) -> list[StatusChange]:
    """One change for each of the four values that is another word now."""
    return [
        StatusChange(server=server, at=now, value=value, old=before[value], new=new, reason=reason)
        for value, new in health_words(server).items()
        if new != before[value]
    ]


def prune_readings(older_than: timedelta = MOST_READINGS) -> int:
    """Delete old readings, a portion at a time so that no sweep has to wait; returns how many."""
    deleted = 0
    old = Reading.objects.filter(taken_at__lt=timezone.now() - older_than).order_by("pk")
    while portion := list(old.values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        Reading.objects.filter(pk__in=portion).delete()
        deleted += len(portion)
    return deleted


def _apply(server: Server, observation: Observation, now: datetime) -> None:
    server.availability = observation.availability
    server.availability_index = observation.availability_index
    server.constrained = observation.constrained
    server.failure = observation.failure
    server.swept_at = now
    if observation.users is not None:
        server.users = observation.users
    if observation.heartbeat_at is not None:
        server.heartbeat_at = observation.heartbeat_at
    if observation.answered:
        server.seen_at = now


def _reading(server: Server, observation: Observation, now: datetime) -> Reading:
    return Reading(
        server=server,
        taken_at=now,
        availability=observation.availability,
        availability_index=observation.availability_index,
        overall_status=server.overall_status,
        status_reasons=server.status_reasons,
        constrained=observation.constrained,
        users=observation.users,
        heartbeat_at=observation.heartbeat_at,
        latency_ms=observation.latency_ms,
        failure=observation.failure,
    )
