"""What a row must be like, wherever it is entered: in a form, over REST or by a command."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models

from pools.domain.hosts import NotAHost, require_host


def refuse_bad_hosts(row: models.Model, *names: str) -> None:
    """Raises ValidationError for each of the fields that holds no host."""
    errors = {}
    for name in names:
        try:
            require_host(getattr(row, name))
        except NotAHost as error:
            errors[name] = str(error)
    if errors:
        raise ValidationError(errors)


def refuse_bad_addresses(row: models.Model, *names: str) -> None:
    """Raises ValidationError for each of the fields that holds a web address which no request
    can be sent to, or which has a login in it; an empty one is fine."""
    errors = {name: problem for name in names if (problem := _problem(getattr(row, name)))}
    if errors:
        raise ValidationError(errors)


def _problem(text: str) -> str:
    """The sentence never repeats the address: it may hold a password."""
    if not text:
        return ""
    try:
        address = urlsplit(text)
        host, _port = address.hostname, address.port
    except ValueError:
        return "This is no web address: its host or port cannot be read."
    if "@" in address.netloc:
        return (
            "Enter the address without a user name and password: addresses are shown on pages and "
            "in logs. The login has a field of its own."
        )
    if address.scheme not in ("http", "https"):
        return "Enter an address that begins with https:// or http://."
    try:
        require_host(host or "")
    except NotAHost as error:
        return str(error)
    return ""
