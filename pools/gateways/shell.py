"""Running commands on a host over SSH; files are inherited from RemoteFiles."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncssh

from pools.gateways import errors
from pools.gateways.event_loop import iterate_blocking, run_blocking
from pools.gateways.masking import mask
from pools.gateways.output import Output
from pools.gateways.remote_files import RemoteFiles
from pools.gateways.shell_noise import ShellNoise, new_mark
from pools.gateways.ssh_connection import SshLogin

__all__ = ["CommandResult", "Shell", "SshLogin"]

# A prompt without a line end counts as asked after this silence, whatever it ends in.
PROMPT_SILENCE = 1.0

_TERMINAL_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")

Process = asyncssh.SSHClientProcess[str]
Answer = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class CommandResult:
    """exit_status: None when a signal ended it. Standard error is among the lines, in order.

    The lines are those of the command: what the login shell says by itself is left out.
    """

    exit_status: int | None
    output_lines: tuple[str, ...]

    @property
    def output(self) -> str:
        """The lines as one text."""
        return "\n".join(self.output_lines)


class Shell(RemoteFiles):
    """An open SSH connection to one host: `with Shell(login) as shell: shell.run("…")`."""

    _noise: ShellNoise | None = None

    def noise(self) -> tuple[str, ...]:
        """Return what the login shell prints at any command. Raises TimedOut."""
        return run_blocking(self._ask_noise(60)).lines

    def run(
        self,
        command: str,
        *,
        input: str | None = None,  # noqa: A002 - as in subprocess
        timeout: float = 60,
        secrets: Sequence[str] = (),
    ) -> CommandResult:
        """Run `command` to its end; a failing exit status does not raise.

        input goes to standard input. Each of `secrets` is masked wherever the host echoes it.
        Raises TimedOut after `timeout` seconds, with the last lines seen.
        """
        return run_blocking(self._run(command, input, timeout, secrets))

    def run_checked(
        self,
        command: str,
        *,
        input: str | None = None,  # noqa: A002 - as in subprocess
        timeout: float = 60,
        secrets: Sequence[str] = (),
    ) -> CommandResult:
        """Like `run`, but an exit status other than 0 raises CommandFailed."""
        result = self.run(command, input=input, timeout=timeout, secrets=secrets)
        if result.exit_status != 0:
            raise self._failed(result.exit_status, result.output_lines)
        return result

    def stream(self, command: str, *, timeout: float, secrets: Sequence[str] = ()) -> Iterator[str]:
        """Yield the output lines as they come; raises CommandFailed at a failing end.

        timeout: seconds for the whole command. Leaving the iterator ends the command.
        """
        return iterate_blocking(self._stream(command, timeout, secrets))

    def converse(
        self, command: str, *, answer: Answer, timeout: float, secrets: Sequence[str] = ()
    ) -> CommandResult:
        """Run `command` on a terminal and type what `answer(prompt)` returns for each prompt.

        A terminal, because programs that ask for passwords often refuse to read a pipe. A prompt
        is the text after the last line end that ends in `:`, `?` or `>`, or that stands still for
        a second. `answer` returns None for what is no prompt.
        """
        return run_blocking(self._converse(command, answer, timeout, secrets))

    async def _run(
        self, command: str, stdin: str | None, seconds: float, secrets: Sequence[str]
    ) -> CommandResult:
        noise = await self._ask_noise(seconds)
        lines = Output()
        async with self._process(command, lines, seconds=seconds) as process:
            if stdin is not None:
                process.stdin.write(stdin)
            process.stdin.write_eof()
            while line := await process.stdout.readline():
                lines.append(_clean(lines.counted(line), secrets))
            await process.wait_closed()
            status = process.exit_status
        return CommandResult(status, tuple(noise.without(lines)))

    async def _ask_noise(self, seconds: float) -> ShellNoise:
        """Once for each connection: the noise is that of the login, not of a command."""
        if self._noise is None:
            mark, lines = new_mark(), Output()
            async with self._process(f"echo {mark}", lines, seconds=seconds) as process:
                process.stdin.write_eof()
                while line := await process.stdout.readline():
                    lines.append(_clean(lines.counted(line), ()))
            self._noise = ShellNoise.around(mark, lines)
        return self._noise

    async def _stream(
        self, command: str, seconds: float, secrets: Sequence[str]
    ) -> AsyncGenerator[str, None]:
        lines = Output(20)
        deadline = asyncio.get_running_loop().time() + seconds
        process = await self._start(command)
        try:
            while True:
                left = deadline - asyncio.get_running_loop().time()
                async with self._reporting(lines, seconds=max(left, 0.0)):
                    line = await process.stdout.readline()
                if not line:
                    break
                lines.append(_clean(lines.counted(line), secrets))
                yield lines[-1]
            async with self._reporting(lines, seconds=10):
                await process.wait_closed()
        finally:
            process.close()
        if process.exit_status != 0:
            raise self._failed(process.exit_status, tuple(lines))

    async def _converse(
        self, command: str, answer: Answer, seconds: float, secrets: Sequence[str]
    ) -> CommandResult:
        noise = await self._ask_noise(seconds)
        lines = Output()
        # Wide, so that no terminal wraps an echoed secret out of the mask's reach.
        async with self._process(
            command, lines, seconds=seconds, term_type="dumb", term_size=(4000, 50)
        ) as process:
            pending = ""
            while True:
                chunk = await _read_until_silence(process, waiting=bool(pending))
                if chunk == "":
                    break
                pending += _TERMINAL_CONTROL.sub("", lines.counted(chunk or "")).replace("\r", "")
                *complete, pending = pending.split("\n")
                lines.extend(_clean(line, secrets) for line in complete)
                asked = pending.rstrip()
                if asked and (chunk is None or asked.endswith((":", "?", ">"))):
                    reply = answer(asked)
                    if reply is not None:
                        lines.append(_clean(pending, secrets))
                        pending = ""
                        process.stdin.write(reply + "\n")
            if pending:
                lines.append(_clean(pending, secrets))
            await process.wait_closed()
            status = process.exit_status
        return CommandResult(status, tuple(noise.without(lines)))

    @asynccontextmanager
    async def _process(
        self,
        command: str,
        lines: Output,
        *,
        seconds: float,
        term_type: str | None = None,
        term_size: tuple[int, int] | None = None,
    ) -> AsyncIterator[Process]:
        async with self._reporting(lines, seconds=seconds):
            process = await self._start(command, term_type=term_type, term_size=term_size)
            try:
                yield process
            finally:
                process.close()

    async def _start(
        self,
        command: str,
        *,
        term_type: str | None = None,
        term_size: tuple[int, int] | None = None,
    ) -> Process:
        process: Process = await self._connection.create_process(
            command,
            term_type=term_type,
            term_size=term_size,
            stderr=asyncssh.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        return process

    @asynccontextmanager
    async def _reporting(self, lines: Output, *, seconds: float) -> AsyncIterator[None]:
        """Translate failures of a command, and add the last lines it printed to the message."""
        try:
            async with self._translated("The command", seconds=seconds):
                yield
        except (errors.TimedOut, errors.ConnectionLost) as error:
            last = " / ".join(line for line in list(lines)[-3:] if line.strip())
            if last:
                error.message += f" Last lines: {last}"
            raise

    def _failed(self, exit_status: int | None, lines: tuple[str, ...]) -> errors.CommandFailed:
        ended = "a signal" if exit_status is None else f"exit status {exit_status}"
        return errors.CommandFailed(
            f"The command ended with {ended}.",
            host=self.login.address,
            exit_status=exit_status,
            output_lines=lines,
        )


def _clean(line: str, secrets: Sequence[str]) -> str:
    # PostgreSQL takes no NUL into a text; and a secret printed as UTF-16 has them between letters.
    return mask(line.replace("\0", "").rstrip("\r\n"), secrets)


async def _read_until_silence(process: Process, *, waiting: bool) -> str | None:
    """Return the next output, '' at the end, None when a waiting prompt has stood for a while."""
    try:
        async with asyncio.timeout(PROMPT_SILENCE if waiting else None):
            return await process.stdout.read(4096)
    except TimeoutError:
        return None
