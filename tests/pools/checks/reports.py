"""Reading a report."""

from __future__ import annotations

from pools.checks.report import DatabaseReport


def last_line(report: DatabaseReport) -> tuple[str, bool]:
    line = report.results[-1]
    assert line.passed or line.remedy
    return line.check_id, line.passed
