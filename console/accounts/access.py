"""Deny unless granted: each view declares who may use it, and one that declares nothing is shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from console.accounts.models import User
from console.accounts.roles import Role

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Views of installed applications that guard themselves: staff (admin), permission classes (DRF).
SELF_GUARDED = ("django.contrib.admin", "rest_framework", "drf_spectacular", "knox")


class SignedInRequest(HttpRequest):
    """A request whose `user` is a person of ours, for the annotations of views."""

    user: User


def allow(*roles: Role) -> Callable[[View], View]:
    """Grant a view to these roles."""

    def declare(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def allow_everyone(view: View) -> View:
    """Grant a view to people who have not signed in."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return login_not_required(view)


class DeclaredAccessMiddleware:
    """Refuse every view that does not grant itself to the person's role."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if is_self_guarded(view):
            return
        roles: frozenset[Role] | None = getattr(view, "allowed_roles", frozenset())
        if roles is None:
            return
        user = request.user
        if not (isinstance(user, User) and user.has_role(roles)):
            raise PermissionDenied("Your role does not reach this page.")


def is_self_guarded(view: Callable[..., Any]) -> bool:
    """True for DRF views, whose permission classes deny by default, and for the admin."""
    return hasattr(view, "cls") or view.__module__.startswith(SELF_GUARDED)
