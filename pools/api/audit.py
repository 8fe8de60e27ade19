"""The audit over REST: who did what, newest first."""

from __future__ import annotations

from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from console.accounts.capabilities import Capability
from console.api.paging import NewestFirst
from pools.api.filters import AuditFilters
from pools.models import AuditEntry


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """`action` is called as the service is; `actor` is null for what the console did by itself."""

    actor = serializers.CharField(
        source="actor.username", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "action", "target", "detail", "address"]


class AuditViewSet(mixins.ListModelMixin, GenericViewSet[AuditEntry]):
    """What people did, never changed and never deleted."""

    capability = Capability.VIEW_AUDIT
    serializer_class = AuditEntrySerializer
    queryset = AuditEntry.objects.select_related("actor")
    filterset_class = AuditFilters
    pagination_class = NewestFirst
