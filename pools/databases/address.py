"""What is at a network address: does the name resolve, does the port answer, which server is it.

Needs no driver and no login, and so distinguishes a wrong port from a wrong password before both
are tried. Only kinds of servers are listed that this was tried against.
"""

from __future__ import annotations

import socket

from pools.databases.engines import ENGINES
from pools.databases.errors import DatabasePortClosed, HostUnknown, WrongEngine
from pools.databases.service_probe import ServiceProbe

ANSWER_SECONDS = 1.0
LONGEST_ANSWER = 512

# The shortest request that the protocol allows.
HTTP_REQUEST = b"GET / HTTP/1.0\r\n\r\n"
REDIS_PING = b"*1\r\n$4\r\nPING\r\n"

OTHER_SERVICES: tuple[ServiceProbe, ...] = (
    ServiceProbe("an SSH server", beginnings=(b"SSH-",)),
    ServiceProbe("Redis", REDIS_PING, (b"+PONG", b"-NOAUTH", b"-ERR", b"-DENIED", b"-LOADING")),
    ServiceProbe("a web server", HTTP_REQUEST, (b"HTTP/", b"<")),
)


def resolve(host: str) -> list[str]:
    """The addresses of a host name. Raises HostUnknown."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnknown(f"The host name “{host}” cannot be resolved.") from None
    return sorted({str(entry[4][0]) for entry in found})


def check_port(host: str, port: int, *, timeout: float = 5.0) -> None:
    """Open the port and close it again. Raises HostUnknown or PortClosed; timeout in seconds."""
    resolve(host)
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return
    except TimeoutError:
        reason = f"no answer within {timeout:g} s"
    except ConnectionRefusedError:
        reason = "the connection is refused, so nothing listens on that port"
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    raise DatabasePortClosed(f"{host}:{port}: {reason}.")


def identify_service(host: str, port: int) -> tuple[str, str]:
    """The engine's key and the title of the server behind an open port.

    The key is empty for a server that is no database of ours, and the title too when none is
    recognised.
    """
    answers: dict[bytes, bytes] = {}
    for engine, probe in _probes():
        if probe.request not in answers:
            answers[probe.request] = _answer(host, port, probe.request)
        if probe.matches(answers[probe.request]):
            return engine, probe.title
    return "", ""


def require_engine(engine: str, host: str, port: int) -> None:
    """Raise WrongEngine when another kind of server is recognised at the port."""
    found, title = identify_service(host, port)
    if title and found != engine:
        wanted = ENGINES[engine].name
        raise WrongEngine(f"{host}:{port} is not {wanted}: {title} answers there.")


def _probes() -> list[tuple[str, ServiceProbe]]:
    """With the engine's key. Those that only listen come first: a request could confuse a server
    that speaks first."""
    ours = [(engine.key, probe) for engine in ENGINES.values() for probe in engine.probes]
    others = [("", probe) for probe in OTHER_SERVICES]
    return sorted([*ours, *others], key=lambda each: bool(each[1].request))


def _answer(host: str, port: int, request: bytes) -> bytes:
    # A server that waits for the client is silent: listen only briefly to it.
    timeout = ANSWER_SECONDS if request else ANSWER_SECONDS / 4
    try:
        with socket.create_connection((host, port), timeout=ANSWER_SECONDS) as peer:
            peer.settimeout(timeout)
            peer.sendall(request)
            return peer.recv(LONGEST_ANSWER)
    except OSError:
        return b""
