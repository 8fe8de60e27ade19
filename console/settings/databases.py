"""The console's own database. Managed databases are never listed here (docs/architecture.md)."""

from __future__ import annotations

from typing import Any

from console.settings.environment import LIFEGUARD_WORK_DIR, env

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="")
        or f"sqlite:///{LIFEGUARD_WORK_DIR / 'lifeguard.sqlite3'}"
    )
}
# mssql-django reads this: a managed database that was closed is to be closed.
DATABASE_CONNECTION_POOLING = False
DATABASE_ROUTERS = ["pools.store.router.StoreRouter"]

_console = DATABASES["default"]
if _console["ENGINE"] == "django.db.backends.sqlite3":
    LIFEGUARD_WORK_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Web, workers and beat write at the same time: wait for the lock instead of failing.
    _console["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif _console["ENGINE"] == "django.db.backends.postgresql":
    # Persistent connections do not work under ASGI; the driver's own pool does.
    _console["OPTIONS"] = {"pool": True}
elif _console["ENGINE"] == "mssql":
    # Brings its own client library; the backend wants libodbc2 all the same (docs/engines.md).
    _console["OPTIONS"] = {"python_driver": "mssql_python"}
