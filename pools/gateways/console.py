"""The Domino console of a host: send a command, and pick out the lines it produced.

Neither way of sending (domain.md 10) gives the answer back cleanly: the start script prints the
end of the log, `server -c` prints nothing. So the console log is read from where it ended before
the command; where SFTP may not read it, the echo of the command in the printed lines is the mark.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Protocol, Self

from pools.domain.lines import split_lines
from pools.gateways import errors
from pools.gateways.parsing import console_lines, hadr_show, status, user
from pools.gateways.parsing.db_check import complains
from pools.gateways.parsing.words import find
from pools.gateways.profiles import HostProfile
from pools.gateways.shell import CommandResult, Shell
from pools.states import ConsoleMethod

# How many log lines the start script is asked for; a pool of a hundred servers fits.
PRINTED_LINES = 200
POLL_SECONDS = 0.25
# For handing a command over; the start script waits some seconds by itself before it returns.
SEND_SECONDS = 30.0
# More lines than an answer has; a log that never rests is read no further for one.
ANSWER_LINES = 20_000
# An answer is over when the log has stood still that long after its last line.
QUIET_SECONDS = 2.0
# Exit status of the status command while Domino runs (domain.md 10).
RUNNING = 3
STOPPED = 0
# How a task answers that was asked for something it does not know.
USAGE = "usage"

Condition = Callable[[str], bool]


class DominoConsole:
    """Speaks to one server through an open shell and the host's command profile."""

    def __init__(self, shell: Shell, profile: HostProfile) -> None:
        self.shell = shell
        self.profile = profile
        self.log_path = profile.path(profile.console_log)

    def tell(
        self, command: str, *, timeout: float = 30, until: Condition | None = None
    ) -> list[str]:
        """Send a console command; return the lines it produced, prefixes taken off.

        The answer ends with the first line for which `until` is true, else when the log is quiet.
        Lines of other Domino tasks are left out. An empty list: nothing was said within `timeout`
        seconds after the sending.
        """
        return SENDERS[self.profile.console_method](self, command, timeout, until)

    def hadr_show(self, *, timeout: float = 30) -> hadr_show.HadrShow:
        """Return the members of the pool as this server sees them."""
        return hadr_show.parse(self._answer(self.profile.hadr_show, timeout), self.profile.words)

    def status(self, *, timeout: float = 30) -> status.TravelerStatus:
        """Return the overall status with its reasons."""
        return status.parse(self._answer(self.profile.status, timeout), self.profile.words)

    def show_user(self, name: str, *, timeout: float = 30) -> user.UserReport:
        """Return what the server knows of a user; raises UnsafeText for an impossible name."""
        command = self.profile.console_text(self.profile.show_user, user=name)
        return user.parse(self._answer(command, timeout))

    def show_config(self, *, timeout: float = 30) -> list[str]:
        """Return the printed server parameters."""
        return self.tell(self.profile.show_config, timeout=timeout)

    def drain(self) -> list[str]:
        """Let the server take no new device sessions; raises CommandFailed or TimedOut."""
        return self._carried_out(self.profile.drain)

    def resume_service(self) -> list[str]:
        """Let the server take new device sessions again; raises CommandFailed or TimedOut."""
        return self._carried_out(self.profile.resume_service)

    def stop_traveler(self, *, timeout: float = 120, until: Condition | None = None) -> list[str]:
        """End the Traveler task; Domino goes on."""
        return self.tell(self.profile.stop_traveler, timeout=timeout, until=until)

    def start_traveler(self, *, timeout: float = 120, until: Condition | None = None) -> list[str]:
        """Load the Traveler task into the running Domino server."""
        return self.tell(self.profile.start_traveler, timeout=timeout, until=until)

    def server_running(self) -> bool:
        """Tell whether Domino runs; raises CommandFailed when the host cannot say."""
        result = self._run(self.profile.server_status, timeout=30)
        words = self.profile.words
        # A status command that fell over may end with 0 as well.
        fell_over = result.exit_status == STOPPED and any(
            complains(line, words) for line in result.output_lines
        )
        if fell_over or result.exit_status not in (RUNNING, STOPPED):
            raise errors.CommandFailed(
                f"The status command ended with exit status {result.exit_status}, which is "
                f"neither {RUNNING} (running) nor {STOPPED} without a complaint (stopped).",
                host=self.shell.login.address,
                remedy="Check the status command in the command profile of this server.",
                exit_status=result.exit_status,
                output_lines=result.output_lines,
            )
        return result.exit_status == RUNNING

    def start_server(self, *, timeout: float = 300) -> None:
        """Start Domino and wait until it runs; does nothing when it runs already."""
        self._bring(self.profile.start_server, running=True, timeout=timeout)

    def stop_server(self, *, timeout: float = 600) -> None:
        """Stop Domino and wait until it has ended; does nothing when it is down already."""
        self._bring(self.profile.stop_server, running=False, timeout=timeout)

    def log_offset(self) -> int:
        """Return where the console log ends now; raises RemoteFileError when it is unreadable."""
        return self.shell.stat(self.log_path).size

    def follow(
        self,
        from_offset: int,
        *,
        timeout: float,
        quiet: float | None = None,
        until: Condition | None = None,
    ) -> LogFollower:
        """Return an iterator over the raw console lines after byte `from_offset`.

        It ends after the first line for which `until` is true, after `quiet` seconds without a
        line once one has come, or after `timeout` seconds; its `ending` says which.
        """
        return LogFollower(
            lambda offset: self.shell.tail(self.log_path, offset),
            from_offset,
            timeout=timeout,
            quiet=quiet,
            until=until,
        )

    def ask(self, command: str, *, timeout: float = 30) -> list[str]:
        """Like `tell`, for a command that has to say something; raises TimedOut for silence."""
        return self._answer(command, timeout).splitlines()

    def _carried_out(self, command: str) -> list[str]:
        """An answer that names a fault, or that no such task runs, is not one that it was done."""
        lines, words = self.ask(command), self.profile.words
        faults = [
            line
            for line in lines
            if complains(line, words)
            or find(words.stopped, line)
            or line.strip().casefold().startswith(USAGE)
        ]
        if faults:
            raise errors.CommandFailed(
                f"The server did not carry out “{command}”.",
                host=self.shell.login.address,
                remedy="Check that the Traveler task runs, and the command in the command profile.",
                output_lines=tuple(faults),
            )
        return lines

    def _answer(self, command: str, timeout: float) -> str:
        lines = self.tell(command, timeout=timeout)
        if not any(line.strip() for line in lines):
            raise errors.NoAnswer(
                f"The console did not answer “{command}” within {timeout:g} s.",
                host=self.shell.login.address,
            )
        return "\n".join(lines)

    def _run(self, template: str, *, timeout: float, **values: object) -> CommandResult:
        return self.shell.run(self.profile.shell_text(template, **values), timeout=timeout)

    def _bring(self, template: str, *, running: bool, timeout: float) -> None:
        if self.server_running() is running:
            return
        deadline = time.monotonic() + timeout
        result = self._run(template, timeout=timeout)
        while self.server_running() is not running:
            if time.monotonic() > deadline:
                state = "running" if running else "down"
                raise errors.TimedOut(
                    f"Domino is not {state} after {timeout:g} s. "
                    f"Last lines: {' / '.join(result.output_lines[-3:])}",
                    host=self.shell.login.address,
                )
            time.sleep(POLL_SECONDS)

    def send_by_start_script(
        self, command: str, timeout: float, until: Condition | None
    ) -> list[str]:
        """`domino cmd`: waits some seconds by itself, then prints the end of the log."""
        offset = self._readable_log_offset()
        printed = self._run(
            self.profile.console_command, timeout=SEND_SECONDS, command=command, lines=PRINTED_LINES
        )
        if printed.exit_status != 0:
            raise errors.CommandFailed(
                f"The start script refused the console command “{command}”.",
                host=self.shell.login.address,
                exit_status=printed.exit_status,
                output_lines=printed.output_lines,
            )
        if offset is None:
            # Without its echo, what is printed may be the answer to an older question.
            echoed = any(
                _is_echo(console_lines.parse_line(line).text, command)
                for line in printed.output_lines
            )
            return answer_among(printed.output_lines, command) if echoed else []
        # The script has done the waiting already; only an answer that is still missing is awaited.
        follower = self.follow(offset, timeout=0, until=until)
        answer = answer_among(list(islice(follower, ANSWER_LINES)), command)
        if answer and (until is None or follower.ending == "expected"):
            return answer
        return self._followed_answer(offset, command, timeout, until)

    def send_by_server_command(
        self, command: str, timeout: float, until: Condition | None
    ) -> list[str]:
        """`server -c`: the answer is in the console log only."""
        offset = self.log_offset()
        sent = self._run(
            self.profile.console_command, timeout=SEND_SECONDS, command=command, lines=0
        )
        if sent.exit_status != 0:
            raise errors.CommandFailed(
                f"The console command “{command}” could not be sent.",
                host=self.shell.login.address,
                exit_status=sent.exit_status,
                output_lines=sent.output_lines,
            )
        return self._followed_answer(offset, command, timeout, until)

    def _followed_answer(
        self, offset: int, command: str, timeout: float, until: Condition | None
    ) -> list[str]:
        follower = self.follow(offset, timeout=timeout, quiet=QUIET_SECONDS, until=until)
        return answer_among(list(islice(follower, ANSWER_LINES)), command)

    def _readable_log_offset(self) -> int | None:
        try:
            return self.log_offset()
        except errors.RemoteFileError:
            return None


