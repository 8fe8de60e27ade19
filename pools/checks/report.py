"""What one check of a database found, line by line, in the order of the checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pools.checks.address_checks import ADDRESS_CHECKS
from pools.checks.connection_checks import CONNECTION_CHECKS
from pools.states import Severity

LOGIN_TITLE = "Login is accepted"
# The fact of the login line where the database refused it, and not something on the way.
LOGIN_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report. `remedy` is empty when it passed.

    `figure` is what was measured and `fact` what was read, without the sentence around it.
    """

    check_id: str
    title: str
    severity: Severity
    passed: bool
    seen: str
    remedy: str = ""
    figure: float | None = None
    fact: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseReport:
    """All lines of one check."""

    results: tuple[CheckResult, ...]

    def line(self, check_id: str) -> CheckResult | None:
        """That check's line, or None when the report ended before it."""
        return next((line for line in self.results if line.check_id == check_id), None)

    @property
    def reachable(self) -> bool:
        """True when the login was accepted."""
        login = self.line("login")
        return login is not None and login.passed

    @property
    def ending(self) -> CheckResult | None:
        """The line whose failure left the others unasked; None when all were asked."""
        if not self.results or not unasked_titles(line.check_id for line in self.results):
            return None
        last = self.results[-1]
        return last if not last.passed and last.severity == Severity.BLOCKER else None

    @property
    def passed(self) -> bool:
        """True when no blocker failed."""
        return all(line.passed or line.severity != Severity.BLOCKER for line in self.results)


# Every check's title by its id, in the order of the report.
ALL_CHECKS: dict[str, str] = {
    **{check.check_id: check.title for check in ADDRESS_CHECKS},
    "login": LOGIN_TITLE,
    **{check.check_id: check.title for check in CONNECTION_CHECKS},
}


def unasked_titles(asked: Iterable[str]) -> list[str]:
    """The titles of the checks that a report with these ids did not come to."""
    known = set(asked)
    return [title for check_id, title in ALL_CHECKS.items() if check_id not in known]
