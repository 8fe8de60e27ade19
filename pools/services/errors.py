"""Why a service refuses, in words for the person who asked, and a code for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ServiceError(Exception):
    """This cannot be done."""

    # Stable: programs compare it.
    code: ClassVar[str] = "refused"
    # What to do next, in words.
    remedy: ClassVar[str] = "Remove what stands against it, and ask again."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])

    @property
    def title(self) -> str:
        """What errors of this kind have in common."""
        return (self.__doc__ or "").splitlines()[0].rstrip(".")

    @property
    def errors(self) -> Mapping[str, Any]:
        """Messages by the field that is at fault; empty where it is no field's fault."""
        return {}


class NameTaken(ServiceError):
    """There is one of that name already."""

    code = "name_taken"
    remedy = "Use the one that exists, or choose another name."


class NoReachableMember(ServiceError):
    """No server of the pool could be asked."""

    code = "no_reachable_member"
    remedy = "Check the servers of the pool and the logins that reach them."
