"""How fast rows may be copied."""

from __future__ import annotations

from django import forms


def rows_per_second_field() -> forms.IntegerField:
    """The cap on the copy; empty means none."""
    return forms.IntegerField(
        label="Rows a second, at most",
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text="Empty: as fast as it goes. Can be changed while the copy runs.",
    )


class PaceForm(forms.Form):
    """The cap of a copy that may be running."""

    rows_per_second = rows_per_second_field()
