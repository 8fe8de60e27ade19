"""Running a command on a server, and its output as it comes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from pools.models import Operation, Server
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
    if kind == OperationKind.WITHDRAW and not name_was_typed(request, server):
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
