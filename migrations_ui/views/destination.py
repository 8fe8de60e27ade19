"""The wizard, second page: which pool, or a new one on an empty database."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import may, scoped
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.answers import Answers, read_answers
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migrations_trail
from migrations_ui.presentation.choices import more_choices
from migrations_ui.presentation.outage import expected_outage
from migrations_ui.services.migrations import check_migration, create_migration
from migrations_ui.states import MigrationKind
from pools.models import DatabaseConfiguration, Pool, Server
from pools.services.databases import create_database
from pools.services.pools import create_pool


@requires(Capability.DRAFT_MIGRATION)
@never_cache
@require_http_methods(["GET", "POST"])
def choose_pool(request: SignedInRequest, server_pk: int) -> HttpResponse:
    """Choose, then draft the migration and have it checked."""
    server = get_object_or_404(
        scoped(Server.objects.select_related("pool"), request.user), pk=server_pk
    )
    posted = request.method == "POST"
    answers = read_answers(server, request.POST if posted else None)
    refusal = ""
    if posted and answers.are_valid():
        if answers.destination.chosen_pool is None and not may(request.user, Capability.ADD_POOLS):
            raise PermissionDenied("Your role may not add a pool.")
        try:
            return redirect(_draft(server, answers, actor=request.user))
        except ActionRefused as error:
            refusal = str(error)
    failed = posted and not refusal
    context = {
        "section": "migrations",
        "trail": migrations_trail(),
        "server": server,
        "destination": answers.destination,
        "new_pool": answers.new_pool,
        "new_database": answers.new_database,
        "chosen": answers.destination["pool"].value(),
        "kind": answers.destination["kind"].value() or MigrationKind.MIGRATION,
        "outage": expected_outage(server),
        "failed": failed,
        "more_choices": more_choices(
            destination=answers.destination,
            values=answers.values,
            derby_login=answers.derby_login,
        ),
        "opens_more": answers.have_rare_errors,
        "values": answers.values,
        "derby_login": answers.derby_login,
        "retype_password": answers.wants_database or answers.derby_login.has_secret,
        "refusal": refusal,
    }
    status = 409 if refusal else 422 if failed else 200
    return render(request, "migrations_ui/choose_pool.html", context, status=status)


@transaction.atomic
def _draft(server: Server, answers: Answers, *, actor: User) -> Migration:
    """All or nothing: a refused migration leaves no pool and no database behind."""
    pool = answers.destination.chosen_pool or _create_pool(answers, actor=actor)
    pace = answers.destination.cleaned_data
    migration = create_migration(
        server,
        pool,
        kind=pace["kind"],
        actor=actor,
        rows_per_second=pace["rows_per_second"],
        drain_seconds=pace["drain_seconds"],
        treatments=answers.values.treatments,
        derby_login=answers.derby_login.login,
        conflict_policy=pace["conflict_policy"],
    )
    check_migration(migration, actor=actor)
    return migration


def _create_pool(answers: Answers, *, actor: User) -> Pool:
    typed = answers.new_pool.cleaned_data
    database = answers.new_pool.chosen_database or _create_database(answers, actor=actor)
    return create_pool(
        typed["name"], actor=actor, external_url=typed["external_url"], database=database
    )


def _create_database(answers: Answers, *, actor: User) -> DatabaseConfiguration:
    return create_database(actor=actor, **answers.new_database.cleaned_data)
