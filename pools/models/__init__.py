"""One noun a file; each noun's QuerySet stands beside it."""

from __future__ import annotations

from pools.models.audit import AuditEntry
from pools.models.command_profile import CommandProfile
from pools.models.database_configuration import DatabaseConfiguration, DatabaseFinding
from pools.models.device import Device
from pools.models.login import Login
from pools.models.lookups import Prefix
from pools.models.operation import Operation, OperationLine
from pools.models.outdated_password import OutdatedPassword
from pools.models.pool import Pool, PoolMember
from pools.models.reading import Reading, StatusChange
from pools.models.rejected_login import RejectedLogin
from pools.models.server import Server
from pools.models.traveler_user import TravelerUser

__all__ = [
    "AuditEntry",
    "CommandProfile",
    "DatabaseConfiguration",
    "DatabaseFinding",
    "Device",
    "Login",
    "Operation",
    "OperationLine",
    "OutdatedPassword",
    "Pool",
    "PoolMember",
    "Prefix",
    "Reading",
    "RejectedLogin",
    "Server",
    "StatusChange",
    "TravelerUser",
]
