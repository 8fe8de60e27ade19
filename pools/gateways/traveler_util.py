"""travelerUtil on a host: the database setting and the logs (domain.md 2).

The database password is typed at the utility's prompt, unless the command profile asks for it as
an argument. It is masked in everything the host prints, and no message of ours quotes a command.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from pools.gateways import errors
from pools.gateways.parsing import db_check, db_show
from pools.gateways.profiles import HostProfile
from pools.gateways.quoting import refuse_control_characters
from pools.gateways.shell import Answer, CommandResult, Shell
from pools.states import PasswordPassing

# `db set` and `db check` open the database; a wrong address may take a minute to fail.
TIMEOUT = 180.0
LOG_COLLECT_TIMEOUT = 1800.0

_PROMPTS = {
    "password": re.compile(r"password|\bpw\b", re.IGNORECASE),
    "path": re.compile(r"\bpath\b|\bjar\b|driver", re.IGNORECASE),
    "user": re.compile(r"user", re.IGNORECASE),
    "url": re.compile(r"\burl\b|jdbc", re.IGNORECASE),
}


class TravelerUtil:
    """Runs the utility through an open shell; Traveler should be stopped first (domain.md 2)."""

    def __init__(self, shell: Shell, profile: HostProfile) -> None:
        self.shell = shell
        self.profile = profile

    def db_show(self) -> db_show.DatabaseSetting:
        """Return the database the server is set to; raises CommandFailed."""
        return db_show.parse(self._checked("db show").output)

    def db_check(self) -> db_check.CheckOutcome:
        """Let the host try its database; a failed check is a result, not an error."""
        result = self.shell.run(self._command("db check"), timeout=TIMEOUT)
        outcome = db_check.parse(result.output)
        if result.exit_status != 0:
            return dataclasses.replace(outcome, passed=False)
        return dataclasses.replace(outcome, passed=outcome.passed is not False)

    def db_set(self, *, url: str, user: str, password: str, jar_path: str) -> tuple[str, ...]:
        """Set the enterprise database; return what was printed, the password masked.

        url: JDBC form. jar_path: the JDBC driver on the host. The utility checks the login before
        it stores it; CommandFailed carries its complaint.
        """
        refuse_control_characters(password)
        values = {"url": url, "user": user, "password": password, "path": jar_path}
        result = PASSINGS[self.profile.password_passing](self, values)
        complaints = db_check.parse(result.output).complaints
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
        return self._checked("db remove").output_lines

    def log_collect(self) -> tuple[str, ...]:
        """Zip the logs into a dated file on the host; the printed lines name it."""
        return self._checked("log collect", timeout=LOG_COLLECT_TIMEOUT).output_lines

    def set_by_prompt(self, values: dict[str, str]) -> CommandResult:
        """Give what is not secret as arguments, and type the rest when asked."""
        command = self._command(
            "db set url={url} user={user}", url=values["url"], user=values["user"]
        )
        return self.shell.converse(
            command,
            answer=_answering(values),
            timeout=TIMEOUT,
            secrets=[values["password"]],
        )

    def set_by_argument(self, values: dict[str, str]) -> CommandResult:
        """Give everything as arguments: visible in the process list of that host."""
        command = self._command("db set url={url} user={user} pw={password} path={path}", **values)
        return self.shell.run(command, timeout=TIMEOUT, secrets=[values["password"]])

    def _checked(self, options: str, *, timeout: float = TIMEOUT) -> CommandResult:
        return self.shell.run_checked(self._command(options), timeout=timeout)

    def _command(self, options: str, **values: str) -> str:
        return self.profile.shell_text(f"{self.profile.traveler_util} {options}", **values)


PASSINGS: dict[str, Callable[[TravelerUtil, dict[str, str]], CommandResult]] = {
    PasswordPassing.PROMPT: TravelerUtil.set_by_prompt,
    PasswordPassing.ARGUMENT: TravelerUtil.set_by_argument,
}


def _answering(values: dict[str, str]) -> Answer:
    """Answer each kind of prompt, a repeated password prompt included, but not without end."""
    left = dict.fromkeys(_PROMPTS, 1) | {"password": 2}

    def answer(prompt: str) -> str | None:
        kind = next((kind for kind, words in _PROMPTS.items() if words.search(prompt)), None)
        if kind is None or not left[kind]:
            return None
        left[kind] -= 1
        return values[kind]

    return answer
