"""What stays where the pool has a row of the same key already."""

from __future__ import annotations

from typing import Any

from django import forms

from migrations_ui.states import ConflictPolicy


class DefaultingChoice(forms.ChoiceField):
    """Where nothing was sent, the first choice."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value) or ConflictPolicy.NEWEST.value


def conflict_policy_field(kind: type[forms.ChoiceField] = forms.ChoiceField) -> forms.ChoiceField:
    return kind(
        label="Where the pool has the same row with other values",
        choices=ConflictPolicy.choices,
        initial=ConflictPolicy.NEWEST,
        help_text="Both sides are kept, and a rollback restores what was replaced.",
    )


class PolicyForm(forms.Form):
    """The policy of a migration whose copy has not begun, or has stopped to ask."""

    conflict_policy = conflict_policy_field()
