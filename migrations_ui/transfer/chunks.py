"""How many rows one transaction may commit."""

from __future__ import annotations

# The reader hands rows over in slices of up to this many, and a chunk is made of whole slices.
FEWEST_ROWS = 4_096
# Beyond this a transaction gains nothing, and a lost one costs more; a pause waits longer too.
MOST_ROWS = 200_000
USUAL_ROWS = 50_000
