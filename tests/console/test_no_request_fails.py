"""Whatever an administrator's browser or program sends, no page and no endpoint fails (5xx)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django import forms
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from rest_framework.test import APIClient

from console.accounts.models import User
from tests.factories import (
    DatabaseConfigurationFactory,
    LoginFactory,
    OperationFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
    UserFactory,
)
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db

# A route; set it to hundreds for a thorough run: FUZZ_EXAMPLES=300 pytest …
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
# Encodings that are no text are refused before Django is asked (test_request_limits.py).
# Django's own admin is not ours to mend, and signing out would end the session for the rest.
LEFT_OUT = ("admin/", "accounts/sign-out/", "api/v1/auth/sign-out")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
GROUP = re.compile(r"\(\?P<\w+>[^)]*\)")

ODD_TEXT = [
    *("", " ", "a\x00b", "\ud800", "x" * 2_000, "%", "_", "'", '"', "\\", "<script>", "\x1b[2J"),
    *("1e400", "-1", "0", "9" * 40, "9" * 4_400, "NaN", "null", "İ", "e\u0301", "２", "1" * 19),
    *(
        "../../etc/passwd",
        "2026-13-45",
        "{",
        "[]",
        "cD0yMDI2",
        "a..b",
        "http://[",
        "::1",
        "http://a:b@c",
    ),
]
ODD_PATH = [
    "0",
    "1",
    "9" * 19,
    "9" * 40,
    "x",
    "ü",
    "a b",
    "a'b",
    "-",
    "no.such",
    "\ud800",
    "x" * 300,
]
ODD_JSON: list[Any] = [
    *ODD_TEXT,
    *(None, True, 0, -1, 2**31, 2**63, 10**40, 1e308, -0.0),
    *([], {}, [[]], {"a": {"b": []}}, [None], ["\ud800"], {"\ud800": 1}, [1] * 100),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "x"]
ODD_BODIES = [
    *(b"", b"[", b"[" * 3_000, b"null", b"1e400", b"{}", b"[1]", b'"text"', b"\xff\xfe", b"\x00"),
    b'{"name":' * 2_000,
]
ODD_TYPES = [
    *(
        "application/json",
        "application/json; charset=no-such",
    ),
    *("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary="),
    *("multipart/form-data; boundary=\xfc", "text/plain", "", "x", "/", "application/xml"),
]
ODD_HEADERS: list[dict[str, str]] = [
    {},
    {"HTTP_COOKIE": "sessionid=\xff\xfe; csrftoken=\x00"},
    {"HTTP_COOKIE": "=;;; a=" + "b" * 9_000},
    {"HTTP_ACCEPT": "text/\xff"},
    {"HTTP_ACCEPT": "application/json;version=9e9;q=x"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 9_000},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::bad"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "\xff" * 100},
    {"HTTP_RANGE": "bytes=9-1,x"},
    {"HTTP_IF_MODIFIED_SINCE": "yesterday", "HTTP_IF_NONE_MATCH": '"'},
    {"HTTP_HOST": "a b"},
    {"HTTP_REFERER": "http://[", "HTTP_ORIGIN": "null"},
    {"HTTP_IDEMPOTENCY_KEY": "once", "HTTP_IF_MATCH": '"x", W/"'},
    {"HTTP_IDEMPOTENCY_KEY": "\xff" * 300, "HTTP_IF_MATCH": "*"},
    {"HTTP_X_FORWARDED_FOR": "," * 1_000},
    {"CONTENT_LENGTH": "x"},
]
ODD_QUERIES = [
    "%ff%fe",
    "a=%00",
    "=&&=",
    "a" * 5_000,
    "q=%ed%a0%80",
    "q[]=1",
    "&".join(["a=1"] * 1_001),
]


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for each in patterns:
        text = before + str(each.pattern).lstrip("^")
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, text)
        elif isinstance(each, URLPattern):
            yield text.rstrip("$").replace("\\Z", "").replace("\\.", ".").rstrip("/?") + (
                "/" if text.rstrip("$\\Z?").endswith("/") else ""
            )


ROUTES = sorted(
    {route for route in routes(get_resolver().url_patterns) if not route.startswith(LEFT_OUT)}
)


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def names_that_are_read() -> list[str]:
    """Of all fields of all forms, of all properties of the API, and of the addresses of pages."""
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    of_api = {
        name
        for each in schema["components"]["schemas"].values()
        for name in each.get("properties", {})
    }
    of_addresses = {
        parameter["name"]
        for path in schema["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    }
    of_forms = {
        name
        for form in subclasses(forms.BaseForm)
        for name in getattr(form, "base_fields", {})
        if form.__module__.startswith(("pools", "migrations_ui", "console"))
    }
    of_pages = {
        *(
            "q",
            "page",
            "after",
            "before",
            "sort",
            "state",
            "status",
            "level",
            "tab",
            "next",
            "step",
        ),
        *("since", "limit", "offset", "pool", "server", "user", "kind", "table", "format", "typed"),
    }
    return sorted(of_api | of_addresses | of_forms | of_pages)


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Read once, because the schema takes seconds."""
    return names_that_are_read()


