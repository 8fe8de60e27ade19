"""What the last check of a database saw, as its page lists it."""

from __future__ import annotations

from typing import Any

from pools.checks.report import unasked_titles
from pools.models import DatabaseConfiguration


def findings_of(database: DatabaseConfiguration) -> dict[str, Any]:
    """`findings`, failed ones first, and in `unasked` the titles of the checks that the report did
    not come to: it ends where the database cannot be opened."""
    findings = list(database.findings.order_by("passed", "position"))
    unasked = unasked_titles(line.check_id for line in findings) if findings else []
    return {"findings": findings, "unasked": unasked}
