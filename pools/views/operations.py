"""Running a command on a server, and its output as it comes."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from pools.models import Operation, Server
from pools.services.collected_logs import open_archive
from pools.services.operations import queue_operation
from pools.states import OperationKind
from pools.views.servers import name_was_typed, trail_of


@allow(Role.ADMINISTRATOR)
@require_POST
def operation_start(request: SignedInRequest, pk: int) -> HttpResponse:
    server = get_object_or_404(Server.objects.in_service(), pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in OperationKind.values:
        messages.error(request, "Nothing was run: choose one of the operations.")
        return redirect(server)
    if kind == OperationKind.DRAIN and not name_was_typed(request, server):
        return redirect(server)
    return redirect(queue_operation(server, kind=OperationKind(kind), actor=request.user))


@allow(Role.ADMINISTRATOR)
def operation(request: SignedInRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation.objects.select_related("server__pool", "actor"), pk=pk)
    server = operation.server
    context = {
        "section": "pools",
        "operation": operation,
        "lines": list(operation.lines.all()),
        "socket": f"/ws/operations/{operation.pk}/",
        "trail": [*trail_of(server), (server.short_name, server.get_absolute_url())],
    }
    return render(request, "pools/operation.html", context)


@allow(Role.ADMINISTRATOR)
@require_safe
def operation_archive(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The collected logs as a file."""
    operation = get_object_or_404(Operation.objects.select_related("server"), pk=pk)
    archive = open_archive(operation, actor=request.user)
    if archive is None:
        raise Http404("There is no archive: it was not fetched, or is past its retention.")
    return FileResponse(archive, as_attachment=True)
