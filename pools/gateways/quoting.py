"""Making a value safe for a command line: refuse what cannot be quoted, quote the rest."""

from __future__ import annotations

import re
import shlex
import unicodedata

from pools.gateways.errors import UnsafeText
from pools.states import Platform

SINGLE_QUOTE = "'"
DOUBLE_QUOTE = '"'

# Cc: control, Zl/Zp: line and paragraph separators, Cs: lone surrogates (not encodable).
_REFUSED_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Cs"})
_ACTIVE = frozenset('"`$;|<>\\')
# cmd.exe and PowerShell expand these even between double quotes, and know no reliable escape.
_REFUSED_ON_WINDOWS = frozenset('"%$`')
_PLAIN_ON_WINDOWS = re.compile(r"[\w@+=:,./\\-]+")


def refuse_control_characters(value: str) -> str:
    """Return `value`, or raise UnsafeText when it could start a second line or command."""
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in value):
        raise UnsafeText("A value contains a line break or another control character.")
    return value


def refuse_active_characters(value: str) -> str:
    """Return `value`, or raise UnsafeText when the Domino console or a shell could act on it.

    Start scripts may hand the console command to a second shell (`su -c`), beyond our quoting, and
    the console knows no escape. No Domino name needs these characters; ' and & stay allowed.
    """
    if _ACTIVE.intersection(value):
        raise UnsafeText('A value contains one of " ` $ ; | < > \\ which no console name needs.')
    return refuse_control_characters(value)


def escape_for_shell(value: str, quote: str, *, platform: str) -> str:
    """Return `value` for a place of a command line where `quote` ('', ' or ") is open."""
    refuse_control_characters(value)
    if platform == Platform.WINDOWS:
        return _escape_for_windows(value, quote)
    if quote == DOUBLE_QUOTE:
        return re.sub(r'([\\"$`])', r"\\\1", value)
    if quote == SINGLE_QUOTE:
        return value.replace("'", "'\\''")
    return shlex.quote(value)


def _escape_for_windows(value: str, quote: str) -> str:
    if _REFUSED_ON_WINDOWS.intersection(value):
        raise UnsafeText('A value contains one of " % $ ` which Windows would interpret.')
    if quote == DOUBLE_QUOTE or (not quote and _PLAIN_ON_WINDOWS.fullmatch(value)):
        return value
    if quote == SINGLE_QUOTE:
        raise UnsafeText("Single quotes do not quote on Windows; correct the command profile.")
    return f'"{value}"'
