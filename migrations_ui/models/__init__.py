"""A migration and everything that is written down about it."""

from __future__ import annotations

from migrations_ui.models.conflict import Conflict, ConflictPage
from migrations_ui.models.correction import Correction
from migrations_ui.models.event import Event
from migrations_ui.models.finding import Finding
from migrations_ui.models.migration import Migration, PoolLock
from migrations_ui.models.purge import Purge
from migrations_ui.models.retained import RetainedListing, RetainedRows
from migrations_ui.models.step import Step
from migrations_ui.models.table_transfer import ProgressSample, Reject, TableTransfer
from migrations_ui.models.value_policy import ValuePolicy
from migrations_ui.models.verification import Mismatch, Verification

__all__ = [
    "Conflict",
    "ConflictPage",
    "Correction",
    "Event",
    "Finding",
    "Migration",
    "Mismatch",
    "PoolLock",
    "ProgressSample",
    "Purge",
    "Reject",
    "RetainedListing",
    "RetainedRows",
    "Step",
    "TableTransfer",
    "ValuePolicy",
    "Verification",
]
