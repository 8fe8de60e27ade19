"""Adding and editing a pool."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import may
from pools.forms.certificates import AuthorityInput, read_authority
from pools.forms.rows import RowForm, WebAddress
from pools.models import DatabaseConfiguration, Pool
from pools.services.pools import create_pool, update_pool


class PoolForm(RowForm[Pool]):
    """A pool: its name, its address for devices and its database."""

    class Meta:
        model = Pool
        error_messages = {"name": {"unique": "Another pool has this name."}}
        fields = (
            "name",
            "external_url",
            "database",
            "heartbeat_seconds",
            "ca_certificate",
            "probe_login",
            "allow_http",
        )
        labels = {
            "external_url": "External URL",
            "database": "Enterprise database",
            "heartbeat_seconds": "Heartbeat is late after",
            "ca_certificate": "Certificate authority",
            "probe_login": "Probe user",
        }
        help_texts = {
            "database": "One that no other pool uses.",
            "heartbeat_seconds": "Seconds. The vendor names no figure.",
        }
        field_classes = {"external_url": WebAddress}
        widgets = {"ca_certificate": AuthorityInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Q(pool__isnull=True)
        if self.row is None:
            del self.fields["heartbeat_seconds"]
        else:
            free |= Q(pool=self.row)
        database = cast("forms.ModelChoiceField[DatabaseConfiguration]", self.fields["database"])
        database.queryset = DatabaseConfiguration.objects.filter(free)

    def keep_database(self) -> None:
        """Offer no other database: those without a pool are not everybody's to see."""
        database = cast("forms.ModelChoiceField[DatabaseConfiguration]", self.fields["database"])
        database.queryset = DatabaseConfiguration.objects.filter(pool=self.row)

    def clean_ca_certificate(self) -> str:
        return read_authority(self.cleaned_data["ca_certificate"])

    def enter(self, actor: User) -> Pool:
        return create_pool(actor=actor, **self.cleaned_data)

    def change(self, row: Pool, actor: User) -> Pool:
        changes_database = self.cleaned_data["database"] != row.database
        if changes_database and not may(actor, Capability.ADD_POOLS):
            refusal = "Your role does not hold for databases without a pool."
            raise ValidationError({"database": [refusal]})
        return update_pool(row, actor=actor, **self.cleaned_data)
