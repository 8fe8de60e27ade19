"""Running a command on a server, and its output as it comes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import may, scoped
from pools.capabilities import OPERATION_CAPABILITIES
from pools.models import Operation, Server
from pools.services.collected_logs import open_archive
from pools.services.operations import queue_operation
from pools.states import OperationKind
from pools.views.servers import name_was_typed, trail_of


@requires(Capability.CHECK_SERVER, Capability.COLLECT_LOGS, Capability.DRAIN_SERVER)
@require_POST
def operation_start(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Server.objects.in_service().select_related("pool")
    server = get_object_or_404(scoped(rows, request.user), pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in OperationKind.values:
        messages.error(request, "Nothing was run: choose one of the operations.")
        return redirect(server)
    if not may(request.user, OPERATION_CAPABILITIES[OperationKind(kind)], server.pool):
        raise PermissionDenied("Your role may not run this on the server.")
    if kind == OperationKind.DRAIN and not name_was_typed(request, server):
        return redirect(server)
    return redirect(queue_operation(server, kind=OperationKind(kind), actor=request.user))


@requires(Capability.VIEW_POOLS)
def operation(request: SignedInRequest, pk: int) -> HttpResponse:
    operation = _load(request, pk)
    server = operation.server
    context = {
        "section": "pools",
        "operation": operation,
        "lines": list(operation.lines.all()),
        "may_run_again": (
            operation.kind != OperationKind.DRAIN
            and may(request.user, OPERATION_CAPABILITIES[OperationKind(operation.kind)])
        ),
        "socket": f"/ws/operations/{operation.pk}/",
        "trail": [*trail_of(server), (server.short_name, server.get_absolute_url())],
    }
    return render(request, "pools/operation.html", context)


@requires(Capability.COLLECT_LOGS)
@require_safe
def operation_archive(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The collected logs as a file."""
    operation = _load(request, pk)
    archive = open_archive(operation, actor=request.user)
    if archive is None:
        raise Http404("There is no archive: it was not fetched, or is past its retention.")
    return FileResponse(archive, as_attachment=True)


def _load(request: SignedInRequest, pk: int) -> Operation:
    rows = Operation.objects.select_related("server__pool", "actor")
    return get_object_or_404(scoped(rows, request.user), pk=pk)
