"""What must not change while something depends on it.

A part of the console that the pools know nothing of registers a guard when it is loaded: the
guard raises a ServiceError that says who depends on the row, and what to do first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import models

# Asked before a change, with the row as it will be and the names of the fields that differ.
Guard = Callable[[models.Model, Collection[str]], None]

_GUARDS: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Have `guard` asked before each change of a row."""
    if guard not in _GUARDS:
        _GUARDS.append(guard)


def ask_guards(row: models.Model, changed: Collection[str]) -> None:
    """Raises the ServiceError of the first guard that refuses."""
    for guard in _GUARDS:
        guard(row, changed)
