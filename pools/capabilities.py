"""What each operation on a server takes: all of them start at one address."""

from __future__ import annotations

from console.accounts.capabilities import Capability
from pools.states import OperationKind

OPERATION_CAPABILITIES: dict[OperationKind, Capability] = {
    OperationKind.HADR_SHOW: Capability.CHECK_SERVER,
    OperationKind.STATUS: Capability.CHECK_SERVER,
    OperationKind.DRAIN: Capability.DRAIN_SERVER,
    OperationKind.RESUME_SERVICE: Capability.DRAIN_SERVER,
    OperationKind.DB_SHOW: Capability.CHECK_SERVER,
    OperationKind.DB_CHECK: Capability.CHECK_SERVER,
    OperationKind.LOG_COLLECT: Capability.COLLECT_LOGS,
}
