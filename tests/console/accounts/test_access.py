"""A view that grants itself to nobody serves nobody."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from console.accounts.access import DeclaredAccessMiddleware, allow_everyone, requires
from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.roles import Role


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@requires(Capability.EDIT_POOLS)
def administrators_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@requires(Capability.VIEW_POOLS, Capability.LOOK_UP_USERS)
def look_up(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@allow_everyone
def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def reaches(user: User, view: object) -> bool:
    middleware = DeclaredAccessMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    request.user = user
    try:
        middleware.process_view(request, view, (), {})  # type: ignore[arg-type]
    except PermissionDenied:
        return False
    return True


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        (Role.ADMINISTRATOR, [administrators_only, look_up, sign_in]),
        (Role.HELPDESK, [look_up, sign_in]),
        (Role.NONE, [sign_in]),
    ],
)
def test_each_role_reaches_what_is_granted_to_it(role: Role, reached: list[object]) -> None:
    views = [undeclared, administrators_only, look_up, sign_in]

    assert [view for view in views if reaches(User(role=role), view)] == reached


def test_a_superuser_reaches_what_administrators_reach_but_nothing_undeclared() -> None:
    root = User(is_superuser=True)

    assert reaches(root, administrators_only)
    assert not reaches(root, undeclared)


def test_an_inactive_administrator_reaches_nothing() -> None:
    assert not reaches(User(role=Role.ADMINISTRATOR, is_active=False), administrators_only)
