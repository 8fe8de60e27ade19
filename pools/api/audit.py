"""The audit over REST: who did what, newest first."""

from __future__ import annotations

from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from console.accounts.permissions import IsAdministrator
from pools.api.filters import DeclaredParameters, Parameter
from pools.domain.numbers import LARGEST
from pools.models import AuditEntry


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """`action` is called as the service is; `actor` is null for what the console did by itself."""

    actor = serializers.CharField(source="actor.username", default=None, read_only=True)

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "action", "target", "detail", "address"]


class AuditViewSet(mixins.ListModelMixin, GenericViewSet[AuditEntry]):
    """What people did, never changed and never deleted."""

    permission_classes = [IsAdministrator]
    serializer_class = AuditEntrySerializer
    queryset = AuditEntry.objects.select_related("actor")
    filter_backends = [DeclaredParameters]
    parameters = {
        "action": Parameter(
            serializers.CharField(),
            lambda rows, value: rows.filter(action=value),
            "Entries of this action, for example update_database.",
        ),
        "actor": Parameter(
            serializers.CharField(),
            lambda rows, value: rows.filter(actor__username=value),
            "What this person did, by user name.",
        ),
        "after": Parameter(
            serializers.IntegerField(min_value=0, max_value=LARGEST),
            lambda rows, value: rows.filter(pk__gt=value),
            "Entries that were written after the one of this id.",
            "integer",
        ),
    }
