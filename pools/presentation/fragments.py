"""The elements that a push replaces: each is the same partial that first drew the page.

Every function reads rows and returns whole elements with ids, or nothing when the row is gone.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from console.accounts.capabilities import Capability
from console.accounts.permissions import FULL_ACCESS, Access
from pools.broadcast.events import OVERVIEW
from pools.models import DatabaseConfiguration, Operation, Pool, Server
from pools.presentation.attention import read_attention, things_needing_attention
from pools.presentation.database_findings import findings_of
from pools.presentation.pool_cards import pools_for_cards

OPERATIONS_SHOWN = 12


def overview(_pk: int, access: Access) -> str:
    """What needs a person, there and in the bell, every pool's card, and the standalone servers."""
    around = read_attention(access=access)
    standalone = access.scoped(Server.objects.in_service().standalone())
    return "".join(
        [
            render_to_string("components/bell.html", {"attention": around.items}),
            _drawn("needs_you", access, attention=around.items),
            *(_drawn("pool_card", access, pool=pool) for pool in pools_for_cards(access)),
            _drawn("standalone", access, standalone=standalone, on_purpose=around.down_on_purpose)
            if standalone
            else "",
        ]
    )


def bell(_pk: int, access: Access) -> str:
    """The bell alone, for the frame around every page."""
    return render_to_string("components/bell.html", {"attention": things_needing_attention(access)})


def pool(pk: int, access: Access) -> str:
    """The servers of a pool, as `hadr show` lists them."""
    found = Pool.objects.filter(pk=pk).first()
    return _drawn("server_rows", access, pool=found) if found else ""


def server(pk: int, access: Access) -> str:
    """A server's state, what fits it, and its last operations."""
    found = Server.objects.filter(pk=pk).first()
    if found is None:
        return ""
    operations = found.operations.select_related("actor")[:OPERATIONS_SHOWN]
    return (
        _drawn("server_head", access, server=found)
        + _drawn("server_actions", access, server=found)
        + _drawn("operation_rows", access, operations=operations)
    )


def operation(pk: int, access: Access) -> str:
    """An operation and the lines it printed."""
    found = Operation.objects.filter(pk=pk).first()
    return (
        _drawn("operation", access, operation=found, lines=list(found.lines.all())) if found else ""
    )


def database(pk: int, access: Access) -> str:
    """A database and the findings of its last check."""
    found = DatabaseConfiguration.objects.filter(pk=pk).first()
    if found is None:
        return ""
    return _drawn("database", access, database=found, **findings_of(found))


def schema(pk: int, access: Access) -> str:
    """How a database's tables stand to those that are needed."""
    found = DatabaseConfiguration.objects.filter(pk=pk).first()
    return _drawn("schema_level", access, database=found) if found else ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a socket may follow: its group's name before the number, what it is sent, what a viewer
    needs, and the kind of row that the number names, if any."""

    group: str
    render: Callable[[int, Access], str]
    capability: Capability = Capability.VIEW_POOLS
    model: type[Pool | Server | Operation | DatabaseConfiguration] | None = None

    def group_of(self, pk: int) -> str:
        return f"{self.group}-{pk}" if pk else self.group


TOPICS: dict[str, Topic] = {
    "overview": Topic(OVERVIEW, overview),
    "bell": Topic(OVERVIEW, bell),
    "pool": Topic("pool", pool, model=Pool),
    "server": Topic("server", server, model=Server),
    "operation": Topic("operation", operation, model=Operation),
    "database": Topic("database", database, Capability.VIEW_DATABASES, DatabaseConfiguration),
    "schema": Topic("schema", schema, Capability.VIEW_DATABASES, DatabaseConfiguration),
}


def rendered(topic: Topic, pk: int, time_zone: str, access: Access = FULL_ACCESS) -> str:
    """The elements in the viewer's own time zone, with what the viewer may see."""
    with timezone.override(zoneinfo.ZoneInfo(time_zone)):
        return topic.render(pk, access)


def _drawn(partial: str, access: Access, **context: object) -> str:
    return render_to_string(f"pools/partials/{partial}.html", {"may": access, **context})
