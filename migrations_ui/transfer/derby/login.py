"""What opens a Derby database that does not open by itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DerbyLogin:
    """All empty for a database that is neither encrypted nor asks who comes."""

    boot_password: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
