"""Dataclasses over REST: every field of them, and so none is forgotten; durations as seconds."""

from __future__ import annotations

import types
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from rest_framework import serializers


class SecondsField(serializers.FloatField):
    """A duration, shown in seconds."""

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value.total_seconds())


PLAIN: dict[type, type[serializers.Field[Any, Any, Any, Any]]] = {
    str: serializers.CharField,
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    datetime: serializers.DateTimeField,
    timedelta: SecondsField,
}


@cache
def serializer_of(shape: type) -> type[serializers.Serializer[Any]]:
    """What shows a dataclass of plain values, of other dataclasses, and of tuples of them."""
    hints = get_type_hints(shape)
    shown = {each.name: _field_of(hints[each.name]) for each in fields(cast("Any", shape))}
    described = {"__module__": shape.__module__, **_doc(shape)}
    return type(f"{shape.__name__}Serializer", (serializers.Serializer,), shown | described)


def _field_of(hint: Any, **options: Any) -> serializers.Field[Any, Any, Any, Any]:
    inner = get_args(hint)
    if get_origin(hint) in {Union, types.UnionType}:
        (present,) = (each for each in inner if each is not types.NoneType)
        return _field_of(present, allow_null=True)
    if get_origin(hint) is tuple:
        each = _field_of(inner[0])
        if isinstance(each, serializers.Serializer):
            return type(each)(many=True, **options)
        return serializers.ListField(child=each, **options)
    return (PLAIN.get(hint) or serializer_of(hint))(**options)


def _doc(shape: type) -> dict[str, str]:
    """Its own; not the signature that stands in for one."""
    doc = shape.__doc__ or ""
    return {} if doc.startswith(f"{shape.__name__}(") else {"__doc__": doc}
