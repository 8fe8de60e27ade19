"""What comparisons found, row by row; comparing again, and writing rows again."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import may
from migrations_ui.errors import ActionRefused
from migrations_ui.models import Migration, TableTransfer, Verification
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.last_comparison import last_comparison
from migrations_ui.services.verifications import request_verification, why_no_verification
from migrations_ui.states import MismatchKind, VerificationKind, VerificationStatus
from migrations_ui.views.loading import load_migration
from pools.domain.numbers import read_number

MISMATCHES_A_PAGE = 50
VERIFICATIONS_SHOWN = 10


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def verification(request: SignedInRequest, pk: int) -> HttpResponse:
    return _render(request, _load(request, pk))


@requires(Capability.CORRECT_ROWS)
@require_POST
def verify_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have all rows compared again."""
    return _ask(request, pk, VerificationKind.VERIFY, [])


@requires(Capability.CORRECT_ROWS)
@require_POST
def repair(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have the rows chosen on the page written again, or all."""
    if "all" in request.POST:
        return _ask(request, pk, VerificationKind.REPAIR, [])
    chosen = [read_number(each) for each in request.POST.getlist("row") if each.isdecimal()]
    if not chosen:
        refusal = "No row is chosen: mark some, or write all again."
        return _render(request, _load(request, pk), refusal=refusal, status=422)
    return _ask(request, pk, VerificationKind.REPAIR, chosen)


def _ask(
    request: SignedInRequest, pk: int, kind: VerificationKind, chosen: list[int]
) -> HttpResponse:
    migration = _load(request, pk)
    try:
        request_verification(migration, actor=request.user, kind=kind, mismatches=chosen)
    except ActionRefused as refusal:
        return _render(request, migration, refusal=str(refusal), status=409)
    return redirect("migrations_ui:verification", pk)


def _load(request: SignedInRequest, pk: int) -> Migration:
    migrations = Migration.objects.with_other_servers().prefetch_related("tables")
    return load_migration(request, pk, migrations.select_related("server", "pool"))


def _tone(verifications: list[Verification], tables: list[TableTransfer]) -> str:
    """Of how the last one ended: it may have done what was asked, and found rows that differ. What
    it found may be stale by now, and nothing stale is green."""
    if verifications and verifications[0].status == VerificationStatus.FAILED:
        return "bad"
    if any(table.stale_since for table in tables):
        return "unknown"
    return "warn" if any(table.mismatches for table in tables) else "good"


def _render(
    request: SignedInRequest, migration: Migration, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    tables = list(migration.tables.all())
    verifications = list(migration.verifications.select_related("asked_by")[:VERIFICATIONS_SHOWN])
    corrects = may(request.user, Capability.CORRECT_ROWS)
    not_allowed = "" if corrects else "Your role may not compare or repair rows."
    in_all = sum(table.mismatches for table in tables)
    listed = migration.mismatches.all()
    kinds = dict(listed.order_by().values_list("kind").annotate(Count("pk")))
    paginator = Paginator(listed, MISMATCHES_A_PAGE)
    # Counted above: it does not have to count again.
    paginator.count = sum(kinds.values())
    context = {
        "section": "migrations",
        "trail": migration_trail(migration),
        "migration": migration,
        "tables": tables,
        "in_all": in_all,
        "compared": last_comparison(migration),
        "page": paginator.get_page(request.GET.get("page")),
        "has_extra": MismatchKind.EXTRA in kinds,
        "left_off": max(0, in_all - paginator.count),
        "verifications": verifications,
        "tone": _tone(verifications, tables),
        "live": any(each.ended_at is None for each in verifications),
        "why_no_verification": not_allowed or why_no_verification(migration),
        "why_no_repair": not_allowed or why_no_verification(migration, repair=True),
        "refusal": refusal,
    }
    return render(request, "migrations_ui/verification.html", context, status=status)
