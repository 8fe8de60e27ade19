"""A queue that cannot be reached, because nothing listens at its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import Mock, patch

from celery import Celery
from celery.app import app_or_default
from django.conf import settings
from redis import Connection

from console.supervision.ports import free_port


@contextmanager
def closed_queue() -> Iterator[Mock]:
    """Tasks are sent to a closed port, with the console's own transport options. The mock counts
    how often a connection to it is tried."""
    before = app_or_default()
    app = Celery("closed", broker=f"redis://127.0.0.1:{free_port()}/0")
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    app.set_current()
    tried = patch.object(Connection, "connect", autospec=True, side_effect=Connection.connect)
    try:
        with tried as connect:
            yield connect
    finally:
        before.set_current()
