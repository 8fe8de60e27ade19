"""The database setting inside LotusTraveler.nsf.

`travelerUtil db set` keeps address and login there, encrypted (domain.md 2). The real format is
not public; the lab writes a binary file of plausible size whose first bytes are those of a Notes
database, and a sealed block of its own at the end. So the setting travels with a backup of the
file, as it does in the real world.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType

from cryptography.fernet import Fernet

from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from pools.databases.jdbc import JdbcUrl, parse_jdbc_url
from pools.databases.jdbc_form import NotJdbc

HEADER = bytes.fromhex("1a000004000000000000000000000000")
MARK = b"\x00LAB-DB-SETTING\x00"
BODY_BYTES = 400_000
OTHER_DRIVER = re.compile(r"jdbc:(?P<engine>\w+)://")


@dataclass(frozen=True, slots=True)
class NsfDatabaseSetting:
    """What `db set` was given and found: JDBC URL, login, path of the JDBC driver."""

    url: str
    user: str
    password: str = field(repr=False)
    path: str = ""

    def login(self, notes_ini: Mapping[str, str] = MappingProxyType({})) -> DatabaseLogin:
        """The same for a Django backend; raises ValueError when the URL is not understood.

        The schema is that of the URL, or of notes.ini where the engine has it there.
        """
        address = _read(self.url)
        if address is None:
            other = OTHER_DRIVER.match(self.url)
            if other is not None and other["engine"] not in ENGINES:
                raise ValueError(f"There is no driver for {self.url}.")
            raise ValueError("The URL is not valid. It reads jdbc:engine://host:port/database.")
        parameter = ENGINES[address.engine].schema_parameter
        return DatabaseLogin(
            engine=address.engine,
            host=address.host,
            port=address.port,
            name=address.database,
            user=self.user,
            password=self.password,
            schema=notes_ini.get(parameter, "") if parameter else address.schema,
        )


def engine_of(url: str) -> str:
    """The engine that a JDBC URL names; empty when it is none."""
    address = _read(url)
    return address.engine if address else ""


def _read(url: str) -> JdbcUrl | None:
    try:
        address = parse_jdbc_url(url)
    except NotJdbc:
        return None
    return address if address.database else None


class TravelerNsf:
    """LotusTraveler.nsf of one host; `server_id` seals the setting, as a server's ID file does."""

    def __init__(self, path: Path, server_id: str) -> None:
        self.path = path
        digest = hashlib.sha256(server_id.encode()).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(digest))

    def create(self, seed: str) -> None:
        self.path.write_bytes(notes_database(seed, BODY_BYTES))

    def read_setting(self) -> NsfDatabaseSetting | None:
        """None means: the local Derby database is used."""
        _, mark, sealed = self.path.read_bytes().partition(MARK)
        if not mark:
            return None
        return NsfDatabaseSetting(**json.loads(self._seal.decrypt(sealed)))

    def write_setting(self, setting: NsfDatabaseSetting | None) -> None:
        body, _, _ = self.path.read_bytes().partition(MARK)
        if setting is not None:
            body += MARK + self._seal.encrypt(json.dumps(asdict(setting)).encode())
        self.path.write_bytes(body)


def notes_database(seed: str, size: int) -> bytes:
    """A file that begins like a Notes database."""
    return HEADER + Random(seed).randbytes(size)
