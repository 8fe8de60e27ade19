"""The same roles for the API. The default class denies, so a ViewSet has to declare its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from console.accounts.models import User

if TYPE_CHECKING:
    # DRF reads these classes while it loads its views.
    from rest_framework.views import APIView


class NobodyUnlessDeclared(BasePermission):
    """The default: a ViewSet that declares nothing serves nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class IsAdministrator(BasePermission):
    message = "This needs the administrator role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.is_administrator


class CanLookUp(BasePermission):
    message = "This needs the helpdesk or the administrator role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.may_look_up
