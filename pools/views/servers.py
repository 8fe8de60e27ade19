"""A server's pages: state and operations, users of a standalone server, adding and editing."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import may, scoped
from pools.capabilities import OPERATION_CAPABILITIES
from pools.forms.servers import ServerForm
from pools.models import CommandProfile, Device, Login, Server, TravelerUser
from pools.presentation.charts import averaged, index_chart, index_samples, time_marks
from pools.presentation.fingerprints import fingerprint_of
from pools.services.errors import ServiceError
from pools.services.rejected_logins import rejected_of, try_now
from pools.services.servers import retire_server, trust_host_key
from pools.states import OperationKind
from pools.views.editing import edit_page
from pools.views.inventory import inventory_page

# Span of the chart: its key in the address, its name, its length, and one sample every so often.
SPANS = {
    "hour": ("last hour", timedelta(hours=1), timedelta(minutes=1)),
    "day": ("last day", timedelta(days=1), timedelta(minutes=10)),
    "week": ("last week", timedelta(days=7), timedelta(hours=1)),
}
SHOWN = 12

# Asked for with one click; draining is asked for slowly, with the name typed.
EVERYDAY = (
    OperationKind.HADR_SHOW,
    OperationKind.STATUS,
    OperationKind.DB_SHOW,
    OperationKind.DB_CHECK,
    OperationKind.LOG_COLLECT,
)


def _load(request: SignedInRequest, pk: int) -> Server:
    related = ("pool", "profile", "ssh_login", "api_login")
    return get_object_or_404(scoped(Server.objects.select_related(*related), request.user), pk=pk)


def trail_of(server: Server) -> list[tuple[str, str]]:
    """The crumbs above a server's page."""
    return [(server.pool.name, server.pool.get_absolute_url())] if server.pool else []


@requires(Capability.VIEW_POOLS)
def server(request: SignedInRequest, pk: int) -> HttpResponse:
    server = _load(request, pk)
    span = request.GET.get("span", "hour")
    _, length, every = SPANS.get(span, SPANS["hour"])
    now = timezone.now()
    samples = averaged(index_samples(server.readings.all(), since=now - length), every=every)
    context = {
        "section": "pools",
        "server": server,
        "tab": "state",
        "trail": trail_of(server),
        "socket": f"/ws/servers/{server.pk}/",
        "span": span,
        "spans": [(key, name) for key, (name, _, _) in SPANS.items()],
        "since": now - length,
        "samples": samples,
        "chart": index_chart(
            samples, since=now - length, until=now, width=640, height=160, gap=3 * every
        ),
        "marks": time_marks(since=now - length, until=now, width=640),
        "changes": server.status_changes.all()[:SHOWN],
        "operations": server.operations.select_related("actor")[:SHOWN],
        "kinds": [
            (kind.value, kind.label)
            for kind in EVERYDAY
            if may(request.user, OPERATION_CAPABILITIES[kind])
        ],
        "drain_text": _what_draining_does(server),
        "rejected": rejected_of(server),
        "fingerprint": fingerprint_of(server.host_key),
    }
    return render(request, "pools/server.html", context)


def _what_draining_does(server: Server) -> str:
    users = f"Its {server.users:,} users" if server.users else "Its users"
    if server.is_standalone:
        return (
            f"{users} have nowhere else to go: a standalone server that takes no new syncs leaves "
            "their devices without mail until it accepts them again."
        )
    return (
        f"{users} go on syncing: running syncs end here, the next ones start on another server "
        f"of {server.pool}, and only users bound to this one stay. Check first that the others "
        "have room for them."
    )


@requires(Capability.VIEW_POOLS)
def server_users(request: SignedInRequest, pk: int) -> HttpResponse:
    """The inventory of a standalone server; a pooled server's users are the pool's."""
    server = _load(request, pk)
    if server.pool is not None:
        return redirect("pools:pool_users", server.pool.slug)
    context = {
        "section": "pools",
        "server": server,
        "tab": "users",
        "devices": Device.objects.present().filter(user__server=server).count(),
        **inventory_page(request, TravelerUser.objects.filter(server=server)),
    }
    return render(request, "pools/server_users.html", context)


@requires(Capability.ADD_POOLS)
def server_add(request: SignedInRequest) -> HttpResponse:
    return edit_page(
        request,
        ServerForm(request.POST or None, initial=request.GET.dict()),
        title="Add a server",
        verb="Add the server",
        saved="{} is added. Its first check runs within a minute.",
        back=reverse("pools:overview"),
        section="pools",
        beside="pools/partials/server_add_hint.html",
        logins=Login.objects.exists(),
        profiles=CommandProfile.objects.exists(),
    )


@requires(Capability.EDIT_SERVERS)
def server_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    server = _load(request, pk)
    return edit_page(
        request,
        ServerForm(request.POST or None, instance=server),
        title=f"Edit {server.short_name}",
        verb="Save the server",
        saved="{} is saved.",
        back=server.get_absolute_url(),
        trail=[*trail_of(server), (server.short_name, server.get_absolute_url())],
        section="pools",
        beside="pools/partials/server_retire.html",
        server=server,
    )


def name_was_typed(request: SignedInRequest, server: Server) -> bool:
    """Whether the dangerous act was confirmed by its server's name; says so when it was not."""
    if server.is_called(request.POST.get("confirm", "")):
        return True
    messages.error(
        request, f"Nothing was done: type {server.short_name} to confirm what will happen to it."
    )
    return False


@requires(Capability.EDIT_SERVERS)
@require_POST
def host_key_forget(request: SignedInRequest, pk: int) -> HttpResponse:
    server = _load(request, pk)
    if name_was_typed(request, server):
        trust_host_key(server, actor=request.user)
        messages.success(
            request, f"The next connection to {server.short_name} shows its key, and keeps it."
        )
    return redirect(server)


@requires(Capability.CHECK_SERVER)
@require_POST
def logins_try(request: SignedInRequest, pk: int) -> HttpResponse:
    server = _load(request, pk)
    try_now(server, actor=request.user)
    messages.success(request, f"The logins of {server.short_name} are being tried now.")
    return redirect(server)


@requires(Capability.EDIT_SERVERS)
@require_POST
def server_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    server = _load(request, pk)
    if not name_was_typed(request, server):
        return redirect("pools:server_edit", server.pk)
    try:
        retire_server(server, actor=request.user)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
        return redirect("pools:server_edit", server.pk)
    messages.success(request, f"{server} is retired: it is no longer monitored, its history stays.")
    return redirect("pools:overview")
