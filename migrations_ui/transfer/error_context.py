"""Where the target refused something: the table, the server, and what can be found out there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from migrations_ui.transfer.engines.base import ConnectionGone, LoadingChanged, Target, TargetLocked
from migrations_ui.transfer.errors import SchemaChanged, TargetError, TargetRefused
from migrations_ui.transfer.plan.schema_drift import require_unchanged
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES


@contextmanager
def add_error_context(
    login: DatabaseLogin, table: TablePlan | None = None, target: Target | None = None
) -> Iterator[None]:
    """What the target raises inside names the table and the server.

    With `target`, which is asked outside of any transaction, it also says who holds the lock, and
    whether the table has been changed.
    """
    name = table.name if table else ""
    try:
        yield
    except LoadingChanged:
        raise
    except TargetLocked as error:
        who = _who_locks(target, name)
        raise TargetLocked(f"{_place(login, name)}: {_bare(error, name)} {who}".strip()) from None
    except ConnectionGone as error:
        raise ConnectionGone(f"{_place(login, '')}: {error}") from None
    except TargetRefused as error:
        more_precise = _what_changed(error, table, target)
        raise type(more_precise)(f"{_place(login, name)}: {_bare(more_precise, name)}") from None


def _place(login: DatabaseLogin, name: str) -> str:
    address = f"{ENGINES[login.engine].name} at {login.host}:{login.port}/{login.name}"
    return f"{name} in {address}" if name else address


def _bare(error: TargetError, name: str) -> str:
    return str(error).removeprefix(f"{name}: ")


def _who_locks(target: Target | None, name: str) -> str:
    if target is not None and name:
        # What cannot be found out changes nothing in what happened.
        with suppress(TargetError):
            return target.introspection.lock_holders(name)
    return ""


def _what_changed(
    error: TargetRefused, table: TablePlan | None, target: Target | None
) -> TargetRefused:
    """A changed table, where that explains what the server said."""
    if table is None or target is None or isinstance(error, SchemaChanged):
        return error
    try:
        with target.transaction():
            require_unchanged(table, target)
    except SchemaChanged as changed:
        return changed
    except TargetError:
        return error
    return error
