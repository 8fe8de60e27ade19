"""Checks of what lies between the devices and the pool."""

from __future__ import annotations

from http import HTTPStatus

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import Check, CheckVerdict, passed, warning

GROUP = "network"
# Whoever answers so knows no such page; 401 and 403 are Traveler asking who comes.
NOT_TRAVELER = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.GONE,
    HTTPStatus.MISDIRECTED_REQUEST,
)


def pool_url_answers(facts: Facts) -> CheckVerdict:
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
    if pool.url_status in NOT_TRAVELER:
        return warning(
            f"Something answers at {pool.external_url}, but not Traveler: HTTP {pool.url_status}.",
            "Check the path of the pool's external URL, and where the balancer sends it.",
        )
    return passed(f"{pool.external_url} answers with HTTP {pool.url_status}.")


def api_is_encrypted(facts: Facts) -> CheckVerdict:
    url = facts.server.cleartext_url
    if not url:
        return passed("The server's API is asked over HTTPS, or on this machine.")
    return warning(
        f"{url} is plain HTTP: the password of the server's API login can be read on the way.",
        "Enter an https:// address for the server.",
    )


def probe_is_encrypted(facts: Facts) -> CheckVerdict:
    url = facts.pool.cleartext_probe_url
    if not url:
        return passed("No probe user's password is sent in the clear.")
    return warning(
        f"{url} is plain HTTP: the password of the pool's probe user can be read on the way.",
        "Enter an https:// address for the pool, or take the probe user off it.",
    )


CHECKS: tuple[Check, ...] = (
    Check("pool_url", GROUP, "The pool's address answers", pool_url_answers),
    Check("api_https", GROUP, "Passwords are sent encrypted", api_is_encrypted, stands=True),
    Check(
        "probe_https",
        GROUP,
        "The probe user's password is sent encrypted",
        probe_is_encrypted,
        stands=True,
    ),
)
