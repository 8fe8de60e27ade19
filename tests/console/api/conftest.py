"""No broker: what the endpoints queue is kept in a list."""

from __future__ import annotations

from tests.migrations_ui.conftest import queued

__all__ = ["queued"]
