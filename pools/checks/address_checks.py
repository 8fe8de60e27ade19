"""What is asked of a database's address, before anybody signs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pools.databases.address import check_port, require_engine, resolve
from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """A question to the address; the rest of the report depends on its answer."""

    check_id: str
    title: str
    ask: Callable[[DatabaseLogin], str]


def host_resolves(login: DatabaseLogin) -> str:
    return f"{login.host} is {', '.join(resolve(login.host))}"


def port_answers(login: DatabaseLogin) -> str:
    check_port(login.host, login.port)
    return f"{login.host}:{login.port} answers"


def engine_is_right(login: DatabaseLogin) -> str:
    require_engine(login.engine, login.host, login.port)
    return f"{ENGINES[login.engine].name} detected"


ADDRESS_CHECKS: tuple[AddressCheck, ...] = (
    AddressCheck("host", "Host name resolves", host_resolves),
    AddressCheck("port", "Port answers", port_answers),
    AddressCheck("engine", "The configured engine answers", engine_is_right),
)
