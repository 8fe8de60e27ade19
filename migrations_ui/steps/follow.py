"""Follow: the server migrates its own data, and the console listens to what it says about that.

Which lines report progress, end and failure is in the command profile, for the vendor documents
none of them (domain.md 6, 9). So the end is not a line but membership: `hadr show` lists the
server as alive. Silence is warned about and is no failure: a transfer may take hours.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from migrations_ui.hosts import Host
from migrations_ui.states import Level, StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.launch import launch
from migrations_ui.steps.probes.console_log import ConsoleTrail
from pools.domain.durations import in_two_units
from pools.domain.names import same_name
from pools.gateways.errors import GatewayError
from pools.gateways.parsing.transfer_lines import TransferReading, TransferSign

POLL_SECONDS = 1.0
# Ours: a question costs the server little, and stands in its log.
MEMBERSHIP_SECONDS = 30.0
MEMBERSHIP_AT_THE_END_SECONDS = 3.0
RUNNING_SECONDS = 10.0
# A network may blink in so long a transfer; a host that is away longer is a person's business.
LONGEST_ABSENCE_SECONDS = 60.0
RECONNECT_SECONDS = 2.0
SILENT = "Nothing new for"


def run(context: StepContext) -> str:
    migration = context.migration
    if migration.console_offset is None:
        # The last attempt failed: the server tries again when it is started again.
        with context.open_host() as host:
            host.console.stop_server()
            # What the last attempt reported of its progress is over.
            migration.steps.filter(name=StepName.FOLLOW).update(done=None, total=None, unit="")
            launch(context, host)
    _Following(context).to_the_end()
    return f"{migration.server} has migrated its own data and is listed as alive."


def undo(context: StepContext) -> str:
    migration = context.migration
    context.remember(console_offset=None)
    context.log(
        f"What {migration.server} wrote into the database of {migration.pool} by itself stays "
        "there: the console does not know those rows, and takes none of them out.",
        level=Level.WARNING,
    )
    return f"The console of {migration.server} is not followed any more."


class _Following:
    """One attempt, over as many connections as it takes."""

    def __init__(self, context: StepContext) -> None:
        self._context = context
        self._server = context.migration.server
        self._trail = ConsoleTrail(context, self._server.profile)
        self._sign = self._trail.sign_so_far()
        self._heard_at = self._asked_at = self._looked_at = time.monotonic()
        self._silence_begun = context.migration.last_line_at or timezone.now()
        self._has_warned = _warned_since(context, self._silence_begun)

    def to_the_end(self) -> None:
        while True:
            try:
                with self._context.open_host() as host:
                    self._listen(host)
                return
            except GatewayError as error:
                self._bear(error)
            self._context.wait(RECONNECT_SECONDS)

    def _listen(self, host: Host) -> None:
        """Until the pool lists the server. Raises StepFailed when the server says it failed, or
        when it stopped."""
        while True:
            for reading in self._trail.read(host):
                self._take(reading)
            if self._sign is TransferSign.FAILURE:
                raise self._failed(f"{self._server} says: “{self._last_progress_line}”.")
            if self._is_member(host):
                return
            self._require_running(host)
            self._warn_of_silence()
            self._context.wait(POLL_SECONDS)

    def _take(self, reading: TransferReading) -> None:
        self._sign = reading.sign
        if reading.done is not None and reading.total is not None:
            self._context.journal.progress(reading.done, reading.total, reading.unit)

    def _is_member(self, host: Host) -> bool:
        ended = self._sign is TransferSign.END
        interval = MEMBERSHIP_AT_THE_END_SECONDS if ended else MEMBERSHIP_SECONDS
        if time.monotonic() - self._asked_at < interval:
            return False
        shown = self._trail.ask_membership(host)
        self._asked_at = time.monotonic()
        alive = any(
            member.alive is True and same_name(member.domino_name, self._server.domino_name)
            for member in shown.members
        )
        if alive and not ended:
            self._context.log(
                "The pool lists the server as alive, though no line matched the pattern for the "
                "end; the command profile has that pattern.",
                level=Level.WARNING,
            )
        return alive

    def _require_running(self, host: Host) -> None:
        if time.monotonic() - self._looked_at < RUNNING_SECONDS:
            return
        self._looked_at = time.monotonic()
        running = host.console.server_running()
        # Not the log alone: a host whose commands hang would never be asked for the end.
        self._heard_at = time.monotonic()
        if not running:
            self._trail.read(host)
            raise self._failed(
                f"Domino on {self._server} has stopped before its data were migrated."
            )

    def _warn_of_silence(self) -> None:
        spoken_at = self._context.migration.last_line_at or self._silence_begun
        if spoken_at > self._silence_begun:
            self._silence_begun, self._has_warned = spoken_at, False
        silence = timezone.now() - self._silence_begun
        longest = timedelta(seconds=self._server.profile.transfer_silence)
        if silence < longest or self._has_warned:
            return
        self._has_warned = True
        self._context.log(
            f"{SILENT} {in_two_units(longest)} on the console of {self._server}. A transfer may "
            "be silent for long; look at the load of the host and of the database.",
            level=Level.WARNING,
        )

    def _bear(self, error: GatewayError) -> None:
        if time.monotonic() - self._heard_at < LONGEST_ABSENCE_SECONDS:
            return
        raise StepFailed(
            f"{error} Last lines: {self._trail.last_lines}",
            remedy=(
                "The server may go on with its transfer meanwhile. Retry when the host answers: "
                "its lines are read on from where they were left."
            ),
        ) from error

    def _failed(self, seen: str) -> StepFailed:
        # The next attempt starts the server, and with it the transfer, again.
        self._context.remember(console_offset=None)
        return StepFailed(
            f"{seen} Last lines: {self._trail.last_lines}",
            remedy=(
                "Mend what the console complains about, then retry, which stops and starts the "
                "server; or roll back to its backup."
            ),
        )

    @property
    def _last_progress_line(self) -> str:
        return self._context.migration.last_progress_line


def _warned_since(context: StepContext, moment: object) -> bool:
    warnings = context.migration.events.filter(step=StepName.FOLLOW, level=Level.WARNING)
    return warnings.filter(text__startswith=SILENT, at__gt=moment).exists()
