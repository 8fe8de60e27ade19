"""What views read from a request."""

from __future__ import annotations

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from console.accounts.models import User


def actor_of(request: Request) -> User:
    """The person who asks; the permission class has let in nobody else."""
    return cast("User", request.user)


def validated(serializer: type[BaseSerializer[Any]], request: Request) -> Any:
    """What the serializer makes of the body. Raises REST framework's ValidationError."""
    body = serializer(data=request.data, context={"request": request})
    body.is_valid(raise_exception=True)
    return body.validated_data
