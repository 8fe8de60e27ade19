"""A small pool, started once for all tests that leave its hosts as they found them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from tests.lab_fixture import RunningLab, running_lab


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
