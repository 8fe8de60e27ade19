"""What needs a person now: the list behind the bell and at the top of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone

from console.accounts.capabilities import Capability
from console.accounts.permissions import FULL_ACCESS, Access
from pools import extensions
from pools.domain.attention import Attention, AttentionReport
from pools.models import DatabaseConfiguration, Pool, Server
from pools.models.server import STALE_AFTER, ServerQuerySet
from pools.presentation.server_state import WORD_COLUMNS, WORST_FIRST, is_outdated, word_for
from pools.states import Availability, OverallStatus

# More unchecked servers than this are one problem, the console's own, and not theirs.
UNCHECKED_ONE_BY_ONE = 3
# A bell is drawn on every page: what is wrong with more servers than these takes a second query.
READ_AT_ONCE = 50


def read_attention(
    databases: Sequence[DatabaseConfiguration] | None = None, *, access: Access = FULL_ACCESS
) -> AttentionReport:
    """All there is to report within reach, worst first, in three queries whatever the number of
    servers, and those of each extension; in one less where the `databases` (read_databases()) were
    read already."""
    reports = list(extensions.attention_reports(access))
    others = [item for each in reports for item in each.items]
    on_purpose = frozenset[int]().union(*(each.down_on_purpose for each in reports))
    found = [*others, *_servers(on_purpose, access), *_pools_and_databases(databases, access)]
    found.sort(key=lambda item: WORST_FIRST.index(item.tone))
    return AttentionReport(found, on_purpose)


def things_needing_attention(access: Access = FULL_ACCESS) -> list[Attention]:
    """What is behind the bell."""
    return read_attention(access=access).items


def _servers(down_on_purpose: frozenset[int], access: Access) -> list[Attention]:
    watched = access.scoped(Server.objects.in_service())
    servers = _not_healthy(watched)
    unchecked = [server for server in servers if is_outdated(server.swept_at)]
    found: list[Attention] = []
    if len(unchecked) > UNCHECKED_ONE_BY_ONE:
        how_many = _count_unchecked(watched) if len(servers) == READ_AT_ONCE else len(unchecked)
        last = max((server.swept_at for server in unchecked if server.swept_at), default=None)
        found.append(_nobody_checks(how_many, last))
        servers = [server for server in servers if not is_outdated(server.swept_at)]
    for server in servers:
        word = word_for(server)
        if server.pk in down_on_purpose and word.tone == "bad":
            continue
        if word.needs_a_person:
            found.append(
                Attention(
                    word.tone,
                    f"{server.short_name} {word.word}",
                    word.reason,
                    server.changed_at or server.swept_at,
                    server.get_absolute_url(),
                )
            )
    return found


def _not_healthy(watched: ServerQuerySet) -> list[Server]:
    """In one query, for a bell is drawn on every page. Of those that nobody checks, the console's
    own problem, READ_AT_ONCE at most; all others, of which it takes a second query to read more."""
    checked = Q(swept_at__gte=timezone.now() - STALE_AFTER)
    healthy = (
        checked
        & Q(availability=Availability.AVAILABLE)
        & ~Q(overall_status__in=[OverallStatus.YELLOW, OverallStatus.RED])
        & (Q(constrained=False) | Q(constrained__isnull=True))
    )
    checked_first = Case(When(checked, then=0), default=1)
    servers = watched.exclude(healthy).order_by(checked_first, "-swept_at", "pk")
    servers = servers.only(*WORD_COLUMNS, "changed_at")
    first = list(servers[:READ_AT_ONCE])
    if len(first) == READ_AT_ONCE and not is_outdated(first[-1].swept_at):
        return list(servers)
    return first


def _count_unchecked(watched: ServerQuerySet) -> int:
    return watched.exclude(swept_at__gte=timezone.now() - STALE_AFTER).count()


def _nobody_checks(servers: int, last: datetime | None) -> Attention:
    return Attention(
        "unknown",
        f"{servers} servers are not checked",
        "Nothing here is known to be wrong with them: the console's worker or beat does not run.",
        last,
        reverse("pools:overview"),
    )


def read_databases(access: Access = FULL_ACCESS) -> list[DatabaseConfiguration]:
    """All within reach, each with its pool, if any, in the order of these: a pool has a database of
    its own. The menu of pools and the bell are made of the same rows."""
    databases = access.scoped(DatabaseConfiguration.objects.select_related("pool"))
    return list(
        databases.order_by("pool__name", "name").only(
            *("name", "checked_at", "reachable"),
            *("pool__name", "pool__slug", "pool__members_failure", "pool__members_seen_at"),
        )
    )


def _pools_and_databases(
    databases: Sequence[DatabaseConfiguration] | None, access: Access
) -> list[Attention]:
    found: list[Attention] = []
    for database in read_databases(access) if databases is None else databases:
        silent = database.checked_at is not None and database.reachable is False
        if silent and access.may(Capability.VIEW_DATABASES):
            found.append(_silent(database, access))
        pool = getattr(database, "pool", None)
        if pool is not None and pool.members_failure:
            found.append(_unread(pool))
    return found


def _silent(database: DatabaseConfiguration, access: Access) -> Attention:
    edits = access.may(Capability.EDIT_DATABASES)
    return Attention(
        "bad",
        f"{database.name} does not answer",
        "The last check could not open this database. Servers of its pool may keep failing.",
        database.checked_at,
        reverse("pools:database_edit", args=[database.pk]) if edits else reverse("pools:databases"),
    )


def _unread(pool: Pool) -> Attention:
    return Attention(
        "warn",
        f"{pool.name}: members cannot be read",
        pool.members_failure,
        pool.members_seen_at,
        pool.get_absolute_url(),
    )
