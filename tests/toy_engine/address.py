from __future__ import annotations

from pools.databases.service_probe import ServiceProbe

PROBES = (ServiceProbe("Toy", beginnings=(b"TOY",)),)
