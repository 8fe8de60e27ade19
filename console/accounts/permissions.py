"""May this person do that, and to which rows? The one place that answers.

`may(user, Capability.DRAIN_SERVER, pool)` goes by the person's role (`roles.py`) and by the pools
that it holds for. A list or a lookup starts from `scoped(rows, user)`: what belongs to other pools
is not there, so that a page of it is a 404. Standalone servers, databases without a pool, logins,
profiles and the audit belong to people with all pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from console.accounts.capabilities import OF_ALL_POOLS, Capability
from console.accounts.models import User
from console.accounts.roles import ROLES

# As a request or a socket has it; None: nobody.
Person = User | AnonymousUser | None
Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a person may do, and where, as a value: equal for people who see the same.

    `pools` are keys of pools; None: all of them, and what belongs to no pool.
    """

    capabilities: frozenset[Capability] = frozenset()
    pools: frozenset[int] | None = frozenset()

    def may(self, capability: Capability) -> bool:
        return capability in self.capabilities

    def reaches(self, pool: Model | None) -> bool:
        """Whether this pool is one of them; None is asked for what belongs to no pool."""
        return self.pools is None or (pool is not None and pool.pk in self.pools)

    def scoped(self, rows: Rows) -> Rows:
        """Those of the rows that belong to one of the pools. The model says by `pool_path` how a
        row leads to its pool."""
        if self.pools is None:
            return rows
        path: str = cast("Any", rows.model).pool_path
        return rows.filter(**{f"{path}__in": self.pools})

    def __getitem__(self, name: str) -> bool:
        """For templates: `{% if may.drain_server %}`."""
        return Capability(name) in self.capabilities


# Of the console's own renderings, which no one person asks for.
FULL_ACCESS = Access(frozenset(Capability), None)
NO_ACCESS = Access()


def access_of(person: Person) -> Access:
    """Nothing without a role, signed out or switched off."""
    if not isinstance(person, User) or not person.is_active:
        return NO_ACCESS
    granted = ROLES[person.effective_role]
    if person.pool_scope is not None:
        granted -= OF_ALL_POOLS
    return Access(granted, person.pool_scope)


class _Anywhere:
    """No pool is asked about."""


ANYWHERE = _Anywhere()


def may(person: Person, capability: Capability, pool: Model | _Anywhere | None = ANYWHERE) -> bool:
    """Whether the person may do it: at all, or to what belongs to this pool (None: to no pool)."""
    access = access_of(person)
    reaches = isinstance(pool, _Anywhere) or access.reaches(pool)
    return reaches and access.may(capability)


def may_any(person: Person, capabilities: frozenset[Capability]) -> bool:
    """Whether the person has one of them; of none, nobody has."""
    return not capabilities.isdisjoint(access_of(person).capabilities)


def scoped(rows: Rows, person: Person) -> Rows:
    """Those of the rows that belong to the person's pools (`Access.scoped`)."""
    return access_of(person).scoped(rows)
