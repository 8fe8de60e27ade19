"""What is at a network address: does the name resolve, does the port answer, who speaks there.

Needs no driver and no login, and so tells a wrong port from a wrong password before both are
tried. Only kinds of servers are listed that this was tried against.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from pools.databases.errors import DatabasePortClosed, HostUnknown, WrongEngine
from pools.states import Engine

ANSWER_SECONDS = 1.0
LONGEST_ANSWER = 512

# A client's first packet of each protocol, as short as the protocol allows.
HTTP_REQUEST = b"GET / HTTP/1.0\r\n\r\n"
REDIS_PING = b"*1\r\n$4\r\nPING\r\n"
POSTGRESQL_SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@dataclass(frozen=True, slots=True)
class Speaker:
    """One kind of server: what to say to it, and how its answer begins."""

    title: str
    engine: str
    question: bytes
    beginnings: tuple[bytes, ...] = ()
    # Where the answer carries a mark instead of a beginning: offset and bytes.
    mark: tuple[int, bytes] | None = None

    def recognises(self, answer: bytes) -> bool:
        if self.mark is not None:
            offset, expected = self.mark
            return answer[offset : offset + len(expected)] == expected
        return answer.startswith(self.beginnings)


# Who greets first comes first: an empty question only listens.
SPEAKERS: tuple[Speaker, ...] = (
    Speaker("an SSH server", "", b"", (b"SSH-",)),
    # Handshake packet: three bytes of length, sequence 0, then protocol 10 or an error packet.
    Speaker("MySQL or MariaDB", Engine.MYSQL, b"", mark=(3, b"\x00\x0a")),
    Speaker("MySQL or MariaDB", Engine.MYSQL, b"", mark=(3, b"\x00\xff")),
    Speaker("PostgreSQL", Engine.POSTGRESQL, POSTGRESQL_SSL_REQUEST, (b"S", b"N")),
    Speaker("Redis", "", REDIS_PING, (b"+PONG", b"-NOAUTH", b"-ERR", b"-DENIED", b"-LOADING")),
    Speaker("a web server", "", HTTP_REQUEST, (b"HTTP/", b"<")),
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


def who_answers(host: str, port: int) -> Speaker | None:
    """The kind of server behind an open port, or None when none is recognised."""
    answers: dict[bytes, bytes] = {}
    for speaker in SPEAKERS:
        if speaker.question not in answers:
            answers[speaker.question] = _answer(host, port, speaker.question)
        if speaker.recognises(answers[speaker.question]):
            return speaker
    return None


def require_engine(engine: str, host: str, port: int) -> None:
    """Raise WrongEngine when another kind of server is recognised at the port."""
    speaker = who_answers(host, port)
    if speaker is not None and speaker.engine != engine:
        wanted = Engine(engine).label
        raise WrongEngine(f"{host}:{port} is not {wanted}: {speaker.title} answers there.")


def _answer(host: str, port: int, question: bytes) -> bytes:
    # A server that waits for the client to speak first is silent: listen only briefly to it.
    patience = ANSWER_SECONDS if question else ANSWER_SECONDS / 4
    try:
        with socket.create_connection((host, port), timeout=ANSWER_SECONDS) as peer:
            peer.settimeout(patience)
            peer.sendall(question)
            return peer.recv(LONGEST_ANSWER)
    except OSError:
        return b""
