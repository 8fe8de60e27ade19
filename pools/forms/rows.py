"""A form over one row: the service writes, the form only asks and says what is wrong.

Secrets go one way. They are never sent back to the browser, so an empty field keeps what is
stored, and a refused form says that they have to be typed again. What would send a stored password
to another address is refused until that password is typed (`services/password_destinations.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from console.accounts.models import User
from pools.models.secret import has_secret
from pools.services.errors import ServiceError
from pools.services.password_destinations import PasswordDemand, demanded_passwords

Row = TypeVar("Row", bound=models.Model)

if TYPE_CHECKING:
    from django.forms import ModelForm
else:

    class ModelForm(forms.ModelForm):
        """Django's own, which a subclass may name its model to: `ModelForm[Pool]`."""

        def __class_getitem__(cls, model: Any) -> Any:
            return cls


KEPT = "Stored. Leave it empty to keep it."
TYPE_AGAIN = "Passwords and keys are never sent back to a browser: type them again."


class SecretInput(forms.PasswordInput):
    """A one-line secret that is never rendered and never filled in by the browser."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password"}, render_value=False)


class SecretTextarea(forms.Textarea):
    """A secret of several lines, never rendered."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false", "rows": 5})

    def format_value(self, value: object) -> str:
        return ""


class WebAddress(forms.URLField):
    """An address typed without a scheme is meant to be https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class RowForm(ModelForm[Row]):
    """Base of the forms below; `row` is the stored row, or None while one is being added."""

    secrets: ClassVar[Sequence[str]] = ()
    # Headings and the names of the fields under each, in the order of the page.
    groups: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        instance: Row | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.row = instance
        # By the names of their fields, which are there only while they are asked for.
        self.demands: dict[str, PasswordDemand] = {}
        # Validation writes onto its instance; the service has to see the row as it is stored.
        super().__init__(data, instance=copy.copy(instance), initial=initial)
        for field in self.fields.values():
            field.error_messages["required"] = "Fill this in."
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = "Choose…" if field.required else "None"
        for name in self.secrets:
            if instance is not None and has_secret(instance, name):
                self.fields[name].required = False
                self.fields[name].help_text = KEPT

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for demand in demanded_passwords(self.row, self.instance):
                self._demand(demand)

    def _demand(self, demand: PasswordDemand) -> None:
        """Ask for the password of a login that a change would send to another address."""
        name = demand.field_name
        self.demands[name] = demand
        self.fields[name] = forms.CharField(
            label=f"Password of the login “{demand.login}”", widget=SecretInput()
        )
        typed = self.data.get(self.add_prefix(name)) or ""
        if not typed:
            self.add_error(
                name,
                f"The password of “{demand.login}” would be sent to {demand.address}, where it has "
                "not been sent before. Type it again to confirm that.",
            )
        elif not demand.is_met_by(typed):
            self.add_error(name, f"This is not the stored password of the login “{demand.login}”.")

    def keep(self, *, actor: User) -> Row | None:
        """Enter or change the row; None when the service refused, with the reason on the form."""
        try:
            return self.enter(actor) if self.row is None else self.change(self.row, actor)
        except ValidationError as error:
            self.add_error(None, error if not hasattr(error, "error_dict") else error.messages)
        except ServiceError as error:
            self.add_error(None, str(error))
        return None

    def enter(self, actor: User) -> Row:
        """Call the service that makes the row."""
        raise NotImplementedError

    def change(self, row: Row, actor: User) -> Row:
        """Call the service that changes the row."""
        raise NotImplementedError

    @property
    def retyped(self) -> str:
        """What a refused form has to say about the secrets that were in it."""
        names = (*self.secrets, *self.demands)
        typed = any(self.data.get(self.add_prefix(name)) for name in names)
        return TYPE_AGAIN if self.is_bound and typed else ""

    def grouped(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The bound fields under their headings; a form without groups is one group."""
        rest = tuple(name for name in self.fields if name not in self.demands)
        groups = (
            ("Passwords that would be sent elsewhere", tuple(self.demands)),
            *(self.groups or (("", rest),)),
        )
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in groups
            if any(name in self.fields for name in names)
        ]
