"""The forms of the wizard's second page, read together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django import forms
from django.http import QueryDict

from migrations_ui.forms.destination import NEW, DestinationForm, NewPoolForm
from migrations_ui.forms.new_database import NewDatabaseForm
from migrations_ui.forms.source_options import DerbyLoginForm, ValuesForm
from pools.models import Server

Part = TypeVar("Part", NewPoolForm, NewDatabaseForm)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was typed. A part that was not asked for keeps its text and is not judged."""

    destination: DestinationForm
    new_pool: NewPoolForm
    new_database: NewDatabaseForm
    values: ValuesForm
    derby_login: DerbyLoginForm
    wants_pool: bool
    wants_database: bool

    def are_valid(self) -> bool:
        """Judge every part asked for, so that all that is wrong is said at once."""
        judged: list[forms.BaseForm] = [self.destination, self.values, self.derby_login]
        if self.wants_pool:
            judged.append(self.new_pool)
        if self.wants_database:
            judged.append(self.new_database)
        verdicts = [form.is_valid() for form in judged]
        return all(verdicts)

    @property
    def have_rare_errors(self) -> bool:
        """Whether something is wrong with what the page keeps folded."""
        rare = ("conflict_policy", "rows_per_second", "drain_seconds")
        return bool(
            any(self.destination.has_error(name) for name in rare)
            or self.values.errors
            or self.derby_login.errors
        )


def read_answers(server: Server, data: QueryDict | None) -> Answers:
    """The page as posted, or with nothing typed yet (`data` None)."""
    destination = DestinationForm(data)
    if data is None:
        destination.initial["pool"] = destination.obvious_pool
        new_pool = NewPoolForm(initial={"external_url": server.external_url})
        return Answers(
            *(destination, new_pool, NewDatabaseForm(), ValuesForm(), DerbyLoginForm()),
            *(False, False),
        )
    wants_pool = data.get("pool") == NEW
    wants_database = wants_pool and data.get("pool-database") == NEW
    return Answers(
        destination,
        NewPoolForm(data) if wants_pool else _kept(NewPoolForm(), data),
        NewDatabaseForm(data) if wants_database else _kept(NewDatabaseForm(), data),
        ValuesForm(data),
        DerbyLoginForm(data),
        wants_pool,
        wants_database,
    )


def _kept(form: Part, data: QueryDict) -> Part:
    """The form unjudged, with what was typed into it."""
    typed = {name: data.get(form.add_prefix(name)) for name in form.fields}
    form.initial.update({name: text for name, text in typed.items() if text is not None})
    return form
