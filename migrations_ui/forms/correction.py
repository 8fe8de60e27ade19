"""What a row's values that did not fit are to be."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from migrations_ui.models import Reject
from migrations_ui.services.corrections import fault_of, is_hidden


class CorrectionForm(forms.Form):
    """One field for each value of `reject` that did not fit, in their order."""

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        reject: Reject,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        """`typed` is what was tried before, by column. What is private is typed again."""
        super().__init__(data, auto_id=f"reject-{reject.pk}-%s")
        self._rejected = {f"value_{n}": each for n, each in enumerate(reject.rejected_columns)}
        for name, rejected in self._rejected.items():
            hint = [f"The column takes {rejected.wants}."] if rejected.wants else []
            if rejected.in_key:
                hint.append(
                    "It is part of the row’s key: rows of other tables that refer to it keep the "
                    "old one."
                )
            hidden = is_hidden(reject, rejected)
            if hidden:
                hint.append("It may be private, so it is not shown: type it whole.")
            self.fields[name] = forms.CharField(
                label=f"{rejected.column} is to be",
                help_text=" ".join(hint),
                required=False,
                strip=False,
                initial="" if hidden else (typed or {}).get(rejected.column, ""),
            )

    def clean(self) -> dict[str, str]:
        for name, rejected in self._rejected.items():
            fault = fault_of(rejected, self.cleaned_data.get(name, ""))
            if fault and name not in self.errors:
                self.add_error(name, fault)
        return self.cleaned_data

    @property
    def values(self) -> dict[str, str]:
        """By column, once the form is valid."""
        return {
            rejected.column: self.cleaned_data[name] for name, rejected in self._rejected.items()
        }
