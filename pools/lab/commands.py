"""The command lines a host understands: those of the command profiles, and nothing else.

No shell is run. A line is recognised by its form (domain.md 10), so both built-in profiles for
Linux work; an unknown line ends with 127, as a shell's "command not found".
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pools.lab.domino import DominoServer
    from pools.lab.terminal import Terminal
    from pools.lab.traveler_util import EmulatedTravelerUtil

OK, FAILED, NOT_FOUND = 0, 1, 127
STOPPED, RUNNING = 0, 3
# The start script sends the command, waits that long, then prints the end of the log.
WAIT_SECONDS = 5
DEFAULT_LINES = 10

Run = Callable[[re.Match[str], "Terminal"], Awaitable[int]]


class HostCommands:
    """Runs command lines against one host."""

    def __init__(self, domino: DominoServer, utility: EmulatedTravelerUtil) -> None:
        self.domino = domino
        self.utility = utility
        self._background: set[asyncio.Task[None]] = set()
        self._forms: tuple[tuple[re.Pattern[str], Run], ...] = (
            (re.compile(r"(?:\S*/)?travelerUtil\b\s*(?P<words>.*)$"), self.run_utility),
            (re.compile(r"(?:\S*/)?domino cmd (?P<rest>.+)$"), self.run_command),
            (re.compile(r"(?:\S*/)?domino (?P<verb>start|stop|restart|status)\b"), self.run_verb),
            (re.compile(r"\S*/server -c (?P<rest>.+)$"), self.send_command),
            (re.compile(r"\S*/server -q\s*$"), self.quit_server),
            (re.compile(r"nohup \S*/server\b"), self.launch_server),
            (re.compile(r"if pgrep -x server\b"), self.find_process),
            (re.compile(r"uname\b(?P<rest>.*)$"), self.print_system),
            (re.compile(r"echo (?P<words>.*)$"), self.print_words),
        )

    async def run(self, line: str, terminal: Terminal) -> int:
        """Run one command line; returns its exit status."""
        faults = self.domino.traveler.files.active_faults()
        if "hang-ssh" in faults:
            await asyncio.Event().wait()
        if "fail-commands" in faults:
            terminal.write("An error was injected with `manage.py lab fault`.")
            return FAILED
        # Profiles may first change to the data directory; here it makes no difference.
        line = re.sub(r"^cd \S+ && ", "", line.strip())
        for form, run in self._forms:
            if match := form.match(line):
                return await run(match, terminal)
        terminal.write(f"sh: {line.split(maxsplit=1)[0] if line else line}: command not found")
        return NOT_FOUND

    async def run_utility(self, match: re.Match[str], terminal: Terminal) -> int:
        return await self.utility.run(shlex.split(match["words"]), terminal)

    async def run_command(self, match: re.Match[str], terminal: Terminal) -> int:
        """Run `domino cmd "<command>" <lines>`."""
        words = shlex.split(match["rest"])
        if not self.domino.running:
            terminal.write("Domino Server is not running!")
            return FAILED
        lines = int(words[1]) if len(words) > 1 else DEFAULT_LINES
        await asyncio.wait({self._start(self.domino.command(words[0]))}, timeout=WAIT_SECONDS)
        for line in self.domino.console.last_lines(lines):
            terminal.write(line)
        return OK

    async def run_verb(self, match: re.Match[str], terminal: Terminal) -> int:
        verb = match["verb"]
        if verb == "status":
            return self._print_status(terminal)
        if "fail-stop" in self.domino.traveler.files.active_faults() and verb != "start":
            terminal.write("Domino Server did not shut down.")
            return FAILED
        if verb in ("stop", "restart"):
            await self.domino.stop()
            terminal.write("Domino Server stopped.")
        if verb in ("start", "restart"):
            await asyncio.wait({self._start(self.domino.start())}, timeout=WAIT_SECONDS)
            terminal.write("Domino Server started.")
        return OK

    async def send_command(self, match: re.Match[str], terminal: Terminal) -> int:
        """`server -c "<command>"`: the answer goes to the console, not to the caller."""
        if not self.domino.running:
            terminal.write("The server is not running.")
            return FAILED
        self._start(self.domino.command(shlex.split(match["rest"])[0]))
        return OK

    async def quit_server(self, _match: re.Match[str], _terminal: Terminal) -> int:
        await self.domino.stop()
        return OK

    async def launch_server(self, _match: re.Match[str], _terminal: Terminal) -> int:
        self._start(self.domino.start())
        return OK

    async def find_process(self, _match: re.Match[str], _terminal: Terminal) -> int:
        return RUNNING if self.domino.running else STOPPED

    async def print_words(self, match: re.Match[str], terminal: Terminal) -> int:
        terminal.write(" ".join(shlex.split(match["words"])))
        return OK

    async def print_system(self, match: re.Match[str], terminal: Terminal) -> int:
        machine = {32: "i686", 64: "x86_64"}[self.domino.traveler.plan.bits]
        terminal.write(machine if "-m" in match["rest"] else "Linux")
        return OK

    def _print_status(self, terminal: Terminal) -> int:
        running = self.domino.running
        terminal.write(f"Domino Server is {'running' if running else 'not running'}.")
        return RUNNING if running else STOPPED

    def _start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Go on with `work` although its caller may not wait for the end."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task
