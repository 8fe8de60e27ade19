"""Why a service refuses, in words for the person who asked."""

from __future__ import annotations


class ServiceError(Exception):
    """This cannot be done."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class NameTaken(ServiceError):
    """There is one of that name already."""


class NoReachableMember(ServiceError):
    """No server of the pool could be asked."""
