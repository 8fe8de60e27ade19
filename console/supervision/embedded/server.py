"""One real server process on the loopback address, for the demo, the tests and the benchmarks."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from console.child_environment import child_environment
from console.supervision.ports import free_port
from console.supervision.progress import Stalled, wait_while_it_works, work_of

START_SECONDS = 60


class EmbeddedServerError(RuntimeError):
    """The embedded server did not start."""


class EmbeddedServer:
    """One server process on 127.0.0.1; subclasses say how to start it and when it answers."""

    title: str

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self.directory = directory
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start and wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        log = self.directory.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=child_environment(),
        )
        log.close()
        self._wait_until_answering()
        return self

    def stop(self) -> None:
        """End it in an orderly way and wait for its end."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    stop_signal = signal.SIGTERM

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        self.process = None

    def _wait_until_answering(self) -> None:
        """As long as it makes progress: a busy machine takes longer."""
        log = self.directory.with_suffix(".log")

        def answers_or_gone() -> bool:
            if self.process is None or self.process.poll() is not None:
                raise self._not_started(log)
            return self.answers()

        try:
            wait_while_it_works(
                answers_or_gone, lambda: work_of(self.process.pid if self.process else None, [log])
            )
        except Stalled:
            raise self._not_started(log) from None

    def _not_started(self, log: Path) -> EmbeddedServerError:
        tail = log.read_text(errors="replace")[-800:]
        return EmbeddedServerError(
            f"{self.title} did not start on 127.0.0.1:{self.port}. Its log is {log}, and ends:\n"
            f"{tail}"
        )

    def prepare(self) -> None:
        """What has to exist before the first start."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def write_private(file: Path, content: str) -> None:
    """A file that only its owner may read, from its first byte on."""
    file.touch(mode=0o600)
    file.write_text(content)
