"""How to recognise MySQL or MariaDB: the server greets first."""

from __future__ import annotations

from pools.databases.service_probe import ServiceProbe

# Handshake packet: three bytes of length, sequence 0, then protocol 10 or an error packet.
PROBES = (
    ServiceProbe("MySQL or MariaDB", mark=(3, b"\x00\x0a")),
    ServiceProbe("MySQL or MariaDB", mark=(3, b"\x00\xff")),
)
