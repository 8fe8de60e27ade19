"""Who may do what: every page, endpoint, socket and action, read from where each declares it.

`manage.py write_permissions` makes docs/permissions.md of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny, IsAuthenticated

from console.accounts.access import Audience, Declared, declared_by, is_open_to, is_self_guarded
from console.accounts.api.permissions import DeclaredCapability, declared_for
from console.accounts.capabilities import OF_ALL_POOLS, Capability
from console.accounts.models import User
from console.accounts.roles import ROLES, Role
from console.closed_socket import ClosedConsumer
from console.routing import websocket_urlpatterns
from migrations_ui.capabilities import ACTION_CAPABILITIES
from pools.capabilities import OPERATION_CAPABILITIES


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a person may ask for, and what it takes.

    `path` is the address with its arguments in braces, `arguments` are their names; `method` is
    empty where all of them take the same.
    """

    name: str
    path: str
    method: str
    arguments: tuple[str, ...]
    declared: Declared

    def is_open_to(self, role: Role) -> bool:
        return is_open_to(User(role=role), self.declared)


def pages() -> list[Entry]:
    """Every named view, without those of applications that guard themselves."""
    return [
        Entry(name, path, "", arguments, declared_by(view))
        for name, path, arguments, view in _views(get_resolver())
        if not is_self_guarded(view) and not name.startswith("admin:")
    ]


def endpoints() -> list[Entry]:
    """Every endpoint of the API with every method that it serves."""
    return [
        Entry(name, path, method.upper(), arguments, _declared_in_api(view, method, action))
        for name, path, arguments, callback in _views(get_resolver())
        if hasattr(callback, "cls")
        for view, method, action in _served(callback)
    ]


def sockets() -> list[Entry]:
    """Every socket that names something."""
    return [
        Entry(
            pattern.default_args.get("topic", ""),
            _shown(str(pattern.pattern)),
            "",
            tuple(pattern.pattern.regex.groupindex),
            frozenset({consumer.capability_of(pattern.default_args)}),
        )
        for pattern in websocket_urlpatterns
        if (consumer := pattern.callback.consumer_class) is not ClosedConsumer
    ]


def actions() -> list[Entry]:
    """The operations on a server, which start at one address, and the actions of a migration."""
    operations = (
        Entry("operation", kind.value, "", (), frozenset({capability}))
        for kind, capability in OPERATION_CAPABILITIES.items()
    )
    of_migrations = (
        Entry("migration", action.value, "", (), frozenset({needed}))
        for action, needed in ACTION_CAPABILITIES.items()
    )
    return [*operations, *of_migrations]


def _views(
    resolver: URLResolver, route: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    """Name, path, arguments and view of each address."""
    for entry in resolver.url_patterns:
        whole = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, (namespace, entry.namespace or "")))
            yield from _views(entry, whole, inner)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}:{entry.name}".lstrip(":")
            yield name, _shown(whole), tuple(entry.pattern.regex.groupindex), entry.callback


def _shown(route: str) -> str:
    """`/pools/{slug}/` of `pools/<slug:slug>/`, and of the API's regular expressions."""
    shown, depth, name = "", 0, ""
    for character in route:
        if character in "<(":
            depth += 1
        if depth:
            name += character
        elif character not in "^$\\":
            shown += character
        if character in ">)":
            depth -= 1
            if not depth:
                bare = name.partition("<")[2].partition(">")[0]
                shown, name = f"{shown}{{{bare.rpartition(':')[2]}}}", ""
    return f"/{shown}"


def _served(callback: Any) -> Iterator[tuple[Any, str, str | None]]:
    """The view as a request finds it, a method in lower case, and the action it stands for."""
    view = callback.cls(**callback.initkwargs)
    by_method: dict[str, str] = getattr(callback, "actions", None) or {}
    for method, action in by_method.items():
        setattr(view, method, getattr(view, action))
    for method in ("get", "post", "put", "patch", "delete"):
        if hasattr(view, method):
            yield view, method, by_method.get(method)


def _declared_in_api(view: Any, method: str, action: str | None) -> Declared:
    (permission,) = view.permission_classes
    if permission is AllowAny:
        return Audience.EVERYONE
    if permission is IsAuthenticated:
        return Audience.SIGNED_IN
    if permission is not DeclaredCapability:
        raise TypeError(f"{type(view).__name__} has a permission class that is not known here.")
    return declared_for(view, method, action)


def markdown() -> str:
    """The whole of docs/permissions.md."""
    roles = [role.label for role in Role]
    return "\n".join(
        [
            HEAD,
            "## Capabilities",
            "",
            *_table(["Capability", "Allows", *roles], map(_capability_row, Capability)),
            OF_ALL,
            *_section("Pages", "Page", pages()),
            *_section("Endpoints", "Endpoint", endpoints()),
            *_section("Sockets", "Socket", sockets()),
            *_section("Actions", "Action", actions()),
        ]
    )


HEAD = """# Who may do what

Made by `manage.py write_permissions` from the code. Change the code, run it again, and commit both;
a test compares them, and another asks every page, endpoint and socket as each role.

Code asks `may(user, Capability.…, pool)` (`console/accounts/permissions.py`). What a role may do is
one table (`console/accounts/roles.py`). A person's role holds for all pools or for some: what
belongs to another pool is not there, it is answered with 404 and left out of lists. Standalone
servers and databases without a pool belong to people with all pools. Django's admin is for
superusers, who are administrators of all pools.
"""
OF_ALL = """
\\* Only where the role holds for all pools.
"""


def _capability_row(capability: Capability) -> list[str]:
    star = r" \*" if capability in OF_ALL_POOLS else ""
    granted = [capability in ROLES[role] for role in Role]
    return [f"`{capability.value}`{star}", capability.label, *map(_mark, granted)]


def _section(title: str, heading: str, entries: list[Entry]) -> Iterator[str]:
    yield from (f"## {title}", "")
    rows = (
        [_what(entry), _needs(entry.declared), *(_mark(entry.is_open_to(role)) for role in Role)]
        for entry in entries
    )
    yield from _table([heading, "Takes", *(role.label for role in Role)], rows)
    yield ""


def _what(entry: Entry) -> str:
    if not entry.path.startswith("/"):
        return f"{entry.name}: `{entry.path}`"
    return f"`{entry.method} {entry.path}`".replace("` ", "`")


def _needs(declared: Declared) -> str:
    if isinstance(declared, Audience):
        return declared.value
    return " or ".join(f"`{capability.value}`" for capability in sorted(declared))


def _mark(granted: bool) -> str:
    return "yes" if granted else "–"


def _table(headings: list[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
