"""supervisord as a child of this process: started, asked, and ended with everything below it."""

from __future__ import annotations

import signal
import subprocess
import sys
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from supervisor.xmlrpc import SupervisorTransport

from console.supervision.programs import Program, socket_of, supervisor_configuration
from console.supervision.progress import Stalled, wait_while_it_works, work_of

# supervisord has tried often enough, or was asked to stop it.
GIVEN_UP = frozenset({"FATAL", "EXITED", "STOPPED"})
LAST_LINES = 15


class StartFailed(Exception):
    """A part of the console did not come up."""


class Supervisor:
    """Runs programs in the foreground until `stop` or Ctrl-C."""

    def __init__(
        self, programs: Sequence[Program], *, directory: Path, environment: Mapping[str, str]
    ) -> None:
        self.programs = programs
        self.directory = directory
        self.environment = environment
        self.configuration = directory / "supervisord.conf"
        self.configuration.write_text(supervisor_configuration(programs, directory=directory))
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self.directory / "supervisord.err").open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", self.configuration],
                # Inherited by the programs, so that no secret is written to the configuration.
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                # A session of its own: Ctrl-C reaches us, and we end the children in order.
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def start_the_rest(self) -> None:
        """Start the programs that waited for the first ones."""
        names = [program.name for program in self.programs if not program.first]
        answer = subprocess.run(
            [
                *(sys.executable, "-m", "supervisor.supervisorctl"),
                *("-c", str(self.configuration), "start", *names),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if "ERROR" in answer.stdout:
            raise StartFailed(f"{answer.stdout.strip()}\nThe logs are in {self.directory}.")

    def wait_for(self, program: str, title: str, ready: Callable[[], bool]) -> None:
        """Until `ready`, as long as the program makes progress.

        Raises StartFailed with what did not come up and the end of its log: when the program ended,
        when it does nothing any more, or when supervisord has gone.
        """

        def ready_or_gone() -> bool:
            if self.process is None or self.process.poll() is not None:
                raise StartFailed(f"The supervisor ended. See {self.directory}/supervisord.log.")
            if ready():
                return True
            if self._state(program).get("statename") in GIVEN_UP:
                raise self._failed(program, f"{title} ended instead of starting.")
            return False

        def work() -> float:
            return work_of(self._state(program).get("pid"), [self.log_of(program)])

        try:
            wait_while_it_works(ready_or_gone, work)
        except Stalled as stalled:
            raise self._failed(
                program,
                f"{title} did not come up in {stalled.seconds:.0f} s, and makes no progress.",
            ) from None

    def log_of(self, program: str) -> Path:
        return self.directory / f"{program}.log"

    def _state(self, program: str) -> dict[str, Any]:
        """What supervisord says of it; empty while it does not answer yet."""
        transport = SupervisorTransport(serverurl=f"unix://{socket_of(self.directory)}")
        try:
            with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
                answer = server.supervisor.getProcessInfo(program)
        except (OSError, xmlrpc.client.Error):
            return {}
        return answer if isinstance(answer, dict) else {}

    def _failed(self, program: str, what: str) -> StartFailed:
        log = self.log_of(program)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        end = "\n".join(lines[-LAST_LINES:]) or "(empty)"
        return StartFailed(f"{what} Its log is {log}, and ends:\n{end}")

    def wait(self) -> None:
        """Until supervisord ends."""
        assert self.process is not None  # noqa: S101
        self.process.wait()
