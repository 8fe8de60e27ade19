"""Every address of the API, for every role. A new one has to be entered here to pass."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from knox.models import AuthToken
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.test import APIClient
from rest_framework.views import APIView

from console.accounts.api.permissions import DeclaredCapability, declared_for
from console.accounts.capabilities import Capability
from console.accounts.roles import Role
from pools.models import AuditEntry
from tests.factories import (
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    DeviceFactory,
    LoginFactory,
    OperationFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# Named: it is granted, and then wants the server's name, which is not sent here.
GRANTED, REFUSED, NAMED = (200, 202), (403,), (400,)
# path template: method, what the administrator and what the helpdesk is answered.
MATRIX: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "/api/v1/pools/": ("get", GRANTED, REFUSED),
    "/api/v1/pools/{pool}/": ("get", GRANTED, REFUSED),
    "/api/v1/pools/{pool}/membership/": ("get", GRANTED, REFUSED),
    "/api/v1/servers/": ("get", GRANTED, REFUSED),
    "/api/v1/servers/{server}/": ("get", GRANTED, REFUSED),
    "/api/v1/servers/{server}/readings/": ("get", GRANTED, REFUSED),
    "/api/v1/servers/{server}/changes/": ("get", GRANTED, REFUSED),
    "/api/v1/databases/": ("get", GRANTED, REFUSED),
    "/api/v1/databases/{database}/": ("get", GRANTED, REFUSED),
    "/api/v1/databases/{database}/check/": ("post", GRANTED, REFUSED),
    "/api/v1/databases/{database}/read-level/": ("post", GRANTED, REFUSED),
    "/api/v1/databases/{database}/schema-kit/": ("get", GRANTED, REFUSED),
    "/api/v1/retained/{database}/": ("get", GRANTED, REFUSED),
    "/api/v1/retained/{database}/read/": ("post", GRANTED, REFUSED),
    "/api/v1/engines/": ("get", GRANTED, REFUSED),
    "/api/v1/logins/": ("get", GRANTED, REFUSED),
    "/api/v1/logins/{login}/": ("get", GRANTED, REFUSED),
    "/api/v1/profiles/": ("get", GRANTED, REFUSED),
    "/api/v1/profiles/{profile}/": ("get", GRANTED, REFUSED),
    "/api/v1/operations/": ("get", GRANTED, REFUSED),
    "/api/v1/operations/{operation}/": ("get", GRANTED, REFUSED),
    "/api/v1/operations/{operation}/archive/": ("get", GRANTED, REFUSED),
    "/api/v1/audit/": ("get", GRANTED, REFUSED),
    "/api/v1/users/{user}/refresh/": ("post", GRANTED, GRANTED),
    "/api/v1/servers/{server}/retire/": ("post", NAMED, REFUSED),
    "/api/v1/servers/{server}/forget-host-key/": ("post", NAMED, REFUSED),
    "/api/v1/servers/{server}/try-logins/": ("post", GRANTED, REFUSED),
    "/api/v1/users/": ("get", GRANTED, GRANTED),
    "/api/v1/users/{user}/": ("get", GRANTED, GRANTED),
    "/api/v1/devices/": ("get", GRANTED, GRANTED),
    "/api/v1/devices/{device}/": ("get", GRANTED, GRANTED),
    "/api/v1/lookup/?q=ada": ("get", GRANTED, GRANTED),
    "/api/v1/schema/": ("get", GRANTED, GRANTED),
    "/api/v1/docs/": ("get", GRANTED, GRANTED),
}
# What else these addresses take: method and path template, and what is sent. Administrators only.
WRITES: dict[tuple[str, str], dict[str, object]] = {
    ("post", "/api/v1/databases/"): {
        "name": "New",
        "engine": "postgresql",
        "host": "db.acme.example",
        "port": 5432,
        "database_name": "traveler",
        "username": "lnt",
        "password": "secret-of-a-request",
    },
    ("patch", "/api/v1/databases/{database}/"): {"schema_mode": "manual"},
    ("post", "/api/v1/pools/"): {
        "name": "New",
        "external_url": "https://new.acme.example",
        "database": "{database}",
    },
    ("patch", "/api/v1/pools/{pool}/"): {"name": "Renamed"},
    ("post", "/api/v1/servers/"): {
        "domino_name": "CN=new/O=Acme",
        "profile": "{profile}",
        "ssh_host": "new.acme.example",
        "ssh_login": "{login}",
        "api_url": "https://new.acme.example",
        "api_login": "{login}",
        "login_passwords": {"Known": "secret-of-a-login"},
    },
    ("patch", "/api/v1/servers/{server}/"): {"note": "Migrations on Sunday."},
    ("post", "/api/v1/logins/"): {
        "name": "New",
        "username": "lnt",
        "password": "secret-of-a-request",
    },
    ("patch", "/api/v1/logins/{login}/"): {"username": "domino"},
    ("post", "/api/v1/profiles/"): {"name": "New"},
    ("patch", "/api/v1/profiles/{profile}/"): {"data_directory": "/data"},
    ("post", "/api/v1/operations/"): {"server": "{server}", "kind": "status"},
}


@pytest.fixture
def rows() -> dict[str, int]:
    device = DeviceFactory(user=TravelerUserFactory())
    return {
        "login": LoginFactory(name="Known").pk,
        "profile": CommandProfileFactory().pk,
        "pool": PoolFactory().pk,
        "server": ServerFactory().pk,
        "database": DatabaseConfigurationFactory().pk,
        "operation": OperationFactory(archive=ContentFile(b"logs", "logs.zip")).pk,
        "user": device.user.pk,
        "device": device.pk,
    }


def client_of(role: Role | None) -> APIClient:
    """By token; who has no role can have none, and comes by session."""
    client = APIClient()
    if role is Role.NONE:
        client.force_login(UserFactory(role=role))
    elif role is not None:
        _row, token = AuthToken.objects.create(user=UserFactory(role=role))
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


@pytest.mark.parametrize("path", MATRIX)
def test_each_role_reaches_what_it_may(path: str, rows: dict[str, int]) -> None:
    method, administrator, helpdesk = MATRIX[path]
    address = path.format(**rows)
    expected = {
        Role.ADMINISTRATOR: administrator,
        Role.HELPDESK: helpdesk,
        Role.NONE: REFUSED,
        None: REFUSED,
    }
    for role, answers in expected.items():
        response = client_of(role).generic(method.upper(), address)
        if role is None:
            assert response.status_code == 401, address
        else:
            assert response.status_code in answers, (role, address)


def test_nothing_but_the_listed_methods_is_served(rows: dict[str, int]) -> None:
    client = client_of(Role.ADMINISTRATOR)
    for path in MATRIX:
        for method in {"post", "put", "patch", "delete"} - {MATRIX[path][0]}:
            if (method, path) in WRITES:
                continue
            assert client.generic(method.upper(), path.format(**rows)).status_code == 405


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_only_administrators_write(method: str, path: str, rows: dict[str, int]) -> None:
    body = {
        name: value.format(**rows) if isinstance(value, str) else value
        for name, value in WRITES[method, path].items()
    }
    address = path.format(**rows)
    for role in (Role.HELPDESK, Role.NONE, None):
        response = client_of(role).generic(method, address, json.dumps(body), "application/json")
        assert response.status_code == (401 if role is None else 403), (role, address)
    assert not AuditEntry.objects.exists()
    response = client_of(Role.ADMINISTRATOR).generic(
        method, address, json.dumps(body), "application/json"
    )
    assert response.status_code == (201 if method == "post" else 200), response.content
    assert AuditEntry.objects.get().actor is not None


def test_every_view_declares_its_permissions() -> None:
    known = {AllowAny, IsAuthenticated, DeclaredCapability}
    views = list(api_views(get_resolver()))
    assert len(views) > len(MATRIX)
    for view in views:
        declared = set(view.permission_classes)
        assert declared <= known, view
        assert declared, view
        open_to_all = AllowAny in declared
        assert not open_to_all or view.__name__ == "SignInView", view
        if declared == {DeclaredCapability}:
            assert declared_for(view, "get", "list"), view


def test_a_view_that_declares_nothing_serves_nobody() -> None:
    assert APIView.permission_classes == [DeclaredCapability]
    request = Request(HttpRequest())
    request.method, request.user = "GET", UserFactory()
    assert not DeclaredCapability().has_permission(request, APIView())


def test_what_changes_something_has_to_be_named() -> None:
    class Half(APIView):
        capability = Capability.VIEW_POOLS
        capabilities = {"post": Capability.EDIT_POOLS}

        def post(self) -> None: ...

        def patch(self) -> None: ...

    assert declared_for(Half(), "get", None) == {Capability.VIEW_POOLS}
    assert declared_for(Half(), "post", None) == {Capability.EDIT_POOLS}
    assert declared_for(Half(), "patch", None) == set()


def test_every_address_is_in_the_matrix_or_tested_elsewhere() -> None:
    listed = {path.partition("?")[0] for path in MATRIX}
    for pattern in api_patterns(get_resolver()):
        shown = "/" + pattern.replace("(?P<pk>[^/.]+)", "{}").replace("^", "").replace("$", "")
        # Signing in and the migrations have tests of their own.
        if not shown.startswith(("/api/v1/auth/", "/api/v1/migrations/")):
            assert any(_same_shape(shown, path) for path in listed), shown


def _same_shape(shown: str, path: str) -> bool:
    ours = ["{}" if part.startswith("{") else part for part in path.split("/")]
    return shown.split("/") == ours


def api_patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from api_patterns(entry, route)
        elif route.startswith("api/v1/"):
            yield route


def api_views(resolver: URLResolver) -> Iterator[type[APIView]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from api_views(entry)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if view is not None:
                # as_view(permission_classes=…) puts them beside the class.
                given = getattr(entry.callback, "initkwargs", {})
                yield type(view.__name__, (view,), given)
