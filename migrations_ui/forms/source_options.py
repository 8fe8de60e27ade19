"""How the source is read: what opens it, and what happens to values that do not fit."""

from __future__ import annotations

from typing import Any

from django import forms

from migrations_ui.models import Migration
from migrations_ui.presentation.values import LABELS, choices
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.value_loss import Loss, Treatment, Treatments


class ValuesForm(forms.Form):
    """One choice for each kind of loss; what is not chosen stops the migration."""

    prefix = "values"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for loss in Loss:
            self.fields[loss.value] = forms.ChoiceField(
                label=LABELS[loss], choices=choices(loss), required=False
            )

    @classmethod
    def of(cls, migration: Migration) -> ValuesForm:
        """With the choices made so far."""
        made = migration.value_policies.treatments()
        return cls(initial={loss.value: treatment.value for loss, treatment in made.items()})

    @property
    def treatments(self) -> Treatments:
        return {
            Loss(name): Treatment(chosen) for name, chosen in self.cleaned_data.items() if chosen
        }


class DerbyLoginForm(forms.Form):
    """Taken and never shown again; only the user's name is."""

    prefix = "derby"

    boot_password = forms.CharField(
        label="Boot password",
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Of an encrypted database.",
    )
    user = forms.CharField(
        label="User",
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="If Derby requires a user name: best the owner’s, who may read everything.",
    )
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def of(cls, migration: Migration) -> DerbyLoginForm:
        return cls(initial={"user": migration.derby_user})

    @property
    def login(self) -> DerbyLogin:
        return DerbyLogin(**self.cleaned_data)

    @property
    def has_secret(self) -> bool:
        """Whether something was typed that does not go back to the browser."""
        return any(self.data.get(self.add_prefix(name)) for name in ("boot_password", "password"))
