"""A migration and everything that is written down about it."""

from __future__ import annotations

from migrations_ui.models.conflict import Conflict, ConflictPage
from migrations_ui.models.correction import Correction
from migrations_ui.models.event import Event
from migrations_ui.models.finding import Finding
from migrations_ui.models.migration import Migration, PoolLock
from migrations_ui.models.purge import Clearing
from migrations_ui.models.retained import KeptListing, KeptRows
from migrations_ui.models.step import Step
from migrations_ui.models.table_transfer import ProgressSample, Reject, TableTransfer
from migrations_ui.models.value_policy import ValuePolicy
from migrations_ui.models.verification import Mismatch, Recheck

__all__ = [
    "Clearing",
    "Conflict",
    "ConflictPage",
    "Correction",
    "Event",
    "Finding",
    "KeptListing",
    "KeptRows",
    "Migration",
    "Mismatch",
    "PoolLock",
    "ProgressSample",
    "Recheck",
    "Reject",
    "Step",
    "TableTransfer",
    "ValuePolicy",
]
