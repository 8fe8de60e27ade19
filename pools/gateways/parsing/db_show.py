"""`travelerUtil db show`: which database the server is set to.

The printed text is not documented (domain.md 2); the names are those of `db set`: url, user, pw,
path, and their obvious long forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.domain.secret_names import HIDDEN_NAME, is_secret
from pools.gateways.masking import MASK
from pools.gateways.parsing import console_lines
from pools.gateways.parsing.db_check import complains
from pools.gateways.parsing.records import FieldNames
from pools.gateways.parsing.words import GIVEN, AnswerWords, find

FIELDS = FieldNames(
    {
        "url": ("URL", "JDBC URL", "Database URL", "Connection URL"),
        "user": ("User", "User ID", "User Name", "Database User", "Database User ID"),
        "password": ("Password", "PW", "Database Password", "User Password"),
        "jar_path": (
            "Path",
            "JDBC Path",
            "Driver Path",
            "JDBC Driver Path",
            "JDBC Driver",
            "Jar",
            "Jar File",
        ),
    }
)
_JDBC = re.compile(r"jdbc:[a-z0-9]+:\S+", re.IGNORECASE)
_SECRET_PROPERTY = re.compile(rf"(?P<name>\b(?:{HIDDEN_NAME}))=[^;&\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatabaseSetting:
    """url '' and uses_derby None: it could not be read. The password is never kept."""

    url: str = ""
    user: str = ""
    jar_path: str = ""
    uses_derby: bool | None = None
    other: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    # All of it in printed order, as it may be shown: without the password.
    lines: tuple[str, ...] = ()


def parse(text: str, words: AnswerWords = GIVEN) -> DatabaseSetting:
    """Read what the utility printed; never raises."""
    known: dict[str, str] = {}
    other: dict[str, str] = {}
    unread: list[str] = []
    lines: list[str] = []
    for line in console_lines.texts(text):
        if not line.strip():
            continue
        read = FIELDS.read_field(line)
        if read is not None and find(words.password, read[1]):
            continue
        if read is None or not (read[0] == "password" or is_secret(read[1])):
            lines.append(_SECRET_PROPERTY.sub(rf"\g<name>={MASK}", line.strip()))
        if read is not None and read[0]:
            known.setdefault(read[0], read[2])
        elif (address := _JDBC.search(line)) and not known.get("url"):
            known["url"] = address[0]
        elif read is not None:
            other[read[1]] = read[2]
        else:
            unread.append(line.strip())
    url = known.get("url", "")
    return DatabaseSetting(
        url=url,
        user=known.get("user", ""),
        jar_path=known.get("jar_path", ""),
        uses_derby=_uses_derby(url, text, words),
        other=tuple(other.items()),
        unread=tuple(unread),
        lines=tuple(lines),
    )


def _uses_derby(url: str, text: str, words: AnswerWords) -> bool | None:
    if url:
        return url.casefold().startswith("jdbc:derby")
    # A program that fell over may name Derby as well, in a class of its own.
    if any(complains(line, words) for line in text.splitlines()):
        return None
    return True if find(words.derby, text) else None
