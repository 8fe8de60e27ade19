"""The one flow of every create and change over REST: the page's own form validates, and its service
writes, so that both have the same rules and the same audit."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator

from console.api.entity_tags import require_match
from console.api.requests import actor_of
from console.api.resources import Resource
from console.api.serializers import ProblemSerializer
from pools.forms.rows import RowForm
from pools.models import Login
from pools.models.secret import SecretField
from pools.services.password_destinations import field_name_of

Row = TypeVar("Row", bound=models.Model)

# Of whoever sends the stored password of a login to another address.
CONFIRMED = "login_passwords"


class RequestSerializer(serializers.ModelSerializer[Any]):
    """The fields of a row and their types; the form validates the values.

    Secrets are write-only: to keep one, leave it out. `confirms_logins`: the row says where
    passwords of logins are sent, so that they may have to be sent again.
    """

    confirms_logins: ClassVar[bool] = False

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        # The form reads an address without a scheme as https.
        models.URLField: serializers.CharField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, SecretField):
            options |= {"write_only": True, "allow_blank": False}
        return field_class, options

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        found = super().get_fields()
        for field in found.values():
            field.validators = [
                each for each in field.validators if not isinstance(each, UniqueValidator)
            ]
        if self.confirms_logins:
            found[CONFIRMED] = serializers.DictField(
                child=serializers.CharField(trim_whitespace=False),
                required=False,
                write_only=True,
                help_text=(
                    "Passwords by the name of their login. Needed where the change sends one to an "
                    "address that it has not been sent to before."
                ),
            )
        return found


class EditedByForm(Resource[Row]):
    """`create` and `partial_update` of a ViewSet whose rows have a form in the browser."""

    form_class: ClassVar[type[RowForm[Any]]]
    request_serializer_class: ClassVar[type[RequestSerializer]]

    def create(self, request: Request) -> Response:
        return self._save(request, None, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        if "If-Match" not in request.headers:
            return self._save(request, row, status.HTTP_200_OK)
        with transaction.atomic():
            # Whoever changes the row at the same time waits here.
            type(row)._default_manager.select_for_update().get(pk=row.pk)
            row = self.get_object()
            require_match(request, self.entity_tag(row, None))
            return self._save(request, row, status.HTTP_200_OK)

    def changeable_fields(self) -> list[str]:
        """What the form asks for, as far as it is a column."""
        columns = {field.name for field in self.form_class._meta.model._meta.concrete_fields}
        return [name for name in self.form_class.base_fields if name in columns]

    def _save(self, request: Request, row: Row | None, done: int) -> Response:
        requested = self.request_serializer_class(row, data=request.data, partial=row is not None)
        requested.is_valid(raise_exception=True)
        form = self._filled(row, requested)
        if not form.is_valid():
            raise serializers.ValidationError(_by_field(_confirmed(form)))
        actor = actor_of(request)
        try:
            saved = form.enter(actor) if form.row is None else form.change(form.row, actor)
        except ValidationError as error:
            raise serializers.ValidationError(_by_field(error.message_dict)) from None
        tag = self.entity_tag(saved, None)
        return Response(self.get_serializer(saved).data, done, headers={"ETag": tag})

    def _filled(self, row: Row | None, requested: RequestSerializer) -> RowForm[Any]:
        """The form as a person would have sent it who changed only the requested fields."""
        shown = self.form_class(instance=row)
        takes = (*shown.fields, *((CONFIRMED,) if requested.confirms_logins else ()))
        strange = [name for name in requested.initial_data if name not in takes]
        if strange:
            taken = f"This is not taken here; taken are {', '.join(takes)}."
            raise serializers.ValidationError({name: [taken] for name in strange})
        data = {
            name: shown.get_initial_for_field(field, name)
            for name, field in shown.fields.items()
            if name not in shown.secrets
        }
        values = dict(requested.validated_data)
        data |= _passwords_of(values.pop(CONFIRMED, {}))
        for name, value in values.items():
            data[name] = value.pk if isinstance(value, models.Model) else value
        return self.form_class(data, instance=row)


def described(
    noun: str,
    *,
    request: type[RequestSerializer],
    shown: type[serializers.BaseSerializer[Any]],
    create: dict[str, Any],
    change: dict[str, Any],
) -> Any:
    """Decorates the ViewSet with what the schema says of create and change, with examples."""
    refused = {409: ProblemSerializer}
    return extend_schema_view(
        create=extend_schema(
            request=request,
            responses={201: shown} | refused,
            description=f"Create a {noun}, by the rules of the page that adds one.",
            examples=[OpenApiExample(f"A {noun}", value=create, request_only=True)],
        ),
        partial_update=extend_schema(
            request=request,
            responses={200: shown} | refused,
            description=(
                f"Change the given fields of a {noun}; the others stay. 409: a migration under way "
                "depends on it."
            ),
            examples=[OpenApiExample("One thing changed", value=change, request_only=True)],
        ),
    )


def _passwords_of(typed: dict[str, str]) -> dict[str, str]:
    """What was given by the names of logins, by the names of the form's fields."""
    logins = Login.objects.filter(name__in=typed).values_list("pk", "name")
    return {field_name_of(pk): typed[name] for pk, name in logins}


def _confirmed(form: RowForm[Any]) -> dict[str, Any]:
    """The form's errors, with those of the passwords of logins under the API's one name."""
    errors: dict[str, Any] = dict(form.errors)
    demanded = [message for name in form.demands for message in errors.pop(name, ())]
    return errors | ({CONFIRMED: demanded} if demanded else {})


def _by_field(errors: dict[str, Any]) -> dict[str, list[str]]:
    """Django's messages under the names that the API uses."""
    return {
        "non_field_errors" if name == "__all__" else name: [str(each) for each in messages]
        for name, messages in errors.items()
    }
