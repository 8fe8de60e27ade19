"""The processes of a console, and the supervisord configuration that runs them. Pure."""

from __future__ import annotations

import hashlib
import shlex
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process."""

    name: str
    command: tuple[str, ...]
    # Started by supervisord itself; the others when these answer.
    first: bool = False
    stop_signal: str = "TERM"
    # A process that ends by itself is started again.
    restarts: bool = True


def celery(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "console", *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "manage.py", *arguments)


def console_programs(*, port: int) -> tuple[Program, ...]:
    """Web, workers and beat. The transfers have a worker of their own, so that nothing a pool
    does can hold up a migration, and no migration a health check."""
    return (
        Program(
            "web",
            (
                *(sys.executable, "-m", "uvicorn", "console.asgi:application"),
                *("--host", "127.0.0.1", "--port", str(port), "--no-access-log"),
                *("--no-proxy-headers", "--timeout-graceful-shutdown", "3"),
                *("--http", "console.http_protocol:TimedHeads"),
                # Pages send next to nothing: a larger frame is no page's.
                *("--ws-max-size", "65536"),
            ),
        ),
        Program(
            "checks", celery("worker", "-Q", "checks,operations", "-c", "2", "-n", "checks@%h")
        ),
        Program("transfers", celery("worker", "-Q", "transfers", "-c", "2", "-n", "transfers@%h")),
        Program("beat", celery("beat", "--pidfile=")),
    )


def supervisor_configuration(programs: Sequence[Program], *, directory: Path) -> str:
    """The text of supervisord.conf; `%` is doubled, as its format asks."""
    sections = [
        "[supervisord]",
        f"logfile={directory / 'supervisord.log'}",
        f"pidfile={directory / 'supervisord.pid'}",
        "loglevel=warn",
        "umask=077",
        "[unix_http_server]",
        f"file={socket_of(directory)}",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisorctl]",
        f"serverurl=unix://{socket_of(directory)}",
    ]
    for program in programs:
        sections += [
            f"[program:{program.name}]",
            f"command={_escaped(shlex.join(program.command))}",
            f"autostart={str(program.first).lower()}",
            f"autorestart={str(program.restarts).lower()}",
            "startsecs=1",
            # Redis or a database may be away for a while; each try is a second later than the last.
            "startretries=30",
            f"stopsignal={program.stop_signal}",
            "stopwaitsecs=20",
            # A worker's children go with it.
            "stopasgroup=false",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={directory / program.name}.log",
            "stdout_logfile_maxbytes=5MB",
            "stdout_logfile_backups=1",
        ]
    return "\n".join([*sections, ""])


def socket_of(directory: Path) -> Path:
    """Where supervisord answers."""
    # Not in `directory`: a socket's path may have 107 bytes only.
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lifeguard-{name}.sock"


def _escaped(value: str) -> str:
    return value.replace("%", "%%")
