"""The app of people, roles and sign-in."""

from __future__ import annotations

from typing import Any

import structlog
from django.apps import AppConfig
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata


class AccountsConfig(AppConfig):
    """Registers how the schema describes tokens."""

    name = "console.accounts"
    label = "accounts"

    def ready(self) -> None:
        bind_extra_request_metadata.connect(bind_address)


def bind_address(request: HttpRequest, **kwargs: Any) -> None:
    """Log with each request the address that the trusted proxies vouch for."""
    structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))
