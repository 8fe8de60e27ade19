"""ETags of single objects: a change may require that nobody else has changed the object since."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from console.api.errors import PreconditionFailed
from pools.models.secret import Sealed

Row = TypeVar("Row", bound=models.Model)


class EntityTags(RetrieveModelMixin, GenericViewSet[Row]):
    """`retrieve` with an ETag."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        shown = self.get_serializer(row).data
        return Response(shown, headers={"ETag": self.entity_tag(row, shown)})

    def changeable_fields(self) -> list[str]:
        """Of the model. Empty: the object cannot be changed here, and the tag is of all that is
        shown."""
        return []

    def entity_tag(self, row: Row, shown: Any) -> str:
        """Strong. What is measured, such as a server's health, is no change that one would have to
        know of before one edits; secrets count as they are stored, and a digest has no secret."""
        names = self.changeable_fields()
        if names:
            stored = type(row)._default_manager.get(pk=row.pk)
            version = repr([_stored(stored, name) for name in names]).encode()
        else:
            version = JSONRenderer().render(shown)
        return f'"{salted_hmac("etag", version, algorithm="sha256").hexdigest()[:32]}"'


def require_match(request: Request, tag: str) -> None:
    """Raises PreconditionFailed for an `If-Match` of another version; without one, all match."""
    given = request.headers.get("If-Match")
    if given is not None and given.strip() != "*" and tag not in parse_etags(given):
        raise PreconditionFailed


def _stored(row: models.Model, name: str) -> Any:
    value = row.__dict__[row._meta.get_field(name).attname]  # type: ignore[union-attr]
    return value.token if isinstance(value, Sealed) else value
