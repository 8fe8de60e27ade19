"""What changes a migration's state: check, start, pause, resume, retry, confirm, cancel, roll
back."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.requests import validated
from migrations_ui.api.scope import MigrationScope, steers
from migrations_ui.services import migrations as services
from pools.api.servers import TypedNameSerializer


class StateActions(MigrationScope):
    """Check, start, pause, resume, retry, cut over, cancel, roll back."""

    @steers()
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Run the preflight checks again."""
        return self._request(services.check_migration)

    @steers()
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start the run; 409 also when another migration holds the pool."""
        return self._request(services.start_migration)

    @steers()
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Pause after the current chunk or command."""
        return self._request(services.pause_migration)

    @steers()
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on after a pause."""
        return self._request(services.resume_migration)

    @steers()
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Run the failed step again."""
        return self._request(services.retry_migration)

    @steers(TypedNameSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Cut over. Takes the server's name, so that nobody does it by accident."""
        return self._request(services.confirm_cutover, **validated(TypedNameSerializer, request))

    @steers()
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel before the cut-over; the server stays as it was."""
        return self._request(services.cancel_migration)

    @steers(TypedNameSerializer)
    @action(detail=True, methods=["post"], url_path="roll-back", url_name="roll-back")
    def roll_back(self, request: Request, pk: str) -> Response:
        """After the cut-over: restore the backup. Changes made since are lost, so it takes the
        server's name as well."""
        typed = validated(TypedNameSerializer, request)
        return self._request(services.roll_back_migration, **typed)
