"""Structured logs on standard error: readable when DEBUG, JSON lines otherwise."""

from __future__ import annotations

from typing import Any

import structlog

from console.settings.environment import DEBUG, env

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "processor": (
                structlog.dev.ConsoleRenderer(colors=False)
                if DEBUG
                else structlog.processors.JSONRenderer()
            ),
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # These three speak once a request or a packet: only their warnings are news.
    "loggers": {name: {"level": "WARNING"} for name in ("asyncssh", "httpx", "httpcore")},
}

# The address in the log is the one that the trusted proxies vouch for, not one that anybody writes
# into a header (console/accounts/apps.py).
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
