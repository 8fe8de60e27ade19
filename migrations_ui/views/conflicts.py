"""Rows that the pool had too, and not equally: both sides and who stayed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.forms.policy import PolicyForm
from migrations_ui.models import Conflict, ConflictPage, Migration
from migrations_ui.models.conflict import FetchedConflict
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.csv_export import Row, spreadsheet, streamed_spreadsheet
from migrations_ui.services.conflicts import (
    NotFetched,
    all_behind,
    conflicts_in_all,
    request_conflict_page,
    why_no_more,
)
from migrations_ui.states import ConflictVerdict
from migrations_ui.views.loading import load_migration
from pools.domain.numbers import read_number

CONFLICTS_A_PAGE = 50
HEADING = ("table", "row", "verdict", "column", "the pool's", "the server's")


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """All of a migration's, or those of `?verdict=`: those that the console keeps by pages, and
    with `?behind=` what the pool's database has besides."""
    migrations = Migration.objects.select_related("server", "pool").prefetch_related("steps")
    migration = load_migration(request, pk, migrations)
    verdict = request.GET.get("verdict", "")
    if verdict not in ConflictVerdict:
        verdict = ""
    kept = migration.conflicts.all()
    counts = dict(kept.order_by().values_list("verdict").annotate(Count("pk")))
    retained_in_all = sum(counts.values())
    in_all = conflicts_in_all(migration, kept=retained_in_all)
    left_off = in_all - retained_in_all
    context = {
        "section": "migrations",
        "trail": migration_trail(migration),
        "migration": migration,
        "verdict": verdict,
        "verdicts": ConflictVerdict.choices,
        "in_all": in_all,
        "left_off": left_off,
        "why_no_more": why_no_more(migration),
        "policy": PolicyForm(initial={"conflict_policy": migration.conflict_policy}),
        "query": urlencode({"verdict": verdict}) if verdict else "",
    }
    behind = request.GET.get("behind", "")
    if behind.isdecimal() and left_off and not context["why_no_more"]:
        try:
            context["fetched"] = request_conflict_page(
                migration, follows=read_number(behind), size=CONFLICTS_A_PAGE, verdict=verdict
            )
        except ConflictPage.DoesNotExist:
            # Forgotten meanwhile: from the beginning again.
            return redirect("migrations_ui:conflicts", pk)
    else:
        paginator = Paginator(kept.filter(verdict=verdict) if verdict else kept, CONFLICTS_A_PAGE)
        # Counted above: it does not have to count again.
        paginator.count = counts.get(verdict, 0) if verdict else retained_in_all
        context["page"] = paginator.get_page(request.GET.get("page"))
    return render(request, "migrations_ui/conflicts.html", context)


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def conflicts_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """One line a column that differs; of all conflicts, however many there are."""
    migration = load_migration(request, pk)
    name = f"conflicts-{migration.server.short_name}"
    kept = list(migration.conflicts.all())
    left_off = conflicts_in_all(migration, kept=len(kept)) - len(kept)
    lost = why_no_more(migration)
    if not left_off:
        return spreadsheet(name, HEADING, _lines(kept))
    if lost:
        return spreadsheet(name, HEADING, [*_lines(kept), (_missing(left_off, lost),)])
    return streamed_spreadsheet(name, HEADING, _all_lines(migration, kept, left_off))


async def _all_lines(
    migration: Migration, kept: list[Conflict], left_off: int
) -> AsyncIterator[list[Row]]:
    """The console's own at once, then page by page as workers read them; a list that breaks off
    says so in its last line."""
    yield list(_lines(kept))
    try:
        async for page in all_behind(migration):
            left_off -= len(page)
            yield list(_lines(page))
    except NotFetched as error:
        yield [(_missing(left_off, str(error)),)]


def _lines(conflicts: Iterable[Conflict | FetchedConflict]) -> Iterator[Row]:
    for conflict in conflicts:
        for value in conflict.values or [("", None, None)]:
            yield (conflict.table, conflict.row_key, conflict.get_verdict_display(), *value)


def _missing(count: int, why: str) -> str:
    return f"The list ends here, {count:,} conflicts are missing: {why}"
