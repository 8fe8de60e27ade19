"""Address, credentials and transport security of one database."""

from __future__ import annotations

from dataclasses import dataclass, field

from pools.states import TlsMode


@dataclass(frozen=True, slots=True)
class DatabaseLogin:
    """`engine` is a key of `ENGINES`.

    `ca_pem`: the authority that the server is verified with; empty for the worker's own store.
    `allow_cleartext`: the server may ask for the password as it is, over a connection on which
    somebody else could be asking. `options` are further ones of the driver, as a URL has them.
    """

    engine: str
    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    schema: str = ""
    tls: str = TlsMode.PREFERRED
    ca_pem: str = ""
    allow_cleartext: bool = False
    options: tuple[tuple[str, str], ...] = ()

    @property
    def is_verified(self) -> bool:
        """Whether only the right server gets the connection, and so may see the password."""
        return self.tls == TlsMode.VERIFIED
