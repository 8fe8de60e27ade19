"""The socket of a migration.

`?after=` names the last event the client has, `?format=json` is for clients other than the page.
Each message holds the whole state and the events after the last one sent here, so a client that
connects again with its own last number sees every event once.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import parse_qs

from console.accounts.capabilities import Capability
from console.accounts.models import User
from migrations_ui.broadcast import group_of
from migrations_ui.live.renderings import FORMATS, rendered
from migrations_ui.models import Migration
from pools.broadcast.events import schema_group
from pools.domain.numbers import LARGEST, read_number
from pools.live.guarded_consumer import GuardedConsumer
from pools.live.render_cache import shared_rendering


class MigrationConsumer(GuardedConsumer):
    """Follows one migration; the address says from which event on and in which format."""

    # Four messages a second are more than a person reads.
    push_seconds = 0.25

    async def connect(self) -> None:
        self.after, self.format = _requests(self.scope["query_string"])
        await super().connect()

    @classmethod
    def capability_of(cls, route: dict[str, Any]) -> Capability:
        return Capability.VIEW_MIGRATIONS

    async def find_groups(self, user: User) -> tuple[str, ...]:
        """Its own, and that of its database's schema: the page shows how the tables stand."""
        self.pk: int = self.route["pk"]
        if self.pk > LARGEST:
            return ()
        found = self.access.scoped(Migration.objects.filter(pk=self.pk))
        database = await found.values_list("pool__database", flat=True).afirst()
        return () if database is None else (group_of(self.pk), schema_group(database))

    async def send_state(self) -> None:
        more = True
        while more:
            key = (self.pk, self.format, self.after, self.access, self.stamp)
            render = partial(rendered, self.pk, self.after, self.format, self.access)
            rendering = await shared_rendering(key, render)
            await self.send(rendering.text)
            self.after, more = rendering.sequence, rendering.more


def _requests(query_string: bytes) -> tuple[int, str]:
    """`after` and `format` of the address; what cannot be read counts as not said."""
    query = parse_qs(query_string.decode("ascii", errors="replace"))
    after, form = query.get("after", ["0"])[-1], query.get("format", ["html"])[-1]
    return read_number(after), (form if form in FORMATS else "html")
