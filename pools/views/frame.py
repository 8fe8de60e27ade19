"""What the frame around every page shows. Nothing is read until a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from pools.models import Pool
from pools.views.attention import Attention, Told, look_around


class Frame:
    """The pools menu and the attention bell, each read at most once a page."""

    @cached_property
    def pools(self) -> list[Pool]:
        return list(Pool.objects.only("name", "slug"))

    @cached_property
    def around(self) -> Told:
        return look_around()

    @property
    def attention(self) -> list[Attention]:
        return self.around.items


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame.pools` and `frame.attention`."""
    return {"frame": Frame()}
