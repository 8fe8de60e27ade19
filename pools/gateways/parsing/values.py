"""Printed values into typed ones; None for what does not fit, so that the caller can say so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.gateways.parsing.words import GIVEN, AnswerWords

# What a column of 32 bits holds, whatever the digits.
_INTEGER = re.compile(r"[+-]?\d{1,9}")
_ADDRESS = re.compile(
    r"\[?(?P<ip>[^\s\[\]]*?)\]?:(?P<server>\d{1,5})?\s*,\s*(?P<servlet>\d{1,5})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class PoolAddress:
    """`IP:SrvrPort,SrvltPort` of a pool member (domain.md 1)."""

    ip_address: str
    server_port: int | None
    servlet_port: int | None


def truth(value: str, words: AnswerWords = GIVEN) -> bool | None:
    """Read True/False, yes/no, on/off, 1/0, or what the words say."""
    folded = value.strip().casefold()
    if folded == "1" or folded in {word.casefold() for word in words.yes}:
        return True
    return False if folded == "0" or folded in {word.casefold() for word in words.no} else None


def integer(value: str) -> int | None:
    """Read a whole number, with or without thousands separators and a percent sign."""
    plain = value.strip().rstrip("%").replace(",", "").strip()
    return int(plain) if plain.isascii() and _INTEGER.fullmatch(plain) else None


def count(value: str) -> int | None:
    """Read a whole number that is not below zero."""
    number = integer(value)
    return number if number is not None and number >= 0 else None


def pool_address(value: str) -> PoolAddress | None:
    """Read `10.0.0.1:50125,50126`."""
    match = _ADDRESS.fullmatch(value.strip())
    if match is None:
        return None
    server, servlet = match["server"], match["servlet"]
    return PoolAddress(
        match["ip"], int(server) if server else None, int(servlet) if servlet else None
    )
