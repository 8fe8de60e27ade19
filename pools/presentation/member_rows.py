"""The servers of a pool as one table: what `hadr show` lists beside what is entered here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pools.domain.names import abbreviated, name_key
from pools.models import Pool, PoolMember, Server
from pools.presentation.server_state import StateWord, word_for


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line; `server` or `member` may be missing, and the line says which and why."""

    name: str
    server: Server | None
    member: PoolMember | None
    state: StateWord
    version_differs: bool
    remark: str

    @property
    def ports(self) -> str:
        """`10.0.0.5:50125,80`, the notation of `hadr show`."""
        if self.member is None or not self.member.ip_address:
            return ""
        ports = [self.member.server_port, self.member.servlet_port]
        known = ",".join(str(port) for port in ports if port is not None)
        return f"{self.member.ip_address}:{known}" if known else self.member.ip_address


def rows_of(pool: Pool) -> list[MemberRow]:
    """By name, so that no row moves while a person looks. Two queries."""
    servers = {name_key(server.domino_name): server for server in pool.servers.in_service()}
    members = {name_key(member.domino_name): member for member in pool.members.all()}
    usual = _usual_version(servers.values())
    rows = []
    for key in sorted(servers.keys() | members.keys()):
        server, member = servers.get(key), members.get(key)
        rows.append(
            MemberRow(
                name=abbreviated((servers.get(key) or members[key]).domino_name),
                server=server,
                member=member,
                state=word_for(server) if server else _unknown_member(member),
                version_differs=bool(
                    server and server.traveler_version and server.traveler_version != usual
                ),
                remark=_remark(pool, server, member),
            )
        )
    return rows


def _usual_version(servers: Iterable[Server]) -> str:
    versions = Counter(server.traveler_version for server in servers if server.traveler_version)
    return versions.most_common(1)[0][0] if versions else ""


def _unknown_member(member: PoolMember | None) -> StateWord:
    if member is not None and member.alive is False:
        return StateWord("bad", "not alive", "Its heartbeat in the pool's database is old.")
    if member is not None and member.alive:
        return StateWord(
            "unknown", "alive, not watched", "The pool lists it; nobody entered it here."
        )
    return StateWord("unknown", "not watched", "")


def _remark(pool: Pool, server: Server | None, member: PoolMember | None) -> str:
    if server is None:
        return "listed by the pool, not entered here"
    if member is None:
        return "not listed by hadr show" if pool.members_seen_at else ""
    if member.alive is False:
        return "hadr show: not alive"
    return ""
