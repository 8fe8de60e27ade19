"""The migrations that wait for a person, for the list behind the bell."""

from __future__ import annotations

from django.db.models import F

from console.accounts.capabilities import Capability
from console.accounts.permissions import FULL_ACCESS, Access
from migrations_ui.models import Migration
from migrations_ui.presentation.guidance import keeps_server_down
from migrations_ui.presentation.outage import outage_clock
from migrations_ui.presentation.waiting import describe_waiting
from migrations_ui.states import ENDED, STANDING, MigrationStatus
from pools.domain.attention import Attention, AttentionReport
from pools.domain.durations import in_two_units


def migrations_needing_attention(access: Access = FULL_ACCESS) -> AttentionReport:
    """Two queries, and one more for each that stopped at the report for want of tables: of a pool
    there is one migration at a time."""
    # What was seen of a server before its migration ended says nothing of how it is now.
    just_ended = Migration.objects.filter(finished_at__gte=F("server__swept_at"))
    migrations = list(
        access.scoped(Migration.objects.under_way() | just_ended)
        .select_related("server", "pool__database")
        .prefetch_related("steps")
        .defer(
            *("derby_boot_password", "derby_password"),
            *("pool__ca_certificate", "pool__database__password"),
        )
    )
    standing = [_attention(each) for each in migrations if each.state in STANDING]
    late = [_late(each) for each in migrations if each.state not in STANDING | ENDED]
    shows = access.may(Capability.VIEW_MIGRATIONS)
    return AttentionReport(
        items=[*standing, *(each for each in late if each)] if shows else [],
        down_on_purpose=frozenset(
            migration.server_id
            for migration in migrations
            if migration.finished_at or keeps_server_down(migration)
        ),
    )


def _late(migration: Migration) -> Attention | None:
    """A server that is down for longer than the earlier runs of its steps took."""
    outage = outage_clock(migration)
    if outage is None or outage.ended_at or outage.expected is None or outage.overdue is None:
        return None
    return Attention(
        tone="bad",
        subject=f"{migration.server.short_name} down for longer than expected",
        text=f"Its {migration.display_noun} was expected to take {in_two_units(outage.expected)} "
        f"from stop to start, without the time of a person, and is {in_two_units(outage.overdue)} "
        f"late, in the step {migration.get_current_step_display()}.",
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
