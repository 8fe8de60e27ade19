"""A Derby database as its files show it, without opening it: complete, of which version, encrypted.

Derby itself is too trusting here: without its log's control file it starts a new log, and what was
only in the old one is lost without a word.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrations_ui.transfer.derby.service_properties import (
    ENCODING,
    PROPERTIES,
    find_outside,
    parse,
)
from migrations_ui.transfer.errors import (
    NotDerby,
    SourceDamaged,
    SourceError,
    SourceKeyOutside,
    SourceNewer,
)

SEGMENT, LOG = "seg0", "log"
# The key that the boot password opens.
SEALED_KEY = "encryptedBootPassword"
CONTROL_FILES = ("log.ctrl", "logmirror.ctrl")
SERVICE = "org.apache.derby.database.Database"
# Container 16 (hexadecimal 10) holds the properties of the conglomerates: none is without it.
FIRST_CONTAINER = "c10.dat"
NAMED_AT_MOST = 3

# Format, an old version number, the last checkpoint's place in the log, major and minor version.
_CONTROL = struct.Struct(">iiqii")
_LOG_FILE = re.compile(r"log(\d+)\.dat")
Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DerbyLayout:
    """`properties` is None without service.properties; the others are names and sizes.

    `control` is what the log's control file begins with.
    """

    properties: str | None
    segment: Mapping[str, int]
    log: Mapping[str, int]
    control: bytes

    @property
    def is_encrypted(self) -> bool:
        return self.settings.get("dataEncryption", "").casefold() == "true"

    @property
    def settings(self) -> dict[str, str]:
        return parse(self.properties or "")

    @property
    def has_outside_key(self) -> bool:
        """Encrypted by a key that was given from outside: Derby keeps no boot password then."""
        return self.is_encrypted and SEALED_KEY not in self.settings

    @property
    def version(self) -> Version | None:
        """Of the Derby that wrote it; None when the control file does not say."""
        if len(self.control) < _CONTROL.size:
            return None
        _, _, _, major, minor = _CONTROL.unpack_from(self.control)
        return major, minor


def read_layout(directory: Path) -> DerbyLayout:
    """Of a directory on this machine."""
    control = next(
        (path for name in CONTROL_FILES if (path := directory / LOG / name).is_file()), None
    )
    properties = directory / PROPERTIES
    return DerbyLayout(
        properties.read_text(ENCODING) if properties.is_file() else None,
        _sizes(directory / SEGMENT),
        _sizes(directory / LOG),
        control.read_bytes()[: _CONTROL.size] if control else b"",
    )


def find_fault(layout: DerbyLayout, *, newest: Version | None = None) -> SourceError | None:
    """What would keep the database from being read; `newest` is the version that can read it."""
    if layout.settings.get("derby.serviceProtocol") != SERVICE:
        return NotDerby()
    if (outside := find_outside(layout.settings)) is not None:
        return outside
    if layout.has_outside_key:
        return SourceKeyOutside()
    return _find_gap(layout) or _find_newer(layout, newest)


def _find_gap(layout: DerbyLayout) -> SourceDamaged | None:
    missing = _missing_containers(layout)
    if missing:
        more = "" if len(missing) <= NAMED_AT_MOST else f" and {len(missing) - NAMED_AT_MOST} more"
        named = ", ".join(missing[:NAMED_AT_MOST])
        return SourceDamaged(f"{SEGMENT} has no {named}{more}, or empty. {SourceDamaged()}")
    if layout.version is None:
        wanted = " nor ".join(CONTROL_FILES)
        return SourceDamaged(f"{LOG} has neither a whole {wanted}. {SourceDamaged()}")
    if not _has_log(layout):
        return SourceDamaged(f"{LOG} lacks the files of its last checkpoint. {SourceDamaged()}")
    return None


def _find_newer(layout: DerbyLayout, newest: Version | None) -> SourceNewer | None:
    if newest is None or layout.version is None or layout.version <= newest:
        return None
    theirs, ours = (".".join(map(str, version)) for version in (layout.version, newest))
    return SourceNewer(f"Derby {theirs} wrote it, the reader has {ours}. {SourceNewer()}")


def _missing_containers(layout: DerbyLayout) -> list[str]:
    """Derby's own tables, by the numbers that service.properties gives them."""
    numbers = (
        int(value)
        for name, value in layout.settings.items()
        if name.endswith("Identifier") and value.isdecimal()
    )
    wanted = [FIRST_CONTAINER, *(f"c{number:x}.dat" for number in sorted(numbers))]
    return [name for name in wanted if not layout.segment.get(name)]


def _has_log(layout: DerbyLayout) -> bool:
    """A running Derby may have gone on to a later file since the control file was read."""
    _, _, checkpoint, _, _ = _CONTROL.unpack_from(layout.control)
    numbers = [
        int(found[1])
        for name, size in layout.log.items()
        if size and (found := _LOG_FILE.fullmatch(name))
    ]
    return any(number >= checkpoint >> 32 for number in numbers)


def _sizes(directory: Path) -> dict[str, int]:
    if not directory.is_dir():
        return {}
    return {path.name: path.stat().st_size for path in directory.iterdir() if path.is_file()}
