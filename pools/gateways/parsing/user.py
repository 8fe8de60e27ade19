"""`tell traveler user <user>`: what a server knows of a user and the user's devices.

Documented in part (domain.md 1): three opening sentences, then Canonical Name, Internet Address,
Master Server, Master Server Locked, then the devices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.domain.names import abbreviated, common_name
from pools.gateways.parsing import console_lines
from pools.gateways.parsing.records import FieldNames

FIELDS = FieldNames(
    {
        "canonical_name": ("Canonical Name",),
        "internet_address": ("Internet Address",),
        "master_server": ("Master Server",),
        "master_server_locked": ("Master Server Locked",),
        "device_id": ("Device ID", "DeviceId"),
    }
)
# A negation belongs to a verb or to what is denied; `no` alone may be a name or a file.
_NEGATION = re.compile(
    r"\b(?:has|have|had|does|do|did|is|are|was|were|be|can|could|may|will)(?: \w+ly)? (?:not|no)\b"
    r"|\b(?:cannot|disabled|denied)\b|n't\b"
    r"|\b(?:not|no)(?: longer)? (?:access|rights?|able|allowed|enabled|available|possible)\b",
    re.IGNORECASE,
)
_ANY_NEGATION = re.compile(r"\b(?:not|no|never|without)\b", re.IGNORECASE)
# Names and paths, whose words mean nothing: quoted ones and hierarchical names, then words that are
# a database or have a slash within. Each pattern stops where the next attempt would begin, so the
# time that a line takes grows with its length alone.
_QUOTED = re.compile(r"“[^”]*”")
_QUOTED_STRAIGHT = re.compile(r"\"[^\"]*\"")
_HIERARCHICAL = re.compile(r"\bCN=[^/=]+(?:/[A-Z]{1,2}\d?=[^\s,;/=]+)+", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_OF_A_PATH = re.compile(r"\S[\\/]\S|\S\.nsf\b", re.IGNORECASE)
# What a sentence about each has to say: all of it, the parts in any order.
_SENTENCES = {
    key: tuple(re.compile(part, re.IGNORECASE) for part in parts)
    for key, parts in (
        ("mail_access", (r"\baccess\b", r"\bmail file\b")),
        ("monitoring", (r"\bmonitoring\b", r"\b(?:enabled|disabled)\b")),
        ("encrypted_mail", (r"\bencrypted mail\b",)),
    )
}


@dataclass(frozen=True, slots=True)
class UserDevice:
    """One device of the user: everything printed, by its printed name."""

    device_id: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UserReport:
    """None or '' where it was not printed, or is not known. `sentences`: those about the mail
    file, as printed."""

    mail_access: bool | None = None
    monitoring: bool | None = None
    encrypted_mail: bool | None = None
    canonical_name: str = ""
    internet_address: str = ""
    master_server: str = ""
    master_server_locked: str = ""
    devices: tuple[UserDevice, ...] = ()
    sentences: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


def parse(text: str) -> UserReport:
    """Read the console's answer; never raises."""
    opening: dict[str, str] = {}
    known: dict[str, str] = {}
    other: dict[str, str] = {}
    devices: list[tuple[str, dict[str, str]]] = []
    unread: list[str] = []
    for line in console_lines.texts(text):
        if not line.strip():
            continue
        read = FIELDS.read_field(line)
        sentence = "" if read and read[0] else _sentence(line)
        if sentence and sentence not in opening:
            opening[sentence] = line.strip()
        elif read is None:
            unread.append(line.strip())
        elif read[0] == "device_id":
            devices.append((read[2], {}))
        elif devices:
            devices[-1][1][read[1]] = read[2]
        elif read[0]:
            # The first counts: what comes again belongs to somebody another command asked for.
            known.setdefault(read[0], read[2])
        else:
            other[read[1]] = read[2]
    verdicts = {
        key: _affirmed(line, known.get("canonical_name", "")) for key, line in opening.items()
    }
    return UserReport(
        mail_access=verdicts.get("mail_access"),
        monitoring=verdicts.get("monitoring"),
        encrypted_mail=verdicts.get("encrypted_mail"),
        canonical_name=known.get("canonical_name", ""),
        internet_address=known.get("internet_address", ""),
        master_server=known.get("master_server", ""),
        master_server_locked=known.get("master_server_locked", ""),
        devices=tuple(UserDevice(name, tuple(fields.items())) for name, fields in devices),
        sentences=tuple(opening.values()),
        other=tuple(other.items()),
        unread=tuple(unread),
    )


def _affirmed(sentence: str, canonical_name: str) -> bool | None:
    """Whether the sentence says yes; None where a negation is left that belongs to no verb."""
    text = sentence
    for name in (canonical_name, abbreviated(canonical_name), common_name(canonical_name)):
        if name:
            # In its own case of letters: somebody may be called Has Not.
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    # After the last closing mark, every opening one would look for another to the end of the line.
    quoted, mark, rest = text.rpartition("”")
    text = _QUOTED_STRAIGHT.sub(" ", _QUOTED.sub(" ", quoted + mark) + rest)
    text = _HIERARCHICAL.sub(" ", text)
    text = " ".join(word for word in _WORD.findall(text) if not _OF_A_PATH.search(word))
    if _NEGATION.search(text):
        return False
    return None if _ANY_NEGATION.search(text) else True


def _sentence(line: str) -> str:
    return next(
        (key for key, parts in _SENTENCES.items() if all(part.search(line) for part in parts)), ""
    )
