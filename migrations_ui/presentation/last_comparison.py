"""When the rows were compared last, and why that may not show how things are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import ENDED

POOL_GOES_ON = "Since the cut-over {pool} goes on with these rows, so rows may have changed since."
WRITTEN_SINCE = "The migration has written again since, so they have to be compared again."
OTHERS_WRITE = "The other servers of {pool} go on writing there, so rows may have changed since."


@dataclass(frozen=True, slots=True)
class Comparison:
    """`at`: of the table that was compared first; `since`: what may have changed a row after that,
    empty when nothing should have."""

    at: datetime
    unequal: int
    corrected: int
    since: str

    @property
    def found(self) -> str:
        """What came of it, as the second half of a sentence."""
        if self.unequal:
            return f"{self.unequal:,} of them {'was' if self.unequal == 1 else 'were'} not equal"
        if self.corrected:
            return f"{self.corrected:,} as a person corrected them, all others equal"
        return "all were equal"

    def __str__(self) -> str:
        """As a sentence for a page, which knows whose clock it shows."""
        local = timezone.localtime(self.at)
        when = f"{local:%a} {local.day} {local:%b %Y %H:%M:%S}"
        return f"The rows were read back and compared on {when}; {self.found}. {self.since}".strip()


def last_comparison(migration: Migration) -> Comparison | None:
    """None before the first table is compared."""
    tables = [table for table in migration.tables.all() if table.verified_at]
    moments = [table.verified_at for table in tables if table.verified_at]
    if not moments:
        return None
    pool = migration.pool.name
    since = ""
    if migration.confirmed_at is not None and not migration.is_going_back:
        since = POOL_GOES_ON.format(pool=pool)
    elif any(table.stale_since for table in tables):
        since = WRITTEN_SINCE
    elif _others_write(migration):
        since = OTHERS_WRITE.format(pool=pool)
    return Comparison(
        at=min(moments),
        unequal=sum(table.mismatches for table in tables),
        corrected=sum(table.rows_corrected for table in tables),
        since=since,
    )


def _others_write(migration: Migration) -> bool:
    """Whether the rows are where other servers write: not a rehearsal's, nor those taken back."""
    if migration.is_rehearsal or migration.is_going_back or migration.state in ENDED:
        return False
    counted: bool | None = getattr(migration, "has_other_servers", None)
    if counted is not None:
        return counted
    others = migration.pool.servers.in_service().exclude(pk=migration.server_id)
    return others.exists()
