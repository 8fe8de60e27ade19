"""How fast rows may be copied."""

from __future__ import annotations

from django import forms

from migrations_ui.transfer.pacing.chunk_size import FEWEST_ROWS, MOST_ROWS, USUAL_ROWS
from migrations_ui.transfer.pacing.throttle import HIGHEST_LIMIT


def rows_per_second_field() -> forms.IntegerField:
    """The cap on the copy; empty means none."""
    return forms.IntegerField(
        label="Rows a second, at most",
        required=False,
        min_value=1,
        max_value=HIGHEST_LIMIT,
        help_text="Empty: as fast as it goes. Can be changed while the copy runs.",
    )


def chunk_rows_field() -> forms.IntegerField:
    """Rows a transaction commits; empty means the engine's own size."""
    return forms.IntegerField(
        label="Rows a chunk",
        required=False,
        min_value=FEWEST_ROWS,
        max_value=MOST_ROWS,
        help_text=(
            f"What one transaction commits. Empty: {USUAL_ROWS:,}. Smaller chunks let the copy "
            "pause sooner and hold locks for less time; bigger ones commit more rarely."
        ),
        error_messages={
            "min_value": f"At least {FEWEST_ROWS:,}: what is read at a time.",
            "max_value": f"At most {MOST_ROWS:,}: more gains nothing, and a pause would wait long.",
            "invalid": "Give a whole number of rows.",
        },
    )


class PaceForm(forms.Form):
    """The cap of a copy that may be running."""

    rows_per_second = rows_per_second_field()


class ChunkForm(forms.Form):
    """The chunk size of a copy that may be running."""

    chunk_rows = chunk_rows_field()
