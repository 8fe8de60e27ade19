"""The report: every check's verdict, kept as the migration's findings."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from migrations_ui.models import Finding, Migration
from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.registry import CHECKS
from migrations_ui.preflight.verdict import Check


def _fitting(facts: Facts) -> list[Check]:
    return [check for check in CHECKS if facts.rehearsal is not None or not check.for_rehearsal]


def save_report(migration: Migration, facts: Facts) -> list[Finding]:
    """Judge the facts and replace the last report, all or nothing."""
    findings = [
        Finding(
            migration=migration,
            position=position,
            check_id=check.check_id,
            group=check.group,
            title=check.title,
            outcome=verdict.outcome,
            seen=verdict.seen,
            remedy=verdict.remedy,
        )
        for position, check in enumerate(_fitting(facts))
        for verdict in [check.look(facts)]
    ]
    with transaction.atomic():
        migration.findings.all().delete()
        Finding.objects.bulk_create(findings)
        Migration.objects.filter(pk=migration.pk).update(checked_at=timezone.now())
    return findings
