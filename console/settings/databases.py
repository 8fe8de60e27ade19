"""The console's own database. Managed databases are never listed here (docs/architecture.md)."""

from __future__ import annotations

from typing import Any

from console.database_options import as_settings, completed, merged
from console.settings.environment import LIFEGUARD_WORK_DIR, env

# What this console needs of each backend; options of DATABASE_URL come on top.
_NEEDED: dict[str, dict[str, Any]] = {
    # Web, workers and beat write at the same time: wait for the lock instead of failing.
    "django.db.backends.sqlite3": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
    # Persistent connections do not work under ASGI; the driver's own pool does.
    "django.db.backends.postgresql": {"pool": True},
    # Brings its own client library; the backend wants libodbc2 all the same (docs/engines.md).
    "mssql": {"python_driver": "mssql_python"},
}


def console_database(url: str) -> dict[str, Any]:
    """The `settings.DATABASES` entry of a URL, with all of its options."""
    entry = env.db_url_config(url)
    backend = entry["ENGINE"]
    options = entry.pop("OPTIONS", {})
    needed = {"OPTIONS": dict(_NEEDED[backend])} if backend in _NEEDED else {}
    return completed(merged(entry, needed, as_settings(backend, options)))


DATABASES: dict[str, dict[str, Any]] = {
    "default": console_database(
        env.str("DATABASE_URL", default="")
        or f"sqlite:///{LIFEGUARD_WORK_DIR / 'lifeguard.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    LIFEGUARD_WORK_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
# mssql-django reads this: a managed database that was closed is to be closed.
DATABASE_CONNECTION_POOLING = False
DATABASE_ROUTERS = ["pools.store.router.StoreRouter"]
