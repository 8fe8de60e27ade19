"""Limits on signing in: growing delays by account and address, by account, and by address.

- Whoever guesses one account's password from one address waits for the pair of both.
- Whoever guesses it from many addresses waits for the account, a minute at most.
- Whoever tries many accounts from one address waits for the address.

An account that signed in from an address within the last 30 days answers to the pair alone there:
what others try elsewhere, or with other names, does not keep its owner out.
"""

from __future__ import annotations

import ipaddress
import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone
from django.utils.crypto import salted_hmac

from console.accounts.sign_in_counters import SignInCounter

logger = structlog.get_logger(__name__)

FIRST_DELAY = timedelta(seconds=10)
# More doublings than any `longest` needs.
MOST_DOUBLINGS = 12
IPV6_NETWORK = 64
# Longer waits are said in minutes.
SECONDS_IN_WORDS = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; after each further one the delay doubles, up to `longest`."""

    name: str
    free: int
    longest: timedelta

    def delay_after(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta()
        doublings: int = min(failures - self.free, MOST_DOUBLINGS)
        return min(FIRST_DELAY * (1 << doublings), self.longest)


PAIR = Limit("account at address", free=5, longest=timedelta(minutes=5))
ACCOUNT = Limit("account", free=10, longest=timedelta(minutes=1))
ADDRESS = Limit("address", free=10, longest=timedelta(minutes=15))


class TooManyAttempts(Exception):
    """Too many failed attempts to sign in."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(f"Too many failed attempts to sign in. Try again in {self.words}.")

    @property
    def words(self) -> str:
        if self.seconds < SECONDS_IN_WORDS:
            return f"{self.seconds} seconds"
        return f"{math.ceil(self.seconds / 60)} minutes"


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """An attempt that is charged as failed until `succeed` is called."""

    pair: str
    shared: list[str]

    def succeed(self, now: datetime | None = None) -> None:
        now = now or timezone.now()
        SignInCounter.objects.filter(pk=self.pair).update(
            failures=0, blocked_until=None, succeeded_at=now, changed_at=now
        )
        SignInCounter.objects.refund(self.shared)


def begin_attempt(name: str, address: str, now: datetime | None = None) -> SignInAttempt:
    """Charge an attempt to sign in as `name` from `address`, before the password is looked at.

    So of attempts at the same time no more pass than one after the other. A refused attempt is
    charged to nobody. Raises TooManyAttempts.
    """
    now = now or timezone.now()
    name, network = _normalized(name), network_of(address)
    pair = _key(PAIR, f"{network} {name}")
    limits = [(PAIR, pair)]
    if not SignInCounter.objects.is_known(pair, now):
        limits = [
            (ADDRESS, _key(ADDRESS, network)),
            (ACCOUNT, _key(ACCOUNT, name)),
            (PAIR, pair),
        ]
    counters = SignInCounter.objects.in_bulk([key for _, key in limits])
    longest = max(counters.values(), key=lambda counter: counter.wait(now), default=None)
    if longest is not None:
        _refuse_blocked(longest, network, now)
    for limit, key in limits:
        _charge(limit, key, network, now)
    return SignInAttempt(pair, [key for limit, key in limits if limit is not PAIR])


def forget_failures(*, name: str = "", address: str = "") -> int:
    """Lift the delay of an account, an address, or the pair of both; returns how many were."""
    name, network = _normalized(name), network_of(address) if address else ""
    if name and network:
        key = _key(PAIR, f"{network} {name}")
    else:
        key = _key(ACCOUNT, name) if name else _key(ADDRESS, network)
    counters = SignInCounter.objects.filter(pk=key, failures__gt=0)
    return counters.update(failures=0, blocked_until=None)


def network_of(address: str) -> str:
    """Who counts as one address: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        network = ipaddress.IPv6Network((int(parsed), IPV6_NETWORK), strict=False)
        return str(network)
    return str(parsed)


def _charge(limit: Limit, key: str, network: str, now: datetime) -> None:
    while True:
        counter, is_new = SignInCounter.objects.get_or_create(pk=key, defaults={"changed_at": now})
        if is_new:
            SignInCounter.objects.stale(now).delete()
        # Ends: who is overtaken here finds one failure more, and is refused at the latest after
        # as many as are free.
        _refuse_blocked(counter, network, now)
        failures = counter.recent_failures(now) + 1
        delay = limit.delay_after(failures)
        until = now + delay if delay else None
        if SignInCounter.objects.charge(counter, failures=failures, blocked_until=until, now=now):
            return


def _refuse_blocked(counter: SignInCounter, network: str, now: datetime) -> None:
    if wait := counter.wait(now):
        logger.warning("sign_in_limited", address=network, seconds=wait.seconds)
        raise TooManyAttempts(wait)


def _normalized(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _key(limit: Limit, value: str) -> str:
    digest = salted_hmac(
        f"sign-in {limit.name}", value.encode("utf-8", "surrogatepass"), algorithm="sha256"
    )
    return digest.hexdigest()
