"""service.properties: what Derby follows when it opens a database, kept to what opening needs.

Derby obeys whatever the file says: where the log is (`logDevice`), where temporary files go, which
classes are loaded. So the private copy's file is written again with the properties of an allow-list
and no others, and a database that depends on something outside its directory is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrations_ui.transfer.errors import SourceError, SourceOutside, SourceUnfinished
from pools.domain.lines import split_lines

PROPERTIES = "service.properties"
# Derby takes this one instead, where it is there and the other lacks the last line.
OLDER = "service.propertiesold"
LAST_LINE = "#--- last line, don't put anything after this line ---"
ENCODING = "iso-8859-1"

# Which tables are Derby's own, and how the data are encrypted. A provider of ciphers is not among
# them: it is a class of the server's Java, and ours has the same ciphers.
KEPT = re.compile(
    r"derby\.serviceProtocol|derby\.serviceLocale|derby\.storage\.propertiesId"
    r"|Sys\w+Identifier"
    r"|dataEncryption|encryptionAlgorithm|encryptionKeyLength|encryptedBootPassword"
    r"|derby\.encryptionBlockSize|(?:data|log)_encrypt_algorithm_version"
)
VALUE = re.compile(r"[\w./,+-]*")
LOG_DEVICE, RE_ENCRYPTING = "logDevice", "derby.storage.databaseEncryptionStatus"

# A backslash at its end joins a line with the next one; a name ends at a blank, = or :.
_LINE = re.compile(r"((?:\\.|[^\\:=\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Vetted:
    """`text` is the file to open the database with; `left_out` names what is not in it."""

    text: str
    left_out: tuple[str, ...]


def parse(text: str) -> dict[str, str]:
    """As java.util.Properties reads it."""
    found = {}
    for line in _logical_lines(text):
        # It matches any text.
        if (parts := _LINE.fullmatch(line)) is not None:
            found[_unescaped(parts[1])] = _unescaped(parts[2])
    return found


def find_outside(properties: dict[str, str]) -> SourceError | None:
    """Why a database with these properties is not to be opened."""
    if where := properties.get(LOG_DEVICE):
        return SourceOutside(f"Its log is in {where} ({LOG_DEVICE}). {SourceOutside()}")
    if RE_ENCRYPTING in properties:
        return SourceUnfinished()
    return None


def vet(text: str) -> Vetted:
    properties = parse(text)
    kept = {
        name: value
        for name, value in properties.items()
        if KEPT.fullmatch(name) and VALUE.fullmatch(value)
    }
    lines = [*(f"{name}={value}" for name, value in kept.items()), LAST_LINE, ""]
    return Vetted("\n".join(lines), tuple(sorted(properties.keys() - kept.keys())))


def vet_copy(directory: Path) -> tuple[str, ...]:
    """Write the private copy's file again; what was left out."""
    path = directory / PROPERTIES
    vetted = vet(path.read_text(ENCODING))
    path.write_text(vetted.text, ENCODING)
    (directory / OLDER).unlink(missing_ok=True)
    return vetted.left_out


def _logical_lines(text: str) -> Iterator[str]:
    pending = ""
    for line in split_lines(text):
        stripped = line.lstrip(" \t\f")
        if not pending and stripped[:1] in ("", "#", "!"):
            continue
        pending += stripped
        backslashes = len(pending) - len(pending.rstrip("\\"))
        if backslashes % 2:
            pending = pending[:-1]
            continue
        yield pending
        pending = ""
    if pending:
        yield pending


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code, character = found.groups()
        return chr(int(code, 16)) if code else _CONTROLS.get(character, character)

    return _ESCAPE.sub(one, text)
