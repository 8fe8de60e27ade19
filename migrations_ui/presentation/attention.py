"""The migrations that wait for a person, for the list behind the bell."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery, Sum
from django.utils import timezone

from console.accounts.capabilities import Capability
from console.accounts.permissions import FULL_ACCESS, Access
from migrations_ui.models import Migration, Step
from migrations_ui.presentation.guidance import keeps_server_down
from migrations_ui.presentation.outage import outage_clock
from migrations_ui.presentation.waiting import describe_waiting
from migrations_ui.states import ENDED, STANDING, MigrationStatus, StepName
from pools.domain.attention import Attention, AttentionReport
from pools.domain.durations import in_two_units

# Of the migration asked about.
_steps = Step.objects.filter(migration=OuterRef("pk"))
_expected = (
    _steps.order_by().values("migration").annotate(sum=Sum("expected_seconds")).values("sum")
)


def migrations_needing_attention(access: Access = FULL_ACCESS) -> AttentionReport:
    """One query, and one more for each that may be late or stopped at the report for want of
    tables: of a pool there is one migration at a time."""
    # What was seen of a server before its migration ended says nothing of how it is now.
    just_ended = Migration.objects.filter(finished_at__gte=F("server__swept_at"))
    migrations = list(
        access.scoped(Migration.objects.under_way() | just_ended)
        .select_related("server", "pool__database")
        .annotate(stopped_at=Subquery(_steps.filter(name=StepName.STOP).values("started_at")))
        .annotate(expected_seconds=Subquery(_expected))
        .defer(
            *("derby_boot_password", "derby_password"),
            *("pool__ca_certificate", "pool__database__password"),
        )
    )
    standing = [_attention(each) for each in migrations if each.state in STANDING]
    late = [_late(each) for each in migrations if _may_be_late(each)]
    shows = access.may(Capability.VIEW_MIGRATIONS)
    return AttentionReport(
        items=[*standing, *(each for each in late if each)] if shows else [],
        down_on_purpose=frozenset(
            migration.server_id
            for migration in migrations
            if migration.finished_at or keeps_server_down(migration)
        ),
    )


def _may_be_late(migration: Migration) -> bool:
    """By the time of all its steps, so that only then its steps are read."""
    stopped_at: datetime | None = getattr(migration, "stopped_at", None)
    expected: float | None = getattr(migration, "expected_seconds", None)
    if migration.state in STANDING | ENDED or stopped_at is None or expected is None:
        return False
    return timezone.now() - stopped_at > timedelta(seconds=expected)


def _late(migration: Migration) -> Attention | None:
    """A server that is down for longer than the earlier runs of its steps took."""
    outage = outage_clock(migration)
    if outage is None or outage.ended_at or outage.expected is None or outage.overdue is None:
        return None
    return Attention(
        tone="bad",
        subject=f"{migration.server.short_name} down for longer than expected",
        text=f"Its {migration.display_noun} was expected to take {in_two_units(outage.expected)} "
        "from stop to start, not counting the time of a person. It is "
        f"{in_two_units(outage.overdue)} late, in the step {migration.get_current_step_display()}.",
        since=outage.began_at,
        url=migration.get_absolute_url(),
    )


def _attention(migration: Migration) -> Attention:
    subject, text = describe_waiting(migration)
    return Attention(
        tone="bad" if migration.state is MigrationStatus.FAILED else "warn",
        subject=subject,
        text=text,
        since=getattr(migration, "state_since", None),
        url=migration.get_absolute_url(),
    )
