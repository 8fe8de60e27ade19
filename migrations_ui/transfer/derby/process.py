"""The reader's JVM: started for one private copy, ended with it."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO, cast

from console.child_environment import child_environment
from migrations_ui.transfer.derby.frames import problem_to_error
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import ReaderNotStarted

HEAP = "512m"
# Where tables are many and small, the second compiler costs more than it gains: 300 tables of five
# rows took the reader 2.3 s of processor instead of 5 to 6. A table of 300,000 rows went a quarter
# slower without it. Derby has a file for each table and index.
SMALL_FILE = 64 * 1024
QUICK_COMPILER = "-XX:TieredStopAtLevel=1"
END_SECONDS = 10
LAST_WORDS = 500
CLOSING_SECONDS = 2.0
OUT_OF_MEMORY = "OutOfMemoryError"


class ReaderProcess:
    """A running reader. The JVM ends when its standard input does, and so never outlives us.

    Raises on creation what Derby finds wrong with the database (a SourceError), ReaderMissing,
    or ReaderNotStarted with the exit code or signal and what Java said.
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

    def has_ended(self) -> bool:
        """Its socket closes a moment before it ends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=CLOSING_SECONDS)
        return self._process.returncode is not None

    def how_it_ended(self) -> str:
        """In a sentence: exit code or signal, and the end of what it wrote to standard error."""
        code = self._process.returncode if self.has_ended() else None
        said = self.last_words()
        match code:
            case None:
                how = "does not answer, though it has not ended"
            case int() if code < 0:
                how = f"was ended by the signal {signal.Signals(-code).name}"
                if -code == signal.SIGKILL:
                    how += ": by the system for want of memory (see its log), or by somebody"
            case _:
                how = f"ended with exit code {code}"
        if OUT_OF_MEMORY in said:
            how += ", out of memory"
        return f"The Derby reader {how}. {said}".strip()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        try:
            return (self._scratch / "stderr").read_text()[-LAST_WORDS:].strip()
        except OSError:
            return ""

    def _start(self, directory: Path, toolchain: JavaToolchain) -> subprocess.Popen[str]:
        command = [
            *(toolchain.java, f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Duser.timezone=UTC"),
            *((QUICK_COMPILER,) if has_small_tables(directory) else ()),
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
        except OSError as error:
            why = f"{toolchain.java}: {error.strerror}. {ReaderNotStarted()}"
            raise ReaderNotStarted(why) from None

    def _send(self, login: DerbyLogin) -> None:
        """On standard input: a process's arguments and environment are there for others to read."""
        # A reader that ended at once is explained by what it wrote, or did not.
        with contextlib.suppress(BrokenPipeError):
            pipe = cast("IO[str]", self._process.stdin)
            for secret in (login.boot_password, login.user, login.password):
                pipe.write(base64.b64encode(secret.encode()).decode() + "\n")
            pipe.flush()

    def _wait_until_open(self) -> None:
        said: list[str] = []
        for line in cast("IO[str]", self._process.stdout):
            # Java's own warnings, and why it cannot start, are on standard output as well.
            if not line.startswith("{"):
                said.append(line)
                continue
            answer = json.loads(line)
            if "problem" in answer:
                raise problem_to_error(answer)
            return
        raise self._not_started("".join(said)[-LAST_WORDS:])

    def _not_started(self, said: str) -> ReaderNotStarted:
        try:
            ended = how_it_ended(self._process.wait(END_SECONDS))
        except subprocess.TimeoutExpired:
            ended = "closed its output"
        words = " ".join(f"{said} {self.last_words()}".split()) or "It said nothing"
        return ReaderNotStarted(f"Java {ended}: {words.rstrip('.')}. {ReaderNotStarted()}")


def how_it_ended(code: int) -> str:
    """A process's return code in words; negative for a signal."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was ended by {name}"


def has_small_tables(directory: Path) -> bool:
    """Whether the database's files hold at most SMALL_FILE bytes on average."""
    try:
        sizes = [file.stat().st_size for file in (directory / "seg0").iterdir()]
    except OSError:
        # Opening it says better what is wrong with it.
        return True
    return sum(sizes) <= SMALL_FILE * len(sizes)
