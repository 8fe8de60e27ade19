"""The socket of a page of the standing world; each message holds the whole state."""

from __future__ import annotations

from functools import partial
from typing import Any

from console.accounts.capabilities import Capability
from console.accounts.models import User
from pools.domain.numbers import LARGEST
from pools.live.guarded_consumer import GuardedConsumer
from pools.live.render_cache import shared_rendering
from pools.presentation.fragments import TOPICS, rendered


class LiveConsumer(GuardedConsumer):
    """The route names the topic."""

    push_seconds = 0.5

    @classmethod
    def capability_of(cls, route: dict[str, Any]) -> Capability:
        return TOPICS[route["topic"]].capability

    async def find_groups(self, user: User) -> tuple[str, ...]:
        self.name: str = self.route["topic"]
        self.topic = TOPICS[self.name]
        self.pk: int = self.route.get("pk", 0)
        self.time_zone = user.time_zone
        if self.pk > LARGEST or not await self._is_within_reach():
            return ()
        return (self.topic.group_of(self.pk),)

    async def _is_within_reach(self) -> bool:
        """Only a person who has some of the pools can be kept from a row."""
        if self.access.pools is None or self.topic.model is None:
            return True
        return await self.access.scoped(self.topic.model.objects.filter(pk=self.pk)).aexists()

    async def send_state(self) -> None:
        render = partial(rendered, self.topic, self.pk, self.time_zone, self.access)
        # By its name: the bell has the overview's group, and other elements.
        key = (self.name, self.pk, self.time_zone, self.access, self.stamp)
        text = await shared_rendering(key, render)
        if text:
            await self.send(text)
