"""Where a server is migrated to: a pool there is, or a new one on an empty database.

Three forms on one page. Which of them count follows from two choices, so that the page works
without scripts: what is typed into a part that does not count is kept, and not judged.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q

from migrations_ui.forms.pace import rows_per_second_field
from migrations_ui.forms.policy import DefaultingChoice, conflict_policy_field
from migrations_ui.states import MigrationKind
from pools.models import DatabaseConfiguration, Pool

NEW = "new"


class DestinationForm(forms.Form):
    """Which pool, whether to rehearse first, at what pace, and what stays where rows meet."""

    kind = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=MigrationKind.choices,
        initial=MigrationKind.MIGRATION,
        required=False,
    )

    pool = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a pool, or a new one."},
    )
    rows_per_second = rows_per_second_field()
    drain_seconds = forms.IntegerField(
        label="Seconds to let running syncs end",
        initial=15,
        min_value=0,
        max_value=3600,
        help_text="Before Traveler stops on the server.",
    )

    conflict_policy = conflict_policy_field(DefaultingChoice)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pools = {
            str(pool.pk): pool
            for pool in Pool.objects.select_related("database").annotate(
                members_count=Count("servers", filter=Q(servers__retired_at__isnull=True))
            )
        }
        choices = [(key, pool.name) for key, pool in self.pools.items()]
        self.fields["pool"].choices = [*choices, (NEW, "A new pool")]  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or MigrationKind.MIGRATION

    @property
    def obvious_pool(self) -> str | None:
        """What is chosen before anybody chose: with several pools, nothing."""
        keys = list(self.pools)
        return (keys or [NEW])[0] if len(keys) <= 1 else None

    @property
    def chosen_pool(self) -> Pool | None:
        """The pool there is already; None when a new one is wanted."""
        return self.pools.get(self.cleaned_data["pool"])


class NewPoolForm(forms.Form):
    """A pool's name and address, and the database that it will stand on."""

    prefix = "pool"

    name = forms.CharField(label="Name of the new pool", max_length=80)
    external_url = forms.URLField(
        label="External URL",
        assume_scheme="https",
        help_text="The address devices use; it has to be the same on every server of the pool.",
    )
    database = forms.ChoiceField(
        label="Database", error_messages={"required": "Choose a database, or enter a new one."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unused = {
            str(database.pk): database
            for database in DatabaseConfiguration.objects.filter(pool__isnull=True)
        }
        self.fields["database"].choices = [  # type: ignore[attr-defined]
            *((key, str(database)) for key, database in self.unused.items()),
            (NEW, "Another database, entered below"),
        ]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Pool.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"There is a pool called {name} already.")
        return name

    @property
    def chosen_database(self) -> DatabaseConfiguration | None:
        """The database known already; None when a new one is entered."""
        return self.unused.get(self.cleaned_data["database"])
