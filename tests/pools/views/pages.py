"""Every page of the console by name: who may reach it, and where it is in the test's world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from console.accounts.access import is_self_guarded
from console.accounts.roles import Role
from tests.pools.views.conftest import World

ALL = frozenset(Role)
LOOKING_UP = frozenset({Role.ADMINISTRATOR, Role.HELPDESK})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

# Every named address, except those of applications that guard themselves (the API, the admin).
# `None`: open to people who have not signed in.
REACH: dict[str, frozenset[Role] | None] = {
    "accounts:sign_in": None,
    "accounts:sign_out": ALL,
    "accounts:profile": ALL,
    "accounts:theme": ALL,
    "accounts:password": ALL,
    "accounts:token_add": LOOKING_UP,
    "accounts:token_revoke": ALL,
    "pools:lookup": LOOKING_UP,
    "pools:user": LOOKING_UP,
    "pools:user_details": LOOKING_UP,
    "pools:user_ask": LOOKING_UP,
    # It leads the helpdesk on to the look-up.
    "pools:overview": LOOKING_UP,
    "pools:pool_add": ADMINISTRATORS,
    "pools:pool": ADMINISTRATORS,
    "pools:pool_users": ADMINISTRATORS,
    "pools:pool_database": ADMINISTRATORS,
    "pools:pool_schema": ADMINISTRATORS,
    "pools:pool_migrations": ADMINISTRATORS,
    "pools:pool_edit": ADMINISTRATORS,
    "pools:pool_index_chart": ADMINISTRATORS,
    "pools:server_add": ADMINISTRATORS,
    "pools:server": ADMINISTRATORS,
    "pools:server_users": ADMINISTRATORS,
    "pools:server_edit": ADMINISTRATORS,
    "pools:server_retire": ADMINISTRATORS,
    "pools:host_key_forget": ADMINISTRATORS,
    "pools:server_logins_try": ADMINISTRATORS,
    "pools:operation_start": ADMINISTRATORS,
    "pools:operation": ADMINISTRATORS,
    "pools:operation_archive": ADMINISTRATORS,
    "pools:database_password_set": ADMINISTRATORS,
    "pools:databases": ADMINISTRATORS,
    "pools:database_add": ADMINISTRATORS,
    "pools:database_edit": ADMINISTRATORS,
    "pools:database_check": ADMINISTRATORS,
    "pools:database_level": ADMINISTRATORS,
    "pools:logins": ADMINISTRATORS,
    "pools:login_add": ADMINISTRATORS,
    "pools:login_edit": ADMINISTRATORS,
    "pools:profiles": ADMINISTRATORS,
    "pools:profile_add": ADMINISTRATORS,
    "pools:profile_edit": ADMINISTRATORS,
    "pools:audit": ADMINISTRATORS,
    "migrations_ui:migrations": ADMINISTRATORS,
    "migrations_ui:choose_server": ADMINISTRATORS,
    "migrations_ui:choose_pool": ADMINISTRATORS,
    "migrations_ui:migration": ADMINISTRATORS,
    "migrations_ui:live": ADMINISTRATORS,
    "migrations_ui:log": ADMINISTRATORS,
    "migrations_ui:preflight": ADMINISTRATORS,
    "migrations_ui:rejects": ADMINISTRATORS,
    "migrations_ui:rejects_csv": ADMINISTRATORS,
    "migrations_ui:conflicts": ADMINISTRATORS,
    "migrations_ui:conflicts_csv": ADMINISTRATORS,
    "migrations_ui:policy": ADMINISTRATORS,
    "migrations_ui:verification": ADMINISTRATORS,
    "migrations_ui:verify_again": ADMINISTRATORS,
    "migrations_ui:repair": ADMINISTRATORS,
    "migrations_ui:skip_reject": ADMINISTRATORS,
    "migrations_ui:correct": ADMINISTRATORS,
    "migrations_ui:retained": ADMINISTRATORS,
    "migrations_ui:retained_read": ADMINISTRATORS,
    "migrations_ui:retained_by_migration": ADMINISTRATORS,
    "migrations_ui:purge": ADMINISTRATORS,
    "migrations_ui:report": ADMINISTRATORS,
    "migrations_ui:report_json": ADMINISTRATORS,
    "migrations_ui:check": ADMINISTRATORS,
    "migrations_ui:start": ADMINISTRATORS,
    "migrations_ui:pause": ADMINISTRATORS,
    "migrations_ui:resume": ADMINISTRATORS,
    "migrations_ui:pace": ADMINISTRATORS,
    "migrations_ui:chunk_size": ADMINISTRATORS,
    "migrations_ui:values": ADMINISTRATORS,
    "migrations_ui:derby_login": ADMINISTRATORS,
    "migrations_ui:migrate": ADMINISTRATORS,
    "migrations_ui:retry": ADMINISTRATORS,
    "migrations_ui:confirm": ADMINISTRATORS,
    "migrations_ui:cancel": ADMINISTRATORS,
    "migrations_ui:roll_back": ADMINISTRATORS,
}

# Pages of this application and of the accounts that answer a plain GET with a whole page.
READABLE = [
    "accounts:profile",
    "accounts:password",
    "pools:lookup",
    "pools:user",
    "pools:overview",
    "pools:pool_add",
    "pools:pool",
    "pools:pool_users",
    "pools:pool_database",
    "pools:pool_schema",
    "pools:pool_migrations",
    "pools:pool_edit",
    "pools:server_add",
    "pools:server",
    "pools:server_users",
    "pools:server_edit",
    "pools:operation",
    "pools:databases",
    "pools:database_add",
    "pools:database_edit",
    "pools:logins",
    "pools:login_add",
    "pools:login_edit",
    "pools:profiles",
    "pools:profile_add",
    "pools:profile_edit",
    "pools:audit",
]


def declared_names() -> set[str]:
    """`namespace:name` of every address that has to be declared in REACH."""
    return {
        name
        for name, view in _named(get_resolver(), "")
        if not (is_self_guarded(view) or name.startswith("admin:"))
    }


def _named(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, (namespace, entry.namespace or "")))
            yield from _named(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}".lstrip(":"), entry.callback


def address_of(name: str, world: World) -> str:
    """Where the page is in this world. A migration needs no row: its page refuses first."""
    namespace, _, page = name.partition(":")
    if not page:
        return reverse(name)
    if namespace == "accounts":
        return reverse(name, args=["0" * 15] if page == "token_revoke" else [])
    if namespace == "migrations_ui":
        if page in ("skip_reject", "correct"):
            return reverse(name, args=[world.standalone.pk, 1])
        listing = page in ("migrations", "choose_server")
        return reverse(name, args=[] if listing else [world.standalone.pk])
    noun = page.partition("_")[0]
    arguments: dict[str, Any] = {
        "pool": world.pool.slug,
        "server": world.standalone.pk if page == "server_users" else world.server.pk,
        "host": world.server.pk,
        "operation": world.server.pk if page == "operation_start" else world.operation.pk,
        "database": world.database.pk,
        "login": world.login.pk,
        "profile": world.server.profile_id,
        "user": world.person.pk,
    }
    listing = noun not in arguments or page.endswith("_add")
    return reverse(name, args=[] if listing else [arguments[noun]])
