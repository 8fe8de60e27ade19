"""Deny unless granted: each view declares who may use it, and one that declares nothing is shut."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import Person, may_any

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Views of installed applications that guard themselves: staff (admin), permission classes (DRF).
SELF_GUARDED = ("django.contrib.admin", "rest_framework", "drf_spectacular", "knox")


class SignedInRequest(HttpRequest):
    """A request whose `user` is a person of ours, for the annotations of views."""

    user: User


class Audience(Enum):
    """Who is served without a capability."""

    EVERYONE = "everyone"
    SIGNED_IN = "everyone who is signed in"


# What a view declares; of several capabilities one is enough.
Declared = Audience | frozenset[Capability]


def requires(*capabilities: Capability) -> Callable[[View], View]:
    """Grant a view to those who have one of these capabilities."""

    def declare(view: View) -> View:
        view.opens_to = frozenset(capabilities)  # type: ignore[attr-defined]
        return view

    return declare


def allow_signed_in(view: View) -> View:
    """Grant a view to everyone who is signed in, whatever the role."""
    view.opens_to = Audience.SIGNED_IN  # type: ignore[attr-defined]
    return view


def allow_everyone(view: View) -> View:
    """Grant a view to people who have not signed in."""
    view.opens_to = Audience.EVERYONE  # type: ignore[attr-defined]
    return login_not_required(view)


def declared_by(view: Callable[..., Any]) -> Declared:
    """Who the view opens to; of a view that declares nothing, no capability is enough."""
    found: Declared = getattr(view, "opens_to", frozenset())
    return found


def is_open_to(person: Person, declared: Declared) -> bool:
    if isinstance(declared, Audience):
        return declared is Audience.EVERYONE or (isinstance(person, User) and person.is_active)
    return may_any(person, declared)


class DeclaredAccessMiddleware:
    """Refuse every view that does not open to the person who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if is_self_guarded(view):
            return
        if not is_open_to(request.user, declared_by(view)):
            raise PermissionDenied("Your role may not open this page.")


def is_self_guarded(view: Callable[..., Any]) -> bool:
    """True for DRF views, whose permission classes deny by default, and for the admin."""
    return hasattr(view, "cls") or view.__module__.startswith(SELF_GUARDED)
