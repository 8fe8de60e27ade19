"""Objects with every field set: one row of each model, and dataclasses by their type hints.

What shows an object must cope with a value in each of its fields, not with None alone.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.apps import apps
from django.db import models

from migrations_ui.models import Conflict, Correction, Migration, Mismatch, Reject, TableTransfer
from migrations_ui.states import MigrationStatus
from pools.models import DatabaseConfiguration

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
APPS = ("accounts", "pools", "migrations_ui")
# Columns that hold JSON, and the state in which a snapshot has all its parts.
PARTICULAR: dict[type[models.Model], dict[str, Any]] = {
    Migration: {"status": MigrationStatus.AWAITING_CUTOVER},
    Conflict: {"differing": '{"anchor": ["17", "42"]}'},
    Mismatch: {"differing": '{"anchor": ["17", "42"]}'},
    Correction: {"changes": '[["anchor", "17", "42"]]'},
    DatabaseConfiguration: {"jdbc_properties": "trustServerCertificate=true"},
    TableTransfer: {"written_at": NOW + timedelta(minutes=1)},
    Reject: {
        "rejected": '[{"column": "anchor", "reason": "too long", "preview": "1…", "form": "int4",'
        ' "options": [], "in_key": true}]'
    },
}
VALUES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.URLField, "https://traveler.acme.example"),
    (models.SlugField, "acme"),
    (models.GenericIPAddressField, "10.0.0.5"),
    (models.BooleanField, True),
    (models.IntegerField, 7),
    (models.FloatField, 0.5),
    (models.DateTimeField, NOW),
    (models.DurationField, timedelta(seconds=90)),
    (models.BinaryField, b"bytes"),
    (models.CharField, "text"),
    (models.TextField, "text"),
    (models.FileField, "collected_logs/logs.zip"),
)
PLAIN: dict[Any, Any] = {
    str: "text",
    int: 7,
    float: 0.5,
    bool: True,
    datetime: NOW,
    timedelta: timedelta(seconds=90),
}


class FullRows:
    """One saved row of each model of ours, with a value in every column; they name each other."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], models.Model] = {}
        self._begun: set[type[models.Model]] = set()
        for model in (each for app in APPS for each in apps.get_app_config(app).get_models()):
            self.of(model)

    def of(self, model: type[models.Model]) -> Any:
        """The row of this model; made first where it is not there yet."""
        if model not in self._rows:
            self._begun.add(model)
            # Not by the manager: a token's has a `create` of its own, with other arguments.
            row = model(**dict(self._values(model)))
            row.save(force_insert=True)
            self._rows[model] = row
        return self._rows[model]

    def full(self, hint: Any) -> Any:
        """A value of this type; of a dataclass one whose fields are all set."""
        origin, inner = get_origin(hint), get_args(hint)
        if origin in {Union, types.UnionType}:
            return self.full(next(each for each in inner if each is not types.NoneType))
        if origin is tuple:
            return tuple(self.full(each) for each in inner if each is not Ellipsis)
        if origin is Literal or hint in PLAIN:
            return PLAIN.get(hint) or inner[0]
        if is_dataclass(hint):
            hints = get_type_hints(hint)
            made: Any = hint
            return made(**{each.name: self.full(hints[each.name]) for each in fields(hint)})
        if issubclass(hint, Enum):
            return next(iter(hint))
        assert issubclass(hint, models.Model), f"No example of {hint}."
        return self.of(hint)

    def _values(self, model: type[models.Model]) -> Iterator[tuple[str, Any]]:
        particular = PARTICULAR.get(model, {})
        for column in model._meta.concrete_fields:
            if column.name in particular:
                yield column.name, particular[column.name]
            elif isinstance(column, models.ForeignKey):
                related: Any = column.related_model
                # Two models that name each other: the one made second has the link.
                if related in self._rows or related not in self._begun:
                    yield column.name, self.of(related)
            elif column.choices:
                yield column.name, next(value for value, _ in column.flatchoices if value != "")
            elif not isinstance(column, models.AutoField):
                yield column.name, next(v for kind, v in VALUES if isinstance(column, kind))
