"""`travelerUtil` (domain.md 2): the database setting and the logs.

Its printed text is not documented; what is printed here is a guess that keeps to the names of
its options: url, user, pw, path.
"""

from __future__ import annotations

import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from pools.databases.connection import open_connection
from pools.databases.errors import DatabaseError
from pools.lab.languages import say
from pools.lab.nsf import NsfDatabaseSetting, engine_of
from pools.lab.store_thread import StoreThread

if TYPE_CHECKING:
    from pools.lab.terminal import Terminal
    from pools.lab.traveler import TravelerTask

OK, FAILED = 0, 1
USAGE = """\
Usage: travelerUtil <options>, where <options> include:
log clear
log collect
db show: Shows the database configuration
db remove: Reverts to using local Derby database
db check: Verifies the configuration
db set: Updates database user ID and password; it won't prompt for URL and path if found"""


class _Speaking:
    """The terminal, in the host's language."""

    def __init__(self, terminal: Terminal, language: str) -> None:
        self._terminal = terminal
        self._language = language

    def write(self, line: str) -> None:
        self._terminal.write(say(self._language, line))

    async def ask(self, prompt: str, *, secret: bool = False) -> str:
        return await self._terminal.ask(say(self._language, prompt), secret=secret)


class EmulatedTravelerUtil:
    """Answers one call at a time; `run` returns the exit status."""

    def __init__(self, traveler: TravelerTask) -> None:
        self.traveler = traveler
        self.files = traveler.files
        # A thread of its own: a database that does not answer must not stop the server.
        self._thread = StoreThread()
        self._commands: dict[
            tuple[str, str], Callable[[dict[str, str], Terminal], Awaitable[int]]
        ] = {
            ("db", "show"): self.show_setting,
            ("db", "check"): self.check_setting,
            ("db", "set"): self.store_setting,
            ("db", "remove"): self.remove_setting,
            ("log", "collect"): self.collect_logs,
            ("log", "clear"): self.clear_logs,
        }

    async def run(self, words: list[str], terminal: Terminal) -> int:
        words = [word for word in words if word != "debug"]
        run = self._commands.get((words[0], words[1])) if len(words) > 1 else None
        if run is None:
            for line in USAGE.splitlines():
                terminal.write(line)
            return OK if words in ([], ["-help"]) else FAILED
        terminal = _Speaking(terminal, self.traveler.plan.language)
        # Values may hold `=` themselves, as JDBC URLs do.
        pairs = (word.partition("=") for word in words[2:])
        return await run({name.lower(): value for name, _, value in pairs}, terminal)

    async def show_setting(self, _given: dict[str, str], terminal: Terminal) -> int:
        setting = self.files.nsf.read_setting()
        if setting is None:
            terminal.write("The local Derby database is used.")
            return OK
        terminal.write(f"URL: {setting.url}")
        terminal.write(f"User: {setting.user}")
        terminal.write("Password: ********")
        terminal.write(f"Path: {setting.path}")
        return OK

    async def check_setting(self, _given: dict[str, str], terminal: Terminal) -> int:
        setting = self.files.nsf.read_setting()
        if setting is None:
            terminal.write("The local Derby database is used. The configuration is valid.")
            return OK
        return await self._validate(setting, terminal)

    async def store_setting(self, given: dict[str, str], terminal: Terminal) -> int:
        """Ask for what was not given and not found; store only what passes validation."""
        if self._refused(terminal):
            return FAILED
        stored = self.files.nsf.read_setting()
        url = given.get("url") or (stored.url if stored else "") or await terminal.ask("URL: ")
        found_jar = self.files.found_jar(engine_of(url))
        path = given.get("path") or found_jar or await terminal.ask("Path: ")
        user = given.get("user") or await terminal.ask("User: ")
        password = given.get("pw") or await terminal.ask("Password: ", secret=True)
        if not (url and path and user and password):
            terminal.write(
                "ERROR: URL, path, user and password are all needed. Nothing was stored."
            )
            return FAILED
        setting = NsfDatabaseSetting(url, user, password, path)
        if await self._validate(setting, terminal) != OK:
            terminal.write("Nothing was stored.")
            return FAILED
        self.files.nsf.write_setting(setting)
        terminal.write("The database setting has been stored in LotusTraveler.nsf.")
        return OK

    async def remove_setting(self, _given: dict[str, str], terminal: Terminal) -> int:
        if self._refused(terminal):
            return FAILED
        self.files.nsf.write_setting(None)
        terminal.write("The database setting has been removed. The local Derby database is used.")
        return OK

    async def collect_logs(self, _given: dict[str, str], terminal: Terminal) -> int:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        target = self.files.support / f"traveler-logs-{stamp}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in (self.files.console_log, *self.files.traveler_logs.iterdir()):
                if file.is_file():
                    archive.write(file, file.relative_to(self.files.support))
        terminal.write(f"The logs have been collected in {target}.")
        return OK

    async def clear_logs(self, _given: dict[str, str], terminal: Terminal) -> int:
        for file in self.files.traveler_logs.iterdir():
            file.unlink()
        terminal.write("The logs have been cleared.")
        return OK

    def _refused(self, terminal: Terminal) -> bool:
        if self.traveler.busy:
            terminal.write("ERROR: The Traveler server is running. Stop it first.")
        return self.traveler.busy

    async def _validate(self, setting: NsfDatabaseSetting, terminal: Terminal) -> int:
        complaint = await self._thread.run(self._complaint, setting)
        if complaint:
            terminal.write(f"ERROR: The database check failed: {complaint}")
            return FAILED
        terminal.write("The database configuration is valid.")
        return OK

    def _complaint(self, setting: NsfDatabaseSetting) -> str:
        try:
            login = setting.login(self.files.notes_ini_values())
        except ValueError as error:
            return str(error)
        if not self.files.is_jar(setting.path):
            return f"The JDBC driver was not found at {setting.path}."
        try:
            with open_connection(login):
                return ""
        except DatabaseError as error:
            return str(error)
