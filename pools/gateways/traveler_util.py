"""travelerUtil on a host: the database setting and the logs (domain.md 2).

The database password is typed at the utility's prompt, unless the command profile asks for it as
an argument. It is masked in everything the host prints, and no message of ours quotes a command.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from pools.gateways import errors
from pools.gateways.parsing import db_check, db_show
from pools.gateways.parsing.words import AnswerWords, find
from pools.gateways.profiles import HostProfile
from pools.gateways.quoting import refuse_control_characters
from pools.gateways.shell import Answer, CommandResult, Shell
from pools.states import PasswordPassing

# `db set` and `db check` open the database; a wrong address may take a minute to fail.
TIMEOUT = 180.0
LOG_COLLECT_TIMEOUT = 1800.0

_ARCHIVE = re.compile(r"\S\.zip\b", re.IGNORECASE)

# What is asked for when no word of the profile says so.
_URL = re.compile(r"\burl\b|jdbc", re.IGNORECASE)


class TravelerUtil:
    """Runs the utility through an open shell; Traveler should be stopped first (domain.md 2)."""

    def __init__(self, shell: Shell, profile: HostProfile) -> None:
        self.shell = shell
        self.profile = profile

    def db_show(self, *, secrets: Sequence[str] = ()) -> db_show.DatabaseSetting:
        """Return the database the server is set to; raises CommandFailed."""
        result = self._checked("db show", secrets=secrets)
        return db_show.parse(result.output, self.profile.words)

    def db_check(self) -> db_check.CheckOutcome:
        """Let the host try its database; a failed check is a result, not an error.

        `passed` is None when the exit status is good and no word of the answer is known.
        """
        result = self.shell.run(self._command("db check"), timeout=TIMEOUT)
        outcome = db_check.parse(result.output, self.profile.words)
        if result.exit_status != 0:
            return dataclasses.replace(outcome, passed=False)
        return outcome

    def db_set(self, *, url: str, user: str, password: str, jar_path: str) -> tuple[str, ...]:
        """Set the enterprise database; return what was printed, the password masked.

        url: JDBC form. jar_path: the JDBC driver on the host. The utility checks the login before
        it stores it; CommandFailed carries its complaint. That it has none proves nothing: ask
        `db_show` afterwards.
        """
        refuse_control_characters(password)
        values = {"url": url, "user": user, "password": password, "path": jar_path}
        result = PASSINGS[self.profile.password_passing](self, values)
        complaints = db_check.parse(result.output, self.profile.words).complaints
        if result.exit_status != 0 or complaints:
            raise errors.CommandFailed(
                "travelerUtil did not accept the database setting.",
                host=self.shell.login.address,
                remedy="Correct the database address, user, password or driver path.",
                exit_status=result.exit_status,
                output_lines=complaints or result.output_lines,
            )
        return result.output_lines

    def db_remove(self) -> tuple[str, ...]:
        """Set the server back to its own, then empty, Derby database (domain.md 6)."""
        return self._without_complaint("db remove")

    def log_collect(self) -> tuple[str, ...]:
        """Zip the logs into a dated file on the host; the printed lines name it."""
        lines = self._without_complaint("log collect", timeout=LOG_COLLECT_TIMEOUT)
        if not any(_ARCHIVE.search(line) for line in lines):
            raise errors.CommandFailed(
                "travelerUtil log collect was not understood: no line names a zip file.",
                host=self.shell.login.address,
                remedy="Run it on the host to see where the logs are.",
                exit_status=0,
                output_lines=lines,
            )
        return lines

    def set_by_prompt(self, values: dict[str, str]) -> CommandResult:
        """Give what is not secret as arguments, and type the rest when asked."""
        command = self._command(
            "db set url={url} user={user}", url=values["url"], user=values["user"]
        )
        return self.shell.converse(
            command,
            answer=_answering(values, self.profile.words),
            timeout=TIMEOUT,
            secrets=[values["password"]],
        )

    def set_by_argument(self, values: dict[str, str]) -> CommandResult:
        """Give everything as arguments: visible in the process list of that host."""
        command = self._command("db set url={url} user={user} pw={password} path={path}", **values)
        return self.shell.run(command, timeout=TIMEOUT, secrets=[values["password"]])

    def _without_complaint(self, options: str, *, timeout: float = TIMEOUT) -> tuple[str, ...]:
        result = self._checked(options, timeout=timeout)
        complaints = db_check.parse(result.output, self.profile.words).complaints
        if complaints:
            raise errors.CommandFailed(
                f"travelerUtil {options} ended with exit status 0, but with a complaint.",
                host=self.shell.login.address,
                exit_status=0,
                output_lines=complaints,
            )
        return result.output_lines

    def _checked(
        self, options: str, *, timeout: float = TIMEOUT, secrets: Sequence[str] = ()
    ) -> CommandResult:
        return self.shell.run_checked(self._command(options), timeout=timeout, secrets=secrets)

    def _command(self, options: str, **values: str) -> str:
        return self.profile.shell_text(f"{self.profile.traveler_util} {options}", **values)


PASSINGS: dict[str, Callable[[TravelerUtil, dict[str, str]], CommandResult]] = {
    PasswordPassing.PROMPT: TravelerUtil.set_by_prompt,
    PasswordPassing.ARGUMENT: TravelerUtil.set_by_argument,
}


def _answering(values: dict[str, str], words: AnswerWords) -> Answer:
    """Answer each kind of prompt, a repeated password prompt included, but not without end."""
    left = {"password": 2, "path": 1, "user": 1, "url": 1}

    def answer(prompt: str) -> str | None:
        kind = _asked_for(prompt, words)
        if not left.get(kind):
            return None
        left[kind] -= 1
        return values[kind]

    return answer


def _asked_for(prompt: str, words: AnswerWords) -> str:
    """A key of the values, or '' when the prompt is not understood."""
    kinds = {"password": words.password, "path": words.path, "user": words.user}
    named = next((kind for kind, spelled in kinds.items() if find(spelled, prompt)), "")
    return named or ("url" if _URL.search(prompt) else "")
