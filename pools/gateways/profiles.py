"""Host profiles: the commands and paths of one kind of Traveler host, as data.

The fields are those of the CommandProfile an administrator edits; what domain.md marks as
recollection or guess lives here and nowhere else. A template names its values in braces.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pools.gateways.errors import ProfileIncomplete
from pools.gateways.parsing.words import GIVEN, AnswerWords, WordsUnreadable
from pools.gateways.quoting import (
    DOUBLE_QUOTE,
    SINGLE_QUOTE,
    escape_for_shell,
    refuse_active_characters,
    refuse_control_characters,
)
from pools.states import ConsoleMethod, PasswordPassing, Platform

Escape = Callable[[str, str], str]

# A method, a space and a path with its query, e.g. `POST /sync?user={user}`.
WEB_REQUEST = r"[A-Z]+ /\S*"


@dataclass(frozen=True, slots=True)
class WebRequest:
    """`target` is the path with its query, as it goes onto the wire."""

    method: str
    target: str


@dataclass(frozen=True)
class HostProfile:
    """How one kind of host is started, asked and configured.

    `server_status` must end with exit status 3 when Domino runs and 0 when it does not, as the
    Domino start script does (domain.md 10).
    """

    name: str
    platform: str = Platform.LINUX.value
    program_directory: str = "/opt/hcl/domino/notes/latest/linux"
    data_directory: str = "/local/notesdata"
    console_method: str = ConsoleMethod.START_SCRIPT.value
    console_command: str = 'domino cmd "{command}" {lines}'
    console_log: str = "{data}/IBM_TECHNICAL_SUPPORT/console.log"
    start_server: str = "domino start"
    stop_server: str = "domino stop"
    server_status: str = "domino status"
    stop_traveler: str = "tell traveler quit"
    start_traveler: str = "load traveler"
    drain: str = "tell traveler available off"
    resume_service: str = "tell traveler available on"
    hadr_show: str = "tell traveler hadr show"
    status: str = "tell traveler status"
    show_user: str = "tell traveler user {user}"
    show_config: str = "tell traveler config"
    traveler_util: str = "{data}/traveler/util/travelerUtil"
    password_passing: str = PasswordPassing.PROMPT.value
    derby_directory: str = "{data}/traveler/ntsdb"
    derby_aside: bool = True
    jdbc_jar_directory: str = "{program}/Traveler/lib"
    notes_ini: str = "{data}/notes.ini"
    # Empty: as documented for the server's version (pools/domain/notes_ini.py).
    auto_schema_parameter: str = ""
    # A server's own transfer of its data into a pool: no line of it is documented (domain.md 9),
    # so these patterns are ours. They are searched in any case of letters.
    transfer_progress: str = (
        r"\b(?:transfer|migrat|copy|copied)\w*\b.*?[^\d.,]"
        r"(?:(?P<percent>\d{1,3}) ?(?:%|percent)|(?P<done>\d[\d.,]*) of (?P<total>\d[\d.,]*))"
    )
    transfer_end: str = r"\b(?:transfer|migration) (?:is |has )?(?:complete|finished)"
    transfer_failure: str = r"\b(?:transfer|migration) (?:has )?(?:failed|stopped)|did not start"
    transfer_silence: int = 600
    # The words of the answers, one line for each meaning (parsing/words.py).
    answer_words: str = GIVEN.as_text()
    # How a device syncs is documented too thinly to be given here; empty: there is no probe.
    probe_request: str = ""

    @property
    def words(self) -> AnswerWords:
        """What answers are read by. Raises ProfileIncomplete."""
        try:
            return AnswerWords.from_text(self.answer_words)
        except WordsUnreadable as error:
            raise ProfileIncomplete(f"The answer words of “{self.name}”: {error}") from None

    def path(self, template: str) -> str:
        """Expand a path template; the result is for SFTP, so nothing is quoted."""
        return expand(template, **self._directories)

    def console_text(self, template: str, **values: str) -> str:
        """Expand a Domino console command, e.g. `tell traveler user {user}`."""
        return _substitute(template, values, lambda value, _quote: refuse_active_characters(value))

    def shell_text(self, template: str, **values: object) -> str:
        """Expand a command line; each value is quoted for the place where it stands."""

        def escape(value: str, quote: str) -> str:
            return escape_for_shell(value, quote, platform=self.platform)

        return _substitute(template, self._directories | values, escape)

    def web_request(self, template: str, **values: str) -> WebRequest:
        """Expand e.g. `POST /sync?user={user}`; each value is percent-encoded as a whole."""
        if not re.fullmatch(WEB_REQUEST, template):
            raise ProfileIncomplete(f"“{template}” is not a method and a path, e.g. POST /sync.")
        line = _substitute(template, values, lambda value, _quote: quote(value, safe=""))
        method, _, target = line.partition(" ")
        return WebRequest(method, target)

    @property
    def _directories(self) -> dict[str, object]:
        return {"program": self.program_directory, "data": self.data_directory}


def expand(template: str, **values: object) -> str:
    """Put `values` into the `{name}` places of `template`, unquoted.

    Raises ProfileIncomplete for a name without a value, UnsafeText for control characters.
    """
    return _substitute(template, values, lambda value, _quote: value)


def _substitute(template: str, values: Mapping[str, object], escape: Escape) -> str:
    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise ProfileIncomplete(f"The template “{template}” asks for {{{name}}}, unknown here.")
        value = refuse_control_characters(str(values[name]))
        return escape(value, _open_quote(template[: match.start()]))

    return re.sub(r"\{(\w+)\}", replace, template)


def _open_quote(text: str) -> str:
    """Return the quote character that is still open at the end of `text`, or an empty string."""
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in (SINGLE_QUOTE, DOUBLE_QUOTE):
            quote = character
    return quote


START_SCRIPT = HostProfile(name="HCL Traveler on Linux (start script)")

SERVER_C = dataclasses.replace(
    START_SCRIPT,
    name="HCL Traveler on Linux (server -c)",
    console_method=ConsoleMethod.SERVER_C.value,
    console_command='cd {data} && {program}/server -c "{command}"',
    start_server="cd {data} && nohup {program}/server >/dev/null 2>&1 </dev/null &",
    stop_server="cd {data} && {program}/server -q",
    server_status="if pgrep -x server >/dev/null; then exit 3; fi",
)

WINDOWS = dataclasses.replace(
    START_SCRIPT,
    name="HCL Traveler on Windows",
    platform=Platform.WINDOWS.value,
    program_directory=r"C:\Domino",
    data_directory=r"C:\Domino\Data",
    console_method=ConsoleMethod.SERVER_C.value,
    console_command='cd /d {data} && {program}\\nserver.exe -c "{command}"',
    console_log=r"{data}\IBM_TECHNICAL_SUPPORT\console.log",
    start_server="cd /d {data} && start /b {program}\\nserver.exe",
    stop_server="cd /d {data} && {program}\\nserver.exe -q",
    server_status='tasklist | find /i "nserver.exe" >nul && exit 3 || exit 0',
    traveler_util=r"{data}\traveler\util\travelerUtil.cmd",
    derby_directory=r"{data}\traveler\ntsdb",
    jdbc_jar_directory=r"{program}\Traveler\lib",
    notes_ini=r"{program}\notes.ini",
)

PROFILES: dict[str, HostProfile] = {
    "start-script": START_SCRIPT,
    "server-c": SERVER_C,
    "windows": WINDOWS,
}