class Sender(Protocol):
    """One way of sending a console command and collecting its answer."""

    def __call__(
        self, console: DominoConsole, command: str, timeout: float, until: Condition | None, /
    ) -> list[str]: ...


SENDERS: dict[str, Sender] = {
    ConsoleMethod.START_SCRIPT: DominoConsole.send_by_start_script,
    ConsoleMethod.SERVER_C: DominoConsole.send_by_server_command,
}


class LogFollower(Iterator[str]):
    """Iterates over the lines of a growing log; `offset` is where the next read begins."""

    def __init__(
        self,
        read: Callable[[int], tuple[str, int]],
        offset: int,
        *,
        timeout: float,
        quiet: float | None,
        until: Condition | None,
    ) -> None:
        self.offset = offset
        self.ending = ""
        self._read = read
        self._until = until
        self._quiet = quiet
        self._deadline = time.monotonic() + timeout
        self._last_line_at: float | None = None
        self._waiting: deque[str] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        while not self.ending:
            if self._waiting:
                line = self._waiting.popleft()
                self._last_line_at = time.monotonic()
                if self._until is not None and self._until(line):
                    self.ending = "expected"
                return line
            # A log that grows faster than it is read never falls quiet.
            if self._last_line_at is not None and time.monotonic() >= self._deadline:
                self.ending = "timeout"
                break
            text, self.offset = self._read(self.offset)
            self._waiting.extend(split_lines(text))
            if not self._waiting:
                self._end_or_wait()
        raise StopIteration

    def _end_or_wait(self) -> None:
        now = time.monotonic()
        if now >= self._deadline:
            self.ending = "timeout"
        elif (
            self._quiet is not None
            and self._last_line_at is not None
            and now - self._last_line_at >= self._quiet
        ):
            self.ending = "quiet"
        else:
            time.sleep(POLL_SECONDS)


def answer_among(raw_lines: list[str] | tuple[str, ...], command: str) -> list[str]:
    """Return the bare lines after the last echo of `command`, without those of other tasks.

    Without an echo every line counts: the log was read from the offset before the command, or
    the printed lines show no mark, and a parser goes by field names anyhow.
    """
    lines = [console_lines.parse_line(line) for line in raw_lines]
    echoes = [number for number, line in enumerate(lines) if _is_echo(line.text, command)]
    after = lines[echoes[-1] + 1 :] if echoes else lines
    kept = [line.text for line in console_lines.of_the_answer(after)]
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _is_echo(text: str, command: str) -> bool:
    """An echo is the command itself, or a remark of Domino that ends in it."""
    folded = " ".join(text.casefold().replace('"', "").split())
    wanted = " ".join(command.casefold().replace('"', "").split())
    return folded == wanted or folded.endswith((f"> {wanted}", f": {wanted}"))
