"""The helpdesk's search at the API with a million devices.

    DATABASE_URL=… SECRET_KEY=… python -m benchmarks.lookup [--devices 1000000] [--searches 300]

Fills the console's database that DATABASE_URL names (an empty one: it is migrated first), then
searches for exact, beginning and inner parts of names, addresses, ids and types.
"""

# ruff: noqa: E402 - Django has to be set up before its models are imported

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from benchmarks.measuring import speed_of_this_machine
from console.accounts.models import User
from pools.api.lookup import LookUpView
from pools.models import Device, TravelerUser
from pools.services.inventory_rows import fold, fold_name

SEED = 20
FIRST = ("ada", "grace", "alan", "edsger", "barbara", "donald", "katherine", "tim", "radia", "ken")
LAST = (
    "lovelace",
    "hopper",
    "turing",
    "dijkstra",
    "liskov",
    "knuth",
    "johnson",
    "perlman",
    "meyer",
)
SITES = ("Acme", "Köln/Acme", "Tokyo/Acme", "Boston/Acme")
TYPES = ("Apple-iPhone7C1/1607.77", "Apple-iPad6C3/1607.77", "Pixel 7", "SM-G991B", "SM-A525F")


def fill(devices: int) -> None:
    """Half as many users as devices, in portions."""
    now, draw = timezone.now(), random.Random(SEED)
    users = devices // 2
    for start in range(0, users, 5000):
        TravelerUser.objects.bulk_create(_users(start, min(start + 5000, users), now, draw))
    keys = list(TravelerUser.objects.values_list("pk", flat=True))
    for start in range(0, devices, 5000):
        Device.objects.bulk_create(
            _device(keys[number % users], number, now, draw)
            for number in range(start, min(start + 5000, devices))
        )


def _users(start: int, end: int, now: datetime, draw: random.Random) -> Iterator[TravelerUser]:
    for number in range(start, end):
        first, last = draw.choice(FIRST), draw.choice(LAST)
        name = f"CN={first.title()} {last.title()} {number}/O={draw.choice(SITES)}"
        address = f"{first}.{last}{number}@acme.example"
        yield TravelerUser(
            scope="pool-1",
            name=name,
            name_key=fold_name(name),
            address=address,
            address_key=fold(address),
            seen_at=now,
        )


def _device(user_id: int, number: int, now: datetime, draw: random.Random) -> Device:
    device_id, device_type = f"Appl{draw.getrandbits(48):012X}", draw.choice(TYPES)
    return Device(
        user_id=user_id,
        device_id=device_id,
        id_key=fold(device_id),
        device_type=device_type,
        type_key=fold(device_type),
        seen_at=now,
    )


def searches(draw: random.Random, number: int) -> dict[str, list[str]]:
    """What is searched for, by how it matches."""
    users = list(TravelerUser.objects.order_by("pk")[: 50 * number : 50])
    devices = list(Device.objects.order_by("pk")[: 100 * number : 100])
    inner = [device.id_key[draw.randrange(5, 9) :][:7] for device in devices]
    return {
        "exact": [draw.choice([user.name, user.address]) for user in users]
        + [device.device_id for device in devices],
        "prefix": [user.name_key[: draw.randrange(1, 12)] for user in users]
        + [device.id_key[: draw.randrange(1, 12)] for device in devices],
        "substring": inner + [f"{user.address_key.split('@')[0][-6:]}@" for user in users],
        "word inside": [draw.choice(LAST) for _ in users] + ["iphone", "g991", "köln"] * 10,
        "nothing": [f"zz{draw.getrandbits(40):x}" for _ in users],
    }


def summary(milliseconds: list[float]) -> str:
    """Median, 95th percentile and worst."""
    p50, p95 = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[18]
    return f"p50 {p50:5.1f}  p95 {p95:5.1f}  max {max(milliseconds):6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=150)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    if not Device.objects.exists():
        started = time.perf_counter()
        fill(options.devices)
        print(f"filled in {time.perf_counter() - started:.0f} s")
    if connection.vendor in ("postgresql", "sqlite"):
        connection.cursor().execute("ANALYZE")
    person = User(username="benchmark", role="helpdesk", pk=1)
    view = LookUpView.as_view(throttle_classes=[])
    print(f"{connection.vendor}, {Device.objects.count():,} devices")
    print(speed_of_this_machine())
    draw = random.Random(SEED)
    for kind, texts in searches(draw, options.searches).items():
        taken, processor = [], []
        for text in texts:
            request = APIRequestFactory().get("/api/v1/lookup/", {"q": text})
            force_authenticate(request, person)
            started, busy = time.perf_counter(), time.process_time()
            response = view(request).render()
            taken.append((time.perf_counter() - started) * 1000)
            processor.append((time.process_time() - busy) * 1000)
            assert response.status_code == HTTPStatus.OK, response.content
        # On a busy machine only the processor time of this process says something (for SQLite
        # that is all the work; another engine works in processes of its own).
        print(f"{kind:12} {summary(taken)}   processor: {summary(processor)}")


if __name__ == "__main__":
    main()
