"""Helpdesk search: one box; user name, address, device id or type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from pools.domain.attention import Tone
from pools.domain.devices import DeviceModel, read_device_type
from pools.domain.search_keys import find_typed, typed_search_key
from pools.presentation.diagnosis import is_recent, is_unused
from pools.services import trigram_search
from pools.services.lookup import Match, look_up

# One letter would list a tenth of everybody.
SHORTEST = 2
# Of users, and of devices.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A match with the found text in three parts: before, the letters typed, after."""

    match: Match
    before: str
    found: str
    after: str
    model: DeviceModel | None
    synced_lately: bool
    unused: bool

    @property
    def sync_tone(self) -> Tone:
        if self.unused:
            return "unknown"
        return "good" if self.synced_lately else "bad"

    @property
    def scope(self) -> str:
        """The pool, or the standalone server."""
        person = self.match.user
        if person.pool is not None or person.server is None:
            return str(person.pool or "")
        return f"{person.server.short_name}, standalone"

    @property
    def served_by(self) -> str:
        """The user's server; of a standalone server's user it is said beside the name."""
        person = self.match.user
        if person.master_server is not None:
            return person.master_server.short_name
        if person.pool is None:
            return ""
        if person.master_name:
            return person.master_name
        return "not assigned to a server" if person.details_seen_at else "not queried yet"


@requires(Capability.LOOK_UP_USERS)
@vary_on_headers("HX-Request")
def lookup(request: SignedInRequest) -> HttpResponse:
    """The page, or only the results while somebody types."""
    text = request.GET.get("q", "").strip()
    key = typed_search_key(text)
    access = access_of(request.user)
    found = look_up(text, limit=SHOWN + 1, access=access) if len(key) >= SHORTEST else []
    matches, more = _first(found)
    context = {
        "section": "lookup",
        "lookup_text": text,
        "too_short": 0 < len(key) < SHORTEST,
        "only_beginnings": len(key) < trigram_search.SHORTEST,
        "hits": [_hit(match, text) for match in matches],
        "more": more,
    }
    fragment = request.headers.get("HX-Request") == "true"
    template = "pools/partials/lookup_results.html" if fragment else "pools/lookup.html"
    return render(request, template, context)


def _first(matches: list[Match]) -> tuple[list[Match], bool]:
    """So many users and so many devices, and whether there are more of either."""
    shown: list[Match] = []
    counts: Counter[str] = Counter()
    for match in matches:
        counts[match.kind] += 1
        if counts[match.kind] <= SHOWN:
            shown.append(match)
    return shown, len(shown) < len(matches)


def _hit(match: Match, text: str) -> Hit:
    start, end = find_typed(match.text, text) or (0, 0)
    device, now = match.device, timezone.now()
    return Hit(
        match,
        match.text[:start],
        match.text[start:end],
        match.text[end:],
        read_device_type(device.device_type, device.provider) if device else None,
        device is not None and is_recent(device, now),
        device is not None and is_unused(device, now),
    )
