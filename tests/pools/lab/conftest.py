"""A small standalone server, started once for all tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from tests.lab_fixture import RunningLab, running_lab


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
