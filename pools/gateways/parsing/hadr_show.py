"""`tell traveler hadr show`: the servers of a pool.

Documented: the fields Domino Name, ID, Host Name, IP:SrvrPort,SrvltPort, Alive, in this order. The
other names are guesses from the Servers view and the API (domain.md 1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pools.gateways.parsing import console_lines, values
from pools.gateways.parsing.records import Anchor, FieldNames, Record, read_records
from pools.gateways.parsing.words import GIVEN, AnswerWords

SPELLINGS: dict[str, tuple[str, ...]] = {
    "server_id": ("ID", "Server ID", "Traveler ID"),
    "host_name": ("Host Name",),
    "address": ("IP:SrvrPort,SrvltPort", "IP:Server Port,Servlet Port"),
    "heartbeat": ("Heartbeat", "Heart Beat", "Last Heartbeat"),
    "availability_index": ("Availability Index", "AI"),
    "users": ("Number of Users", "Users"),
    "version": ("Version", "Traveler Version"),
    "status": ("Server Status", "Status"),
}


@lru_cache(maxsize=64)
def fields_in(words: AnswerWords) -> FieldNames:
    """The headings, those that later steps depend on by the profile's words."""
    return FieldNames({"domino_name": words.name, "alive": words.alive} | SPELLINGS)


# Names may be wider than their column or hold blanks: `ip:port,port` says where they end.
ADDRESS = Anchor("address", re.compile(r"(?<!\S)\S*:\d{1,5},\d{1,5}(?!\S)", re.ASCII))


@dataclass(frozen=True, slots=True)
class HadrMember:
    """One pool member. None or '' where it was not printed; `other`: fields we do not know."""

    domino_name: str
    server_id: str = ""
    host_name: str = ""
    ip_address: str = ""
    server_port: int | None = None
    servlet_port: int | None = None
    alive: bool | None = None
    # As printed.
    alive_text: str = field(default="", compare=False)
    heartbeat: str = ""
    availability_index: int | None = None
    users: int | None = None
    version: str = ""
    status: str = ""
    other: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HadrShow:
    """The members in printed order, and the lines or values that could not be read."""

    members: tuple[HadrMember, ...] = ()
    unread: tuple[str, ...] = ()


def parse(text: str, words: AnswerWords = GIVEN) -> HadrShow:
    """Read the console's answer; never raises."""
    records, unread = read_records(
        console_lines.texts(text), fields_in(words), identity="domino_name", anchor=ADDRESS
    )
    members = tuple(_member(record, unread, words) for record in records)
    return HadrShow(members, tuple(unread))


def _member(record: Record, unread: list[str], words: AnswerWords) -> HadrMember:
    known = record.known
    readings = {
        "alive": values.truth(known.get("alive", ""), words),
        "availability_index": values.integer(known.get("availability_index", "")),
        "users": values.count(known.get("users", "")),
        "address": values.pool_address(known.get("address", "")),
    }
    unread += [
        f"{key}: {known[key]}"
        for key, value in readings.items()
        if value is None and known.get(key)
    ]
    address = values.pool_address(known.get("address", ""))
    return HadrMember(
        domino_name=known["domino_name"],
        server_id=known.get("server_id", ""),
        host_name=known.get("host_name", ""),
        ip_address=address.ip_address if address else "",
        server_port=address.server_port if address else None,
        servlet_port=address.servlet_port if address else None,
        alive=values.truth(known.get("alive", ""), words),
        alive_text=known.get("alive", ""),
        heartbeat=known.get("heartbeat", ""),
        availability_index=values.integer(known.get("availability_index", "")),
        users=values.count(known.get("users", "")),
        version=known.get("version", ""),
        status=known.get("status", ""),
        other=tuple(record.unknown.items()),
    )
