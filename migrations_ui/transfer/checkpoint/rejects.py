"""Rows that a run could not carry over, and why, as the target keeps them."""

from __future__ import annotations

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.tables import RejectedRow
from pools.databases.connection import DatabaseLogin

__all__ = ["RejectedRow", "list_rejects"]


def list_rejects(login: DatabaseLogin, *, run_id: str, limit: int = 1000) -> list[RejectedRow]:
    """The rows that run `run_id` kept out, by table and position."""
    with open_target(login) as target:
        return Checkpoint(target, run_id).rejects(limit)
