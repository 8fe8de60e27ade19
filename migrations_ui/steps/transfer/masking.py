"""What of the pool store's rows is shown on pages, in downloads and over REST."""

from __future__ import annotations

from migrations_ui.transfer.masking import Masking
from pools.store.visible_columns import PLAIN

MASKING = Masking(PLAIN)
