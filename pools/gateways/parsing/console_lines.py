"""Console lines: thread prefix, time stamp and task name taken off the text.

Seen forms: `[012345:000002-00007F] 11/22/2026 10:15:02 AM  Traveler: …`, either part missing,
other date orders, and `> ` where an echoed command stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pools.domain.lines import split_lines

# What other Domino tasks put before their lines; a Traveler answer has none or "Traveler".
OTHER_TASKS = (
    "Admin Process",
    "AMgr",
    "Agent Manager",
    "Calendar Connector",
    "Chronos",
    "Cluster Replicator",
    "Database Replicator",
    "Database Server",
    "Directory Cataloger",
    "DIIOP Server",
    "Event Monitor",
    "HTTP JVM",
    "HTTP Server",
    "HTTP Web Server",
    "IMAP Server",
    "Index update process",
    "JVM",
    "LDAP Server",
    "LDAP Schema",
    "POP3 Server",
    "Process Monitor",
    "Remote console",
    "Router",
    "RnRMgr",
    "Rooms and Resources Manager",
    "Schedule Manager",
    "Searching Administration Requests database",
    "SMTP Server",
    "Update",
)
TRAVELER_TASKS = (
    "HCL Traveler",
    "IBM Traveler",
    "IBM Notes Traveler",
    "Lotus Notes Traveler",
    "Notes Traveler",
    "Traveler",
)

_SERVER_REMARK = re.compile(
    r"(?:Opened|Closed) session for |(?:Starting|Finished) replication |"
    r"Unable to replicate |Attempt to access |ATTEMPT TO ACCESS |"
    r"\d+ Transactions/Minute|Shutting down inactive session ",
)
_TIME = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\s?[AP]M)?"
_DATE = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}(?P<sep>[/.-])\d{1,2}(?P=sep)\d{2,4})"
_PREFIX = re.compile(
    r"^\s*"
    r"(?:\[?(?P<thread>[0-9A-Fa-f]{2,}:[0-9A-Fa-f]+-[0-9A-Fa-f]+)\]?\s*)?"
    rf"(?P<at>{_DATE}[ T]\s*{_TIME})?\s*"
    r"(?P<echo>>\s)?",
    re.IGNORECASE,
)
_TASK = re.compile(
    rf"(?P<task>{'|'.join(re.escape(task) for task in (*TRAVELER_TASKS, *OTHER_TASKS))}):\s?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line: `text` as the task wrote it, the rest as it was found ('' when absent)."""

    text: str
    task: str = ""
    at: str = ""
    thread: str = ""
    echoed: bool = False

    @property
    def of_other_task(self) -> bool:
        """True when another Domino task than Traveler wrote the line."""
        return bool(self.task) and self.task.casefold() not in _TRAVELER_FOLDED

    @property
    def process(self) -> str:
        """The process that wrote the line, as its prefix numbers it; '' without a prefix."""
        return self.thread.partition(":")[0].casefold()


_TRAVELER_FOLDED = frozenset(task.casefold() for task in TRAVELER_TASKS)


def parse_line(line: str) -> ConsoleLine:
    """Take the prefixes off one line; indentation inside the text is kept."""
    prefix = _PREFIX.match(line)
    if prefix is None or not (prefix["thread"] or prefix["at"] or prefix["echo"]):
        rest, thread, at, echoed = line.rstrip(), "", "", False
    else:
        rest = line[prefix.end() :].rstrip()
        thread, at = prefix["thread"] or "", prefix["at"] or ""
        echoed = bool(prefix["echo"])
    task = _TASK.match(rest.lstrip())
    if task is None:
        return ConsoleLine(rest, "", at, thread, echoed)
    return ConsoleLine(rest.lstrip()[task.end() :], task["task"], at, thread, echoed)


def parse(text: str) -> tuple[ConsoleLine, ...]:
    """Read every line of `text`, empty ones included."""
    return tuple(parse_line(line) for line in split_lines(text))


def of_the_answer(lines: Sequence[ConsoleLine]) -> list[ConsoleLine]:
    """Those lines of a console log that Traveler wrote, echoes left out.

    A task that is not known here gives itself away by its process: where lines are seen under
    Traveler's name, whatever another process wrote is no part of an answer.
    """
    own = {line.process for line in lines if line.task and not line.of_other_task}
    own -= {""}
    return [
        line
        for line in lines
        if not line.of_other_task
        and not line.echoed
        and not _is_server_remark(line)
        and (not own or not line.process or line.process in own)
    ]


def _is_server_remark(line: ConsoleLine) -> bool:
    """What the Domino server itself remarks all day, under no task's name."""
    return bool(line.at) and not line.task and _SERVER_REMARK.match(line.text.strip()) is not None


def texts(text: str) -> list[str]:
    """Return the bare texts of `text`'s lines, without those of other tasks and echoes."""
    return [line.text for line in parse(text) if not line.of_other_task and not line.echoed]
