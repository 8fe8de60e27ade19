"""The socket of a page of the standing world; each message holds the whole state."""

from __future__ import annotations

from functools import partial

from console.accounts.models import User
from pools.domain.numbers import LARGEST
from pools.live.administrator_consumer import AdministratorConsumer
from pools.live.render_cache import shared_rendering
from pools.presentation.fragments import TOPICS, rendered


class LiveConsumer(AdministratorConsumer):
    """The route names the topic."""

    push_seconds = 0.5

    async def find_group(self, user: User) -> str | None:
        self.name: str = self.scope["url_route"]["kwargs"]["topic"]
        self.topic = TOPICS[self.name]
        self.pk: int = self.scope["url_route"]["kwargs"].get("pk", 0)
        self.time_zone = user.time_zone
        if self.pk > LARGEST:
            return None
        return self.topic.group_of(self.pk)

    async def send_state(self) -> None:
        render = partial(rendered, self.topic, self.pk, self.time_zone)
        # By its name: the bell has the overview's group, and other elements.
        key = (self.name, str(self.pk), self.time_zone, self.stamp)
        text = await shared_rendering(key, render)
        if text:
            await self.send(text)
