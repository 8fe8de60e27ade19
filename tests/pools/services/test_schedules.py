from __future__ import annotations

from importlib import import_module

import pytest
from django_celery_beat.models import PeriodicTask

from pools.services.schedules import SCHEDULES, ensure_schedules

pytestmark = pytest.mark.django_db


def test_every_schedule_is_there_and_names_a_task() -> None:
    ensure_schedules()

    assert set(PeriodicTask.objects.values_list("name", "task")) >= {
        (schedule.title, schedule.task) for schedule in SCHEDULES
    }
    for schedule in SCHEDULES:
        module, _, name = schedule.task.rpartition(".")
        assert getattr(import_module(module), name).name == schedule.task


def test_what_an_administrator_changed_stays() -> None:
    ensure_schedules()
    PeriodicTask.objects.filter(name="Databases").update(enabled=False)

    ensure_schedules()

    assert PeriodicTask.objects.get(name="Databases").enabled is False
