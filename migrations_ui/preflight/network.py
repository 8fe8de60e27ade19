"""Checks of what lies between the devices and the pool."""

from __future__ import annotations

from http import HTTPStatus

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import Check, Verdict, passed, warning

GROUP = "network"


def pool_url_answers(facts: Facts) -> Verdict:
    pool = facts.pool
    if pool.url_failure:
        return warning(
            f"{pool.external_url}: {pool.url_failure}",
            "Devices use this address: set up its DNS name and the balancer before the cut-over.",
        )
    if pool.url_status is not None and pool.url_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return warning(
            f"{pool.external_url} answers with HTTP {pool.url_status}.",
            "Look at the balancer and the servers behind it.",
        )
    return passed(f"{pool.external_url} answers with HTTP {pool.url_status}.")


CHECKS: tuple[Check, ...] = (
    Check("pool_url", GROUP, "The pool's address answers", pool_url_answers),
)
