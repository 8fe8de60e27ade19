"""What each action looks like and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from migrations_ui.models import Migration
from migrations_ui.states import Action

DANGEROUS = frozenset({Action.CANCEL, Action.ROLL_BACK})
# These ask first, on a page of their own (a dialog where scripts run).
ASKS_FIRST = frozenset({Action.START, Action.CONFIRM, Action.CANCEL, Action.ROLL_BACK})

STYLES: dict[Action, str] = {
    Action.START: "primary",
    Action.RESUME: "primary",
    Action.RETRY: "primary",
    Action.CONFIRM: "primary",
    Action.MIGRATE: "primary",
    Action.CANCEL: "danger",
    Action.ROLL_BACK: "danger",
}

LABELS: dict[Action, str] = {Action.START: "Start the migration…", Action.CONFIRM: "Cut over…"}
# Before the start there is nothing to take back.
GIVE_UP = "Discard this {what}…"
START_REHEARSAL = "Start the rehearsal…"


@dataclass(frozen=True, slots=True)
class Button:
    """One thing a person may ask for: posted to `url`, or first asked about there."""

    name: str
    label: str
    style: str
    url: str
    asks_first: bool
    dangerous: bool


def button(migration: Migration, action: Action) -> Button:
    """The button of one action of one migration."""
    gives_up = action is Action.CANCEL and migration.started_at is None
    return Button(
        name=action.value,
        label=_label(migration, action, gives_up=gives_up),
        style="" if gives_up else STYLES.get(action, ""),
        url=reverse(f"migrations_ui:{action.value}", args=[migration.pk]),
        asks_first=action in ASKS_FIRST,
        dangerous=action in DANGEROUS,
    )


def _label(migration: Migration, action: Action, *, gives_up: bool) -> str:
    if gives_up:
        return GIVE_UP.format(what=migration.display_noun)
    if action is Action.START and migration.is_rehearsal:
        return START_REHEARSAL
    return LABELS.get(action, action.label)
