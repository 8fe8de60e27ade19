"""What each action of a migration takes: its button is there for those who have it.

The views and the API declare the same, and tests/console/test_permission_matrix.py compares them.
"""

from __future__ import annotations

from console.accounts.capabilities import Capability
from migrations_ui.states import Action

ACTION_CAPABILITIES: dict[Action, Capability] = {
    Action.CHECK: Capability.DRAFT_MIGRATION,
    Action.START: Capability.RUN_MIGRATION,
    Action.PAUSE: Capability.RUN_MIGRATION,
    Action.RESUME: Capability.RUN_MIGRATION,
    Action.RETRY: Capability.RUN_MIGRATION,
    Action.CONFIRM: Capability.CUT_OVER_MIGRATION,
    Action.CANCEL: Capability.RUN_MIGRATION,
    Action.ROLL_BACK: Capability.ROLL_BACK_MIGRATION,
    Action.MIGRATE: Capability.DRAFT_MIGRATION,
}
