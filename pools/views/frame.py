"""What the frame around every page shows. Nothing is read until a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from console.accounts.permissions import Access, access_of
from pools.domain.attention import Attention, AttentionReport
from pools.models import DatabaseConfiguration, Pool
from pools.presentation.attention import read_attention, read_databases


class Frame:
    """The pools menu and the attention bell, each read at most once a page."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @cached_property
    def _databases(self) -> list[DatabaseConfiguration]:
        return read_databases(self._access)

    @cached_property
    def pools(self) -> list[Pool]:
        return [database.pool for database in self._databases if hasattr(database, "pool")]

    @cached_property
    def around(self) -> AttentionReport:
        return read_attention(self._databases, access=self._access)

    @property
    def attention(self) -> list[Attention]:
        return self.around.items


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame.pools` and `frame.attention`; `may.drain_server` and its kin."""
    access = access_of(getattr(request, "user", None))
    return {"frame": Frame(access), "may": access}
