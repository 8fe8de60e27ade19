from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pools.models import Reading
from pools.services import readings
from pools.services.readings import prune_readings
from tests.factories import ReadingFactory, ServerFactory

pytestmark = pytest.mark.django_db


def test_old_readings_are_forgotten_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "DELETED_AT_ONCE", 3)
    server = ServerFactory()
    now = timezone.now()
    ReadingFactory.create_batch(7, server=server, taken_at=now - timedelta(days=40))
    young = ReadingFactory(server=server, taken_at=now - timedelta(days=30))

    assert prune_readings() == 7
    assert list(Reading.objects.all()) == [young]
