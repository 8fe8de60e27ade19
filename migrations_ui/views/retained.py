"""What migrations keep in a pool's database: all of it, one migration's part, and purging it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of, scoped
from migrations_ui.errors import MigrationError
from migrations_ui.forms.typed_name import TypedNameForm
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.confirmations import purge_question
from migrations_ui.presentation.retained import RetainedRun, retained_in, run_of
from migrations_ui.services.purge import request_purge, why_no_purge
from migrations_ui.services.retained import is_asked, is_due, listing_of, request_listing
from migrations_ui.views.loading import load_migration
from pools.domain.numbers import read_number
from pools.models import DatabaseConfiguration


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def in_database(request: SignedInRequest, database_pk: int) -> HttpResponse:
    """Every table of the console's in one database, and whose rows it has."""
    database = get_object_or_404(
        scoped(DatabaseConfiguration.objects.select_related("pool"), request.user), pk=database_pk
    )
    context = _reading(database)
    found = retained_in(context["listing"])
    return render(
        request,
        "migrations_ui/retained.html",
        context
        | {
            "trail": _trail(request, database),
            "retained": found,
            "live": context["asked"] or found.is_changing,
        },
    )


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def by_migration(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows of one migration."""
    migration = _load(request, pk)
    context = _reading(migration.pool.database)
    run = _run(migration)
    return render(
        request,
        "migrations_ui/retained_by_migration.html",
        context
        | {
            "trail": migration_trail(migration),
            "migration": migration,
            "run": run,
            "live": context["asked"] or run.is_being_purged,
        },
    )


@requires(Capability.VIEW_MIGRATIONS)
@require_POST
def read(request: SignedInRequest, database_pk: int) -> HttpResponse:
    """Have a worker look; back to the page of the migration `?migration=`, or of the database."""
    database = get_object_or_404(
        scoped(DatabaseConfiguration.objects.all(), request.user), pk=database_pk
    )
    request_listing(database)
    migration = request.GET.get("migration", "")
    if migration.isdecimal():
        return redirect("migrations_ui:retained_by_migration", read_number(migration))
    return redirect("migrations_ui:retained", database_pk)


@requires(Capability.PURGE_RETAINED)
@never_cache
@require_http_methods(["GET", "POST"])
def purge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask first; answered with the server's name, have a worker purge it. Refused: 409."""
    migration = _load(request, pk)
    form = TypedNameForm(migration.server, request.POST if request.method == "POST" else None)
    refusal = why_no_purge(migration)
    status = 409 if refusal else 200
    if request.method == "POST" and not refusal:
        status = 422
        if form.is_valid():
            try:
                request_purge(
                    migration, actor=request.user, typed_name=form.cleaned_data["typed_name"]
                )
            except MigrationError as error:
                refusal, status = str(error), 409
            else:
                messages.info(
                    request, f"A worker purges the metadata of the migration of {migration.server}."
                )
                return redirect("migrations_ui:retained_by_migration", pk)
    context = {
        "section": "migrations",
        "trail": migration_trail(migration),
        "migration": migration,
        "question": purge_question(migration, rows=_run(migration).rows),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "migrations_ui/question.html", context, status=status)


def _load(request: SignedInRequest, pk: int) -> Migration:
    return load_migration(request, pk, Migration.objects.select_related("server", "pool__database"))


def _run(migration: Migration) -> RetainedRun:
    listing = listing_of(migration.pool.database)
    lines = listing.lines.filter(run_id=migration.run_id) if listing else ()
    return run_of(migration, list(lines))


def _reading(database: DatabaseConfiguration) -> dict[str, Any]:
    listing = listing_of(database)
    return {
        "section": "migrations",
        "database": database,
        "listing": listing,
        "read_at": listing.read_at if listing else None,
        "asked": is_asked(listing),
        "due": is_due(listing),
    }


def _trail(request: SignedInRequest, database: DatabaseConfiguration) -> list[tuple[str, str]]:
    access = access_of(request.user)
    if hasattr(database, "pool"):
        pool = database.pool
        above = (pool.name, pool.get_absolute_url())
        page = ("Database", reverse("pools:pool_database", args=[pool.slug]))
        return [above, page] if access.may(Capability.VIEW_DATABASES) else [above]
    above = ("Databases", reverse("pools:databases"))
    page = (database.name, reverse("pools:database_edit", args=[database.pk]))
    return [above, page] if access.may(Capability.EDIT_DATABASES) else [above]
