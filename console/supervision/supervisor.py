"""supervisord as a child of this process: started, asked, and ended with everything below it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from console.supervision.programs import Program, supervisor_configuration


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

    def wait_for(self, what: str, ready: Callable[[], bool], *, seconds: float) -> None:
        """Poll `ready`; raise `StartFailed` when time is up or supervisord has gone."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process is None or self.process.poll() is not None:
                raise StartFailed(f"The supervisor ended. See {self.directory}/supervisord.log.")
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"{what} did not answer within {seconds:.0f} s. See the logs in "
                    f"{self.directory}."
                )
            time.sleep(0.1)

    def wait(self) -> None:
        """Until supervisord ends."""
        assert self.process is not None  # noqa: S101
        self.process.wait()
