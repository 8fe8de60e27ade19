"""Schema for the DBA: how the tables stand, and the files that bring them to the level needed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from pools.databases.engines import ENGINES
from pools.forms.schema_kit import SchemaKitForm
from pools.services.schema_levels import request_schema_level
from pools.store.kit.files import zipped
from pools.views.databases import load_database
from pools.views.editing import UNPROCESSABLE, next_page
from pools.views.pools import load_pool


@requires(Capability.VIEW_DATABASES)
def pool_schema(request: SignedInRequest, slug: str) -> HttpResponse:
    """The page; a form that is sent and in order is answered with the zip."""
    pool = load_pool(request, slug)
    form = SchemaKitForm(pool.database, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return zip_response(zipped(form.kit()), f"traveler-schema-{pool.slug}.zip")
    page = {
        "section": "pools",
        "pool": pool,
        "tab": "database",
        "form": form,
        "files": () if form.is_bound else form.kit(),
        "who": ENGINES[pool.database.engine].kit.who,
        "tried": ENGINES[pool.database.engine].kit.tried,
        "trail": [
            (pool.name, pool.get_absolute_url()),
            ("Database", reverse("pools:pool_database", args=[pool.slug])),
        ],
        "socket": f"/ws/databases/{pool.database_id}/schema/",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "pools/pool_schema.html", page, status=status)


@requires(Capability.CHECK_DATABASE)
@require_POST
def schema_level_read(request: SignedInRequest, pk: int) -> HttpResponse:
    row = load_database(request, pk)
    request_schema_level(row, actor=request.user)
    messages.info(request, f"A worker reads the level of {row} now; it appears here by itself.")
    back = next_page(request)
    if not back and hasattr(row, "pool"):
        back = reverse("pools:pool_schema", args=[row.pool.slug])
    return redirect(back or reverse("pools:database_edit", args=[row.pk]))


def zip_response(content: bytes, name: str) -> HttpResponse:
    """A download; `name` holds no character that a header would have to escape."""
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
