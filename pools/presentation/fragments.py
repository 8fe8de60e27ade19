"""The elements that a push replaces: each is the same partial that first drew the page.

Every function reads rows and returns whole elements with ids, or nothing when the row is gone.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from pools.broadcast.events import OVERVIEW
from pools.models import DatabaseConfiguration, Operation, Pool, Server
from pools.presentation.attention import read_attention, things_needing_attention
from pools.presentation.database_findings import findings_of
from pools.presentation.pool_cards import pools_for_cards

OPERATIONS_SHOWN = 12


def overview(_pk: int) -> str:
    """What needs a person, there and in the bell, every pool's card, and the standalone servers."""
    around = read_attention()
    standalone = Server.objects.in_service().standalone()
    return "".join(
        [
            render_to_string("components/bell.html", {"attention": around.items}),
            _drawn("needs_you", attention=around.items),
            *(_drawn("pool_card", pool=pool) for pool in pools_for_cards()),
            _drawn("standalone", standalone=standalone, on_purpose=around.down_on_purpose)
            if standalone
            else "",
        ]
    )


def bell(_pk: int) -> str:
    """The bell alone, for the frame around every page."""
    return render_to_string("components/bell.html", {"attention": things_needing_attention()})


def pool(pk: int) -> str:
    """The servers of a pool, as `hadr show` lists them."""
    found = Pool.objects.filter(pk=pk).first()
    return _drawn("server_rows", pool=found) if found else ""


def server(pk: int) -> str:
    """A server's state, what fits it, and its last operations."""
    found = Server.objects.filter(pk=pk).first()
    if found is None:
        return ""
    operations = found.operations.select_related("actor")[:OPERATIONS_SHOWN]
    return (
        _drawn("server_head", server=found)
        + _drawn("server_actions", server=found)
        + _drawn("operation_rows", operations=operations)
    )


def operation(pk: int) -> str:
    """An operation and the lines it printed."""
    found = Operation.objects.filter(pk=pk).first()
    return _drawn("operation", operation=found, lines=list(found.lines.all())) if found else ""


def database(pk: int) -> str:
    """A database and the findings of its last check."""
    found = DatabaseConfiguration.objects.filter(pk=pk).first()
    if found is None:
        return ""
    return _drawn("database", database=found, **findings_of(found))


def schema(pk: int) -> str:
    """How a database's tables stand to those that are needed."""
    found = DatabaseConfiguration.objects.filter(pk=pk).first()
    return _drawn("schema_level", database=found) if found else ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a socket may follow: its group's name before the number, and what it is sent."""

    group: str
    render: Callable[[int], str]

    def group_of(self, pk: int) -> str:
        return f"{self.group}-{pk}" if pk else self.group


TOPICS: dict[str, Topic] = {
    "overview": Topic(OVERVIEW, overview),
    "bell": Topic(OVERVIEW, bell),
    "pool": Topic("pool", pool),
    "server": Topic("server", server),
    "operation": Topic("operation", operation),
    "database": Topic("database", database),
    "schema": Topic("schema", schema),
}


def rendered(topic: Topic, pk: int, time_zone: str) -> str:
    """The elements in the viewer's own time zone."""
    with timezone.override(zoneinfo.ZoneInfo(time_zone)):
        return topic.render(pk)


def _drawn(partial: str, **context: object) -> str:
    return render_to_string(f"pools/partials/{partial}.html", context)
