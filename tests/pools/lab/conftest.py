"""Two small labs, each started once for all tests that leave their hosts as they found them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic, sleep

import pytest
from pytest_django.plugin import DjangoDbBlocker

from pools.lab.embedded import EmbeddedPostgreSQL
from tests.lab_fixture import RunningLab, running_lab

WAIT_SECONDS = 60


@pytest.fixture(scope="session")
def pool_lab(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """The pool `Acme EU` with trav1 and trav2."""
    with running_lab(
        tmp_path_factory.mktemp("pool"),
        postgresql,
        hosts=["trav1", "trav2"],
        scale=0.1,
        unblocked=django_db_blocker.unblock(),
    ) as lab:
        yield lab


@pytest.fixture(scope="session")
def standalone_lab(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """The standalone server trav32, and empty databases to join."""
    with running_lab(
        tmp_path_factory.mktemp("standalone"),
        postgresql,
        hosts=["trav32"],
        scale=0.5,
        unblocked=django_db_blocker.unblock(),
    ) as lab:
        yield lab


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, not for a time; fails after a minute."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = monotonic() + WAIT_SECONDS
        while not condition():
            assert monotonic() < deadline, "The condition did not come true."
            sleep(0.05)

    return wait
