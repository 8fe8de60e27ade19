"""Pools: entering and changing them."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

from console.accounts.models import User
from pools.models import DatabaseConfiguration, Login, Pool
from pools.services.rows import change_row, enter_row


def create_pool(
    name: str,
    *,
    actor: User | None,
    external_url: str,
    database: DatabaseConfiguration,
    ca_certificate: str = "",
    probe_login: Login | None = None,
    allow_http: bool = False,
    slug: str = "",
) -> Pool:
    """Enter a pool; it has no server yet. Raises ValidationError."""
    pool = Pool(
        name=name,
        slug=slug or free_slug(name),
        external_url=external_url,
        database=database,
        ca_certificate=ca_certificate,
        probe_login=probe_login,
        allow_http=allow_http,
    )
    return enter_row(pool, actor=actor, action="create_pool")


def update_pool(pool: Pool, *, actor: User | None, **changes: Any) -> Pool:
    """Change a pool; its slug, and so its address, stays.

    Raises ValidationError, and the ServiceError of a guard.
    """
    return change_row(pool, actor=actor, action="update_pool", changes=changes)


def free_slug(name: str) -> str:
    """The name as part of an address: `Acme EU` is `acme-eu`, or `acme-eu-2` when that is taken.

    A name without any letter an address can hold becomes `pool`. `add` is the page's own.
    """
    stem = slugify(name)[:70] or "pool"
    taken = {"add", *Pool.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in candidates if slug not in taken)
