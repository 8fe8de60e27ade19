"""What the fragments of the live page are drawn from, pushed or polled."""

from __future__ import annotations

from console.accounts.permissions import Access
from migrations_ui.presentation.snapshot import Snapshot
from migrations_ui.states import EventKind
from pools.presentation.attention import things_needing_attention


def fragments_context(snapshot: Snapshot, access: Access) -> dict[str, object]:
    """The snapshot; and what the bell counts, when the client has not heard of the last change of
    state: at other times it costs queries for nothing."""
    context = snapshot.context() | {"may": access}
    if any(event.kind == EventKind.STATUS for event in snapshot.events):
        context["attention"] = things_needing_attention(access)
    return context
