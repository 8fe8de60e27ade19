"""Migrations over REST. A wish that is granted answers 202 and a worker takes it up; one that does
not fit answers 409 and says why; both name the next steps."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from console.accounts.models import User
from console.accounts.permissions import IsAdministrator
from migrations_ui.api.conflicts import fetched_conflicts, stored_conflicts
from migrations_ui.api.retained import retained_by_migration
from migrations_ui.api.serializers.conflicts import FetchedConflictsSerializer, WaitSerializer
from migrations_ui.api.serializers.migration import (
    MigrationSerializer,
    RefusalSerializer,
    next_steps,
)
from migrations_ui.api.serializers.rejects import (
    CorrectionSerializer,
    NewCorrectionSerializer,
    RejectSerializer,
    SkipRejectSerializer,
)
from migrations_ui.api.serializers.requests import (
    ChunkSizeSerializer,
    ConflictPolicySerializer,
    DerbyLoginSerializer,
    NewMigrationSerializer,
    RateLimitSerializer,
    ValuesSerializer,
)
from migrations_ui.api.serializers.retained import RetainedByMigrationSerializer
from migrations_ui.api.serializers.snapshot import (
    EventSerializer,
    FindingSerializer,
    ReportSerializer,
    SnapshotSerializer,
)
from migrations_ui.api.serializers.verifications import (
    MismatchSerializer,
    NewVerificationSerializer,
    VerificationSerializer,
)
from migrations_ui.errors import (
    ActionRefused,
    CorrectionsRefused,
    NameNotTyped,
    PoolBusy,
)
from migrations_ui.models import Migration
from migrations_ui.presentation.report import make_report
from migrations_ui.presentation.snapshot import MOST_EVENTS, take_snapshot
from migrations_ui.services import migrations as services
from migrations_ui.services import reading
from migrations_ui.services.purge import request_purge
from migrations_ui.services.rejects import skip_rejected_row
from migrations_ui.services.verifications import request_correction, request_verification
from pools.api.servers import TypedNameSerializer
from pools.domain.numbers import read_number

BEHIND = OpenApiParameter("behind", int, description="Taken from `next`; not to be made up.")
AFTER = OpenApiParameter("after", int, description="The number of the last event you have.")
GRANTED = {202: MigrationSerializer, 409: RefusalSerializer}


class MigrationViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[Migration],
):
    """Migrations of servers into pools."""

    permission_classes = [IsAdministrator]
    serializer_class = MigrationSerializer

    def get_queryset(self) -> QuerySet[Migration]:
        found = Migration.objects.select_related("server", "pool", "actor").prefetch_related(
            "value_policies"
        )
        wanted = self.request.query_params.get("status")
        return found.filter(status=wanted) if wanted else found

    @extend_schema(
        request=NewMigrationSerializer, responses={201: MigrationSerializer, 409: RefusalSerializer}
    )
    def create(self, request: Request) -> Response:
        """Draft a migration; ask for `check` next."""
        wishes = NewMigrationSerializer(data=request.data)
        wishes.is_valid(raise_exception=True)
        try:
            migration = services.create_migration(actor=_person(request), **wishes.validated_data)
        except ActionRefused as refusal:
            return _refused(refusal)
        return Response(MigrationSerializer(migration).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[AFTER], responses=EventSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Everything that happened after event number `after`, in order, without a gap."""
        events = self.get_object().events.after(_after(request))[:MOST_EVENTS]
        return Response(EventSerializer(events, many=True).data)

    @extend_schema(parameters=[AFTER], responses=SnapshotSerializer)
    @action(detail=True)
    def snapshot(self, request: Request, pk: str) -> Response:
        """The state with steps, tables and progress, and the events after `after`."""
        snapshot = take_snapshot(self.get_object().pk, after=_after(request))
        return Response(SnapshotSerializer(snapshot).data)

    @extend_schema(responses=ReportSerializer)
    @action(detail=True)
    def report(self, request: Request, pk: str) -> Response:
        """The report as of now, also of a migration under way: who, when, what was checked, copied
        and left behind; in `equation` what became of all rows, and in `forecast` what a rehearsal
        says about the real migration."""
        return Response(ReportSerializer(make_report(self.get_object())).data)

    @extend_schema(responses=FindingSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def findings(self, request: Request, pk: str) -> Response:
        """The preflight report, and in the group `compatibility` what was measured before the
        copy."""
        return Response(FindingSerializer(self.get_object().findings.all(), many=True).data)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Make the preflight report again."""
        return self._ask(services.check_migration)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start the migration; 409 also when another one keeps the pool."""
        return self._ask(services.start_migration)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        return self._ask(services.pause_migration)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        return self._ask(services.resume_migration)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Run the failed step again."""
        return self._ask(services.retry_migration)

    @extend_schema(request=TypedNameSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Cut over. Takes the server's name, so that nobody does it by accident."""
        typed = TypedNameSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._ask(services.confirm_cutover, **typed.validated_data)

    @extend_schema(request=None, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up before the cut-over; the server goes on exactly as it was."""
        return self._ask(services.cancel_migration)

    @extend_schema(request=TypedNameSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"], url_path="roll-back", url_name="roll-back")
    def roll_back(self, request: Request, pk: str) -> Response:
        """After the cut-over: restore the backup. Changes made since stay behind, so it takes
        the server's name as well."""
        typed = TypedNameSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._ask(services.roll_back_migration, **typed.validated_data)

    @extend_schema(request=RateLimitSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"], url_path="rate-limit", url_name="rate-limit")
    def rate_limit(self, request: Request, pk: str) -> Response:
        """Cap the rows a second, also while the copy runs; null lifts the cap."""
        limit = RateLimitSerializer(data=request.data)
        limit.is_valid(raise_exception=True)
        return self._ask(services.limit_rate, **limit.validated_data)

    @extend_schema(request=ChunkSizeSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"], url_path="chunk-size", url_name="chunk-size")
    def chunk_size(self, request: Request, pk: str) -> Response:
        """Rows a transaction commits, from the next chunk on; null for the usual size."""
        size = ChunkSizeSerializer(data=request.data)
        size.is_valid(raise_exception=True)
        return self._ask(services.size_chunks, **size.validated_data)

    @extend_schema(request=None, responses={201: MigrationSerializer, 409: RefusalSerializer})
    @action(detail=True, methods=["post"])
    def migrate(self, request: Request, pk: str) -> Response:
        """Draft the migration that was rehearsed, with the same pace; its checks begin at once."""
        rehearsal = self.get_object()
        try:
            migration = services.draft_migration_of_rehearsal(rehearsal, actor=_person(request))
        except ActionRefused as refusal:
            return _refused(refusal, rehearsal)
        return Response(MigrationSerializer(migration).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ValuesSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"])
    def values(self, request: Request, pk: str) -> Response:
        """Decide what happens to values that do not fit, until they are measured or when they
        have stopped the migration. Replaces all earlier choices."""
        chosen = ValuesSerializer(data=request.data)
        chosen.is_valid(raise_exception=True)
        return self._ask(reading.set_value_policies, treatments=chosen.validated_data)

    @extend_schema(request=DerbyLoginSerializer, responses=GRANTED)
    @action(detail=True, methods=["post"], url_path="derby-login", url_name="derby-login")
    def derby_login(self, request: Request, pk: str) -> Response:
        """Give what opens the server's Derby database, where it does not open by itself."""
        typed = DerbyLoginSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._ask(reading.set_derby_login, login=typed.validated_data)

    @extend_schema(request=ConflictPolicySerializer, responses=GRANTED)
    @action(detail=True, methods=["post"], url_path="policy", url_name="policy")
    def policy(self, request: Request, pk: str) -> Response:
        """What stays where rows meet; until the copy has begun, and when it stopped to ask."""
        wish = ConflictPolicySerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        return self._ask(services.choose_policy, **wish.validated_data)

    @extend_schema(
        parameters=[BEHIND],
        responses={
            200: FetchedConflictsSerializer,
            202: WaitSerializer,
            409: WaitSerializer,
            503: WaitSerializer,
        },
    )
    @action(detail=True, pagination_class=None)
    def conflicts(self, request: Request, pk: str) -> Response:
        """All rows that the pool had too, and not equally; follow `next` to the end.

        Behind the first thousand a page is read in the pool's database by a worker: until it has
        come the answer is 202, and `Retry-After` says when to ask again; 503 says why it does not.
        """
        migration = self.get_object()
        behind = request.query_params.get("behind", "")
        if behind.isdecimal():
            return fetched_conflicts(request, migration, follows=read_number(behind))
        return stored_conflicts(request, migration)

    @extend_schema(responses=MismatchSerializer(many=True))
    @action(detail=True)
    def mismatches(self, request: Request, pk: str) -> Response:
        """Rows that the last comparison found wrong: the first thousand, by pages. How many there
        are in all is in the tables' `mismatches`; a repair that names none writes them all."""
        return self._listed(self.get_object().mismatches.all(), MismatchSerializer)

    @extend_schema(responses=RetainedByMigrationSerializer)
    @action(detail=True, pagination_class=None)
    def retained(self, request: Request, pk: str) -> Response:
        """What the migration keeps in the pool's database, as it was read there last."""
        return Response(retained_by_migration(self.get_object()))

    @extend_schema(
        request=TypedNameSerializer,
        responses={202: RetainedByMigrationSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"], url_path="purge", url_name="purge")
    def purge_retained(self, request: Request, pk: str) -> Response:
        """Give up what an ended migration keeps: from now on it cannot be rolled back, compared or
        repaired, so it takes the server's name."""
        typed = TypedNameSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        answer = self._ask(request_purge, **typed.validated_data)
        if answer.status_code == status.HTTP_202_ACCEPTED:
            return Response(
                retained_by_migration(self.get_object()), status=status.HTTP_202_ACCEPTED
            )
        return answer

    @extend_schema(responses=VerificationSerializer(many=True))
    @action(detail=True)
    def verifications(self, request: Request, pk: str) -> Response:
        """Comparisons that were asked for, the last first."""
        return self._listed(self.get_object().verifications.all(), VerificationSerializer)

    @extend_schema(
        request=NewVerificationSerializer,
        responses={202: VerificationSerializer, 409: RefusalSerializer},
    )
    @action(detail=True, methods=["post"])
    def verification(self, request: Request, pk: str) -> Response:
        """Have all rows compared again; for a repair, first written again."""
        wish = NewVerificationSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        migration = self.get_object()
        try:
            asked = request_verification(migration, actor=_person(request), **wish.validated_data)
        except ActionRefused as refusal:
            return _refused(refusal, migration)
        return Response(VerificationSerializer(asked).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=RejectSerializer(many=True))
    @action(detail=True)
    def rejects(self, request: Request, pk: str) -> Response:
        """Rows that could not go along, and why: the first 20,000, by pages. How many there are
        in all is in the tables' `rows_rejected`."""
        return self._listed(self.get_object().rejects.all(), RejectSerializer)

    @extend_schema(
        request=NewCorrectionSerializer,
        responses={202: VerificationSerializer, 409: RefusalSerializer},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"rejects/(?P<reject_pk>\d+)/correct",
        url_name="correct",
    )
    def correct(self, request: Request, pk: str, reject_pk: str) -> Response:
        """Have the row written with other values in the columns that did not fit, then all
        compared again; 400 names the columns that what was given does not fit either."""
        wish = NewCorrectionSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        migration = self.get_object()
        reject = get_object_or_404(migration.rejects.all(), pk=reject_pk)
        values = wish.validated_data.get("values")
        if values is None:
            values = {reject.column: wish.validated_data["value"]}
        try:
            asked = request_correction(reject, actor=_person(request), values=values)
        except ActionRefused as refusal:
            return _refused(refusal, migration)
        except CorrectionsRefused as refusal:
            faults = {column: [fault] for column, fault in refusal.faults.items()}
            return Response({"values": faults}, status=status.HTTP_400_BAD_REQUEST)
        return Response(VerificationSerializer(asked).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=CorrectionSerializer(many=True))
    @action(detail=True)
    def corrections(self, request: Request, pk: str) -> Response:
        """Rows that had stayed behind, and were written as people corrected them."""
        rows = self.get_object().corrections.select_related("corrected_by")
        return self._listed(rows, CorrectionSerializer)

    @extend_schema(request=SkipRejectSerializer, responses=RejectSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path=r"rejects/(?P<reject_pk>\d+)/skip",
        url_name="skip",
    )
    def skip_reject(self, request: Request, pk: str, reject_pk: str) -> Response:
        """The row may stay behind, for the reason given."""
        wish = SkipRejectSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        reject = get_object_or_404(self.get_object().rejects.all(), pk=reject_pk)
        skip_rejected_row(reject, actor=_person(request), **wish.validated_data)
        return Response(RejectSerializer(reject).data)

    def _listed(self, rows: QuerySet[Any], serializer: type[Any]) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)

    def _ask(self, service: Any, **wishes: Any) -> Response:
        migration = self.get_object()
        try:
            service(migration, actor=_person(self.request), **wishes)
            migration.refresh_from_db()
        except ActionRefused as refusal:
            migration.refresh_from_db()
            return _refused(refusal, migration)
        except NameNotTyped as refusal:
            return Response(
                {"typed_name": [str(refusal)], "next_steps": next_steps(migration)},
                status=status.HTTP_400_BAD_REQUEST,
            )
        return Response(MigrationSerializer(migration).data, status=status.HTTP_202_ACCEPTED)


def _person(request: Request) -> User:
    # IsAdministrator has let nobody else through.
    return cast("User", request.user)


def _after(request: Request) -> int:
    return read_number(request.query_params.get("after", ""))


def _refused(refusal: ActionRefused, migration: Migration | None = None) -> Response:
    answer: dict[str, Any] = {
        "detail": str(refusal),
        "next_steps": next_steps(migration) if migration else [],
    }
    if isinstance(refusal, PoolBusy) and refusal.holder_id is not None:
        answer["held_by"] = refusal.holder_id
    return Response(answer, status=status.HTTP_409_CONFLICT)
