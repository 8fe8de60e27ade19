"""A person of each role, signed in."""

from __future__ import annotations

from tests.people import administrator, helpdesk, outsider

__all__ = ["administrator", "helpdesk", "outsider"]
