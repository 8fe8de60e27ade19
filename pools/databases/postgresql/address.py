"""How to recognise a PostgreSQL server: it answers a request for TLS with one letter."""

from __future__ import annotations

from pools.databases.service_probe import ServiceProbe

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
PROBES = (ServiceProbe("PostgreSQL", SSL_REQUEST, (b"S", b"N")),)
