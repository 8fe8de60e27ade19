"""The preflight report as people read it: groups with blockers first, and one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrations_ui.models import Finding
from migrations_ui.preflight.registry import STANDING
from migrations_ui.states import Outcome

# Worst first; inside an outcome the order of the checks.
RANKS: dict[str, int] = {
    Outcome.BLOCKER: 0,
    Outcome.WARNING: 1,
    Outcome.LATER: 2,
    Outcome.PASSED: 3,
}

GROUP_TITLES: dict[str, str] = {
    "server": "The server",
    "database": "The pool’s database",
    "pool": "The pool",
    "network": "The network",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings about one subject, worst first."""

    title: str
    worst: Outcome
    findings: tuple[Finding, ...]

    @property
    def to_read(self) -> list[Finding]:
        return [each for each in self.findings if each.outcome != Outcome.PASSED]

    @property
    def may_change(self) -> bool:
        """True when another look could find it otherwise."""
        return any(
            each.outcome == Outcome.BLOCKER
            or (each.outcome == Outcome.WARNING and each.check_id not in STANDING)
            for each in self.findings
        )

    @property
    def passed(self) -> list[Finding]:
        return [each for each in self.findings if each.outcome == Outcome.PASSED]


@dataclass(frozen=True, slots=True)
class PreflightVerdict:
    """The report in one line."""

    shape: str
    text: str
    checks: int
    blockers: int
    warnings: int


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Groups with the worst finding first, each with its worst findings first."""
    subjects: dict[str, list[Finding]] = {}
    for finding in findings:
        subjects.setdefault(finding.group, []).append(finding)
    groups = [_group(subject, members) for subject, members in subjects.items()]
    return sorted(groups, key=lambda group: RANKS[group.worst])


def verdict(findings: Sequence[Finding]) -> PreflightVerdict:
    """How the report comes out: blocked, ready with warnings, or ready."""
    blockers = sum(finding.outcome == Outcome.BLOCKER for finding in findings)
    warnings = sum(finding.outcome == Outcome.WARNING for finding in findings)
    if blockers:
        shape, text = "bad", f"Blocked: {_counted(blockers, 'problem', 'problems')}"
    elif warnings:
        shape, text = "warn", f"Ready, with {_counted(warnings, 'warning', 'warnings')} to read"
    else:
        shape, text = "good", "Ready"
    return PreflightVerdict(shape, text, len(findings), blockers, warnings)


def _group(subject: str, members: list[Finding]) -> Group:
    members.sort(key=lambda finding: (RANKS[finding.outcome], finding.position))
    return Group(
        title=GROUP_TITLES.get(subject, subject.capitalize()),
        worst=Outcome(members[0].outcome),
        findings=tuple(members),
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
