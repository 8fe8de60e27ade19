"""What the beat runs and how often: rows in the database, which an administrator may change."""

from __future__ import annotations

from dataclasses import dataclass

from django_celery_beat.models import IntervalSchedule, PeriodicTask


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task and its interval in seconds; a run that could not begin within one is dropped."""

    title: str
    task: str
    seconds: int


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("Health of all servers", "pools.tasks.sweep_health", 20),
    Schedule("Overall status of all servers", "pools.tasks.sweep_status", 120),
    Schedule("Members of all pools", "pools.tasks.sync_membership", 60),
    Schedule("Users and devices", "pools.tasks.sync_inventory", 900),
    Schedule("What was never read", "pools.tasks.sync_unread", 20),
    Schedule("Databases", "pools.tasks.check_databases", 600),
    Schedule("Migrations without a worker", "migrations_ui.tasks.requeue_abandoned", 5),
    Schedule("Scratch schemas left over", "migrations_ui.tasks.drop_leftovers", 3600),
    Schedule("Commands without a worker", "pools.tasks.sweep_operations", 600),
    Schedule("Old readings", "pools.tasks.sweep_readings", 86_400),
    Schedule("Idempotency keys of yesterday", "pools.tasks.purge_idempotency_keys", 3600),
    Schedule("Users and devices that are gone", "pools.tasks.sweep_gone", 21_600),
)


def ensure_schedules() -> None:
    """Enter the schedules that are missing; those that exist stay as somebody has set them."""
    for schedule in SCHEDULES:
        if PeriodicTask.objects.filter(name=schedule.title).exists():
            continue
        every, _created = IntervalSchedule.objects.get_or_create(
            every=schedule.seconds, period=IntervalSchedule.SECONDS
        )
        PeriodicTask.objects.create(
            name=schedule.title,
            task=schedule.task,
            interval=every,
            expire_seconds=schedule.seconds,
        )
