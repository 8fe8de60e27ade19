"""The reader's JVM: started for one private copy, ended with it."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, cast

from console.child_environment import child_environment
from migrations_ui.transfer.derby.frames import problem_to_error
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import ReaderDied

HEAP = "512m"
END_SECONDS = 10
LAST_WORDS = 500


class ReaderProcess:
    """A running reader. The JVM ends when its standard input does, and so never outlives us.

    Raises on creation what Derby finds wrong with the database (a SourceError), ReaderMissing,
    or ReaderDied.
    """

    def __init__(self, directory: Path, toolchain: JavaToolchain, login: DerbyLogin) -> None:
        # A Unix socket's path is limited to about 100 bytes: not below the work directory.
        self._scratch = Path(tempfile.mkdtemp(prefix="lifeguard-"))
        self.socket_path = self._scratch / "reader"
        try:
            self._process = self._start(directory, toolchain)
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise
        try:
            self._send(login)
            self._wait_until_open()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """End it and wait for its end."""
        try:
            # Closes standard input, which the reader takes as its end.
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        try:
            return (self._scratch / "stderr").read_text()[-LAST_WORDS:].strip()
        except OSError:
            return ""

    def _start(self, directory: Path, toolchain: JavaToolchain) -> subprocess.Popen[str]:
        command = [
            *(toolchain.java, f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Duser.timezone=UTC"),
            f"-Dderby.system.home={self._scratch}",
            f"-Dderby.stream.error.file={self._scratch / 'derby.log'}",
            *("-cp", toolchain.reader_classpath(), "DerbyReader"),
            *(str(directory.resolve()), str(self.socket_path)),
        ]
        try:
            with (self._scratch / "stderr").open("w") as stderr:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    text=True,
                    env=child_environment(),
                    # A Ctrl-C for the worker must not end the reader in the middle of a chunk.
                    start_new_session=True,
                )
        except FileNotFoundError:
            raise toolchain.java_missing from None

    def _send(self, login: DerbyLogin) -> None:
        """On standard input: a process's arguments and environment are there for others to read."""
        # A reader that ended at once is told of by what it wrote, or did not.
        with contextlib.suppress(BrokenPipeError):
            pipe = cast("IO[str]", self._process.stdin)
            for secret in (login.boot_password, login.user, login.password):
                pipe.write(base64.b64encode(secret.encode()).decode() + "\n")
            pipe.flush()

    def _wait_until_open(self) -> None:
        first_line = cast("IO[str]", self._process.stdout).readline()
        if not first_line:
            raise ReaderDied(f"The Derby reader did not start. {self.last_words()}")
        answer = json.loads(first_line)
        if "problem" in answer:
            raise problem_to_error(answer)
