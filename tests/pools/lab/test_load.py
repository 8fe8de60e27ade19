"""The availability index falls with load, and turns negative at the capacity."""

from __future__ import annotations

from pools.lab.load import LEAST, MOST, WINDOW_SECONDS, Load


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_idle_server_is_wholly_available() -> None:
    assert Load(10).availability_index() == MOST


def test_half_the_capacity_leaves_half() -> None:
    clock = Clock()
    load = Load(10, clock)
    for _ in range(round(WINDOW_SECONDS * 5)):
        load.count_sync()
    assert load.availability_index() == MOST // 2


def test_at_its_capacity_a_server_is_constrained_until_the_load_has_passed() -> None:
    clock = Clock()
    load = Load(10, clock)
    for _ in range(round(WINDOW_SECONDS * 10)):
        load.count_sync()
    assert LEAST <= load.availability_index() < 0
    clock.now += WINDOW_SECONDS + 1
    assert load.availability_index() == MOST
