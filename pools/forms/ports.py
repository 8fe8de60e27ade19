"""A TCP port, wherever one is entered."""

from __future__ import annotations

from typing import Any

from django import forms

HIGHEST = 65_535
MESSAGE = f"A port is a number from 1 to {HIGHEST}."


class PortField(forms.IntegerField):
    """The browser knows the same limits."""

    def __init__(self, **options: Any) -> None:
        limits = {"min_value": 1, "max_value": HIGHEST}
        words = {"invalid": MESSAGE, "min_value": MESSAGE, "max_value": MESSAGE}
        super().__init__(**{**options, **limits, "error_messages": words})
