"""`travelerUtil log collect`: which file it made. The vendor documents a dated file, not the text
that names it (domain.md 2), so the name is looked for in any sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Absolute, of Unix or Windows; a blank in it is allowed where it is quoted.
_QUOTED = re.compile(r"""["']((?:/|[A-Za-z]:[\\/])[^"']+\.zip)["']""", re.IGNORECASE)
_BARE = re.compile(r"((?:/|[A-Za-z]:[\\/])\S+?\.zip)(?=[.,;:)\]]*(?:\s|$))", re.IGNORECASE)


def archive_path(lines: Iterable[str]) -> str | None:
    """The last archive that the output names by an absolute path; None when it names none."""
    matches = [_QUOTED.search(line) or _BARE.search(line) for line in lines]
    named = [match[1] for match in matches if match]
    return named[-1] if named else None