@pytest.fixture
def person(db: None) -> User:
    """An administrator, with one row of most kinds."""
    pool = PoolFactory(slug="europe")
    ServerFactory(pool=pool)
    MigrationFactory(pool=pool, server=ServerFactory())
    TravelerUserFactory(pool=pool)
    DatabaseConfigurationFactory()
    LoginFactory()
    OperationFactory()
    return UserFactory()


def status_of(person: User, method: str, address: str, **request: Any) -> int:
    client: Any
    if address.startswith("/api/"):
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(person)
    else:
        client = Client(raise_request_exception=False)
        client.force_login(person)
    answer = client.generic(method, address, **request)
    if answer.streaming and not answer.is_async:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def filled(route: str, value: str) -> str:
    chosen = quote(value.encode("utf-8", "surrogatepass"), safe="")
    return "/" + PARAMETER.sub(chosen, GROUP.sub(chosen, route))


@st.composite
def requests(draw: DrawFn, route: str, names: list[str]) -> dict[str, Any]:
    """One request to this route, odd in a few places at once."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=6, unique=True))
    json_value = st.sampled_from(ODD_JSON) | st.text(max_size=20)
    made: dict[str, Any] = {
        "method": draw(st.sampled_from(METHODS)),
        "address": filled(
            route, draw(st.sampled_from(ODD_PATH) | st.sampled_from(["1", "europe"]))
        ),
        "content_type": draw(st.sampled_from(ODD_TYPES)),
        **draw(st.sampled_from(ODD_HEADERS)),
    }
    odd = {
        name: draw(st.sampled_from(ODD_TEXT)).encode("utf-8", "surrogatepass") for name in chosen
    }
    made["QUERY_STRING"] = draw(st.sampled_from([*ODD_QUERIES, urlencode(odd), urlencode(odd)]))
    match draw(st.sampled_from(["raw", "json", "form"])):
        case "raw":
            made["data"] = draw(st.sampled_from(ODD_BODIES))
        case "json":
            made["content_type"] = "application/json"
            made["data"] = json.dumps({name: draw(json_value) for name in chosen}).encode()
        case _:
            made["content_type"] = "application/x-www-form-urlencoded"
            made["data"] = urlencode(odd).encode()
    return made


@pytest.mark.parametrize("route", ROUTES)
def test_no_request_fails(route: str, person: User, names: list[str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        # What failed is printed whole: to shrink it would take longer than to read it.
        phases=[Phase.generate],
        deadline=None,
        database=None,
        # The same requests each time, unless somebody looks for new ones.
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(route, names))
    def ask(made: dict[str, Any]) -> None:
        assert status_of(person, **made) < 500, made

    ask()
