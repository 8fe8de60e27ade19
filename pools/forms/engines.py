"""Choosing an engine: all are listed, and one that cannot be chosen is disabled and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from pools.databases.engines import ENGINES


def why_not_opened(engine: str) -> str:
    """Empty when this console can open databases of that engine."""
    return ENGINES[engine].why_not_offered


class EngineSelect(forms.Select):
    """`why_not` says for each engine why it cannot be chosen, or nothing."""

    def __init__(self, why_not: Callable[[str], str]) -> None:
        super().__init__()
        self.why_not = why_not

    def create_option(
        self, name: str, value: Any, label: int | str, selected: bool, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, *args, **kwargs)
        # One that is chosen already stays: a disabled option would not be sent.
        if self.why_not(str(value)) and not selected:
            option["attrs"]["disabled"] = True
        return option


class EngineField(forms.ChoiceField):
    """An engine, with the reason beside each one that cannot be chosen now."""

    def __init__(self, why_not: Callable[[str], str] = why_not_opened, **kwargs: Any) -> None:
        self.why_not = why_not
        super().__init__(choices=self.listed, widget=EngineSelect(why_not), **kwargs)

    def listed(self) -> list[tuple[str, str]]:
        return [
            (value, f"{facts.title} ({why})" if (why := self.why_not(value)) else facts.title)
            for value, facts in ENGINES.items()
        ]

    def refuse(self, engine: str) -> None:
        """Raise ValidationError when it cannot be chosen."""
        if why := self.why_not(engine):
            raise forms.ValidationError(f"{ENGINES[engine].name} cannot be chosen yet: {why}")
