"""Scratch schemas whose rehearsal has ended: a worker that was thought dead may have made one
after all, or died between making and dropping it."""

from __future__ import annotations

from collections.abc import Callable

from migrations_ui.models import Migration
from migrations_ui.states import ENDED
from pools.databases.connection import DatabaseLogin
from pools.databases.errors import DatabaseError
from pools.databases.scratch import drop_scratch, list_scratches
from pools.services.isolation import isolated


def drop_leftovers(login: DatabaseLogin, *, note: Callable[[str], None]) -> None:
    """Drop those of this console's ended rehearsals; `note` is called for each, and of those of
    which nothing is known: another console may be at work there.

    What cannot be dropped now is noted as well, and the others are dropped. Raises a DatabaseError
    when nothing can be asked.
    """
    for name in list_scratches(login):
        rehearsal = Migration.objects.rehearsed_in(name)
        if rehearsal is None:
            note(
                f"There is a scratch schema {name} too, of no rehearsal that this console knows. "
                "If no other console rehearses there, have the DBA drop it."
            )
        elif rehearsal.state in ENDED:
            _drop(login, name, rehearsal, note=note)


def _drop(
    login: DatabaseLogin, name: str, rehearsal: Migration, *, note: Callable[[str], None]
) -> None:
    which = f"The scratch schema {name}, left over from the rehearsal of {rehearsal.server},"
    said: list[str] = []
    with isolated(
        name, doing=f"Dropping {name}", keep=said.append, secrets=lambda: [login.password]
    ):
        try:
            dropped = drop_scratch(login, name)
        except DatabaseError as error:
            said.append(f"{which} could not be dropped: {error} {error.remedy}")
        else:
            # Two look at once when a rehearsal begins while the beat sweeps: one of them tells.
            if dropped:
                said.append(f"{which} is dropped.")
    # Outside: what the log of a run raises is for the runner.
    for text in said:
        note(text)
