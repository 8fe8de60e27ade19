"""The console log of a server that migrates its own data, line by line into the events.

How far the log is read is written down with the lines in one transaction: a worker that is killed
loses none of them and doubles none. A log that is started again at a start is read from its start;
what the old one got after the last look, a second at most, is with the archived log only.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone

from migrations_ui.hosts import Host
from migrations_ui.models.event import Line
from migrations_ui.states import EventKind, Level, StepName
from migrations_ui.steps.context import StepContext
from pools.gateways.errors import CommandFailed, RemoteFileMissing, TimedOut
from pools.gateways.parsing import console_lines, hadr_show
from pools.gateways.parsing.console_lines import ConsoleLine
from pools.gateways.parsing.transfer_lines import TransferReading, TransferSign
from pools.models import CommandProfile

# By its first bytes a log is known again: they hold the stamp of its first line.
HEAD_BYTES = 160
# A line that was there before is no sign of life; so many are remembered.
WORDINGS_KEPT = 2000
TELLING_CHARACTERS = 255
LAST_LINES = 5
TROUBLE = re.compile(r"\b(error|fail(ed|ure)?|exception|severe|did not start)\b", re.IGNORECASE)
LEVELS = {TransferSign.FAILURE: Level.ERROR}


@dataclass(frozen=True, slots=True)
class LogPosition:
    """A byte in one log file; `file` tells that file from the one that follows it."""

    offset: int
    file: str


def end_of_log(host: Host) -> LogPosition:
    """Where the log ends now; a host that has none yet begins one."""
    try:
        return LogPosition(host.console.log_offset(), _mark(_head(host, HEAD_BYTES)))
    except RemoteFileMissing:
        return LogPosition(0, _mark(b""))


@dataclass
class ConsoleTrail:
    """Reads for one run of the step; a new connection is given to each call."""

    context: StepContext
    profile: CommandProfile
    wordings: dict[str, None] = field(default_factory=dict)
    _answers: Counter[str] = field(default_factory=Counter)
    _answers_seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        events = self.context.migration.events.filter(step=StepName.FOLLOW, kind=EventKind.LOG)
        kept = events.order_by("-sequence").values_list("text", flat=True)[:WORDINGS_KEPT]
        self.wordings = dict.fromkeys(reversed(kept))

    @property
    def last_lines(self) -> str:
        return " / ".join(list(self.wordings)[-LAST_LINES:]) or "none"

    def sign_so_far(self) -> TransferSign | None:
        """What the last progress line said, also when another worker has read it."""
        return self.profile.transfer_patterns.read(self.context.migration.last_progress_line).sign

    def read(self, host: Host) -> list[TransferReading]:
        """Write down the new lines; returns what those say that match a pattern."""
        migration = self.context.migration
        known = {
            "console_offset": migration.console_offset,
            "console_file": migration.console_file,
        }
        try:
            place, text = _next(
                host, LogPosition(migration.console_offset or 0, migration.console_file)
            )
        except RemoteFileMissing:
            # Between the archiving of the old log and the first line of the new one.
            return []
        lines: list[Line] = []
        readings: list[TransferReading] = []
        facts: dict[str, object] = {}
        for line in console_lines.parse(text):
            reading = self._reading(line)
            if not line.text.strip() or line.echoed or self._is_answer(line, reading):
                continue
            lines.append(_event(line, reading))
            if not line.of_other_task and line.text not in self.wordings:
                facts["last_line_at"] = timezone.now()
                self._remember(line.text)
            if reading.sign is not None:
                facts["last_progress_line"] = line.text[:TELLING_CHARACTERS]
                readings.append(reading)
        if lines or place != LogPosition(migration.console_offset or 0, migration.console_file):
            facts |= {"console_offset": place.offset, "console_file": place.file}
            self.context.keep(lines, known=known, **facts)
        return readings

    def ask_membership(self, host: Host) -> hadr_show.HadrShow:
        """`hadr show`, whose answer stands in the log too and is no news of the transfer."""
        try:
            answer = host.console.tell(host.profile.hadr_show)
        except (CommandFailed, TimedOut):
            answer = []
        shown = hadr_show.parse("\n".join(answer), host.profile.words)
        unread = {line.strip() for line in shown.unread} - self._answers_seen
        texts = [line.strip() for line in answer]
        self._answers = Counter(text for text in texts if text not in unread)
        self._answers_seen.update(texts)
        return shown

    def _reading(self, line: ConsoleLine) -> TransferReading:
        if line.of_other_task or line.echoed:
            return TransferReading()
        return self.profile.transfer_patterns.read(line.text)

    def _is_answer(self, line: ConsoleLine, reading: TransferReading) -> bool:
        """Whether our own question brought this line; each line of an answer counts once."""
        text = line.text.strip()
        if line.task or reading.sign is not None or not self._answers[text]:
            return False
        self._answers[text] -= 1
        return True

    def _remember(self, text: str) -> None:
        self.wordings[text] = None
        if len(self.wordings) > WORDINGS_KEPT:
            del self.wordings[next(iter(self.wordings))]


def _event(line: ConsoleLine, reading: TransferReading) -> Line:
    text = f"{line.task}: {line.text}" if line.of_other_task else line.text
    usual = Level.WARNING if TROUBLE.search(line.text) else Level.INFO
    level = LEVELS.get(reading.sign, usual) if reading.sign else usual
    return Line(text, level=level, step=StepName.FOLLOW, at=timezone.now())


def _next(host: Host, place: LogPosition) -> tuple[LogPosition, str]:
    """The complete lines after `place`, and the place after them."""
    length = int(place.file.partition(":")[0] or 0)
    same = _mark(_head(host, length)) == place.file
    text, offset = host.shell.tail(host.console.log_path, place.offset if same else 0)
    if same and _mark(_head(host, length)) != place.file:
        # Begun again under our hands: of which log the text is, nobody can know. Look again.
        return place, ""
    file = place.file
    if not same or length < HEAD_BYTES:
        file = _mark(_head(host, min(HEAD_BYTES, offset)))
    return LogPosition(offset, file), text


def _head(host: Host, length: int) -> bytes:
    return host.shell.head(host.console.log_path, length)


def _mark(head: bytes) -> str:
    return f"{len(head)}:{hashlib.sha256(head).hexdigest()[:32]}"
