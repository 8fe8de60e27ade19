"""The remedy belongs to what went wrong, and leads to the thing it is about."""

from __future__ import annotations

import pytest

from migrations_ui.presentation.remedies import GOING_BACK, REMEDIES, cause, concerned, remedy
from migrations_ui.runner.failures import failure_of
from migrations_ui.states import About, StepName
from migrations_ui.steps.errors import StepFailed
from migrations_ui.transfer.errors import SourceLocked, TransferError
from pools.databases import errors as databases
from pools.gateways import errors as gateways
from tests.migrations_ui.factories import MigrationFactory


@pytest.mark.parametrize(
    ("error", "step", "about"),
    [
        (gateways.LoginRefused(), StepName.CONFIGURE, About.SERVER),
        (gateways.NameNotFound(), StepName.COPY, About.SERVER),
        (databases.DatabaseLoginRefused(), StepName.SCHEMA, About.DATABASE),
        (databases.DatabasePortClosed(), StepName.PREFLIGHT, About.DATABASE),
        (SourceLocked(), StepName.COPY, About.SERVER),
        (TransferError("x"), StepName.VERIFY, About.DATABASE),
        (StepFailed("No jar.", remedy="Copy it."), StepName.CONFIGURE, About.SERVER),
        (StepFailed("No file 2.", remedy="Run it."), StepName.SCHEMA, About.DATABASE),
    ],
)
def test_a_failure_is_about_one_thing(error: Exception, step: StepName, about: About) -> None:
    assert failure_of(error, step).about is about


def test_what_waited_too_long_is_about_what_was_away() -> None:
    error = StepFailed("Away for a minute.", remedy="Look there.")
    error.__cause__ = databases.DatabasePortClosed()
    assert failure_of(error, StepName.CONFIGURE).about is About.DATABASE


@pytest.mark.django_db
def test_the_remedy_is_that_of_the_error_and_said_once() -> None:
    failure = failure_of(
        StepFailed("The backup is damaged.", remedy="Check the worker's disk, then retry."),
        StepName.BACKUP,
    )
    migration = MigrationFactory(
        broken=True, failure=failure.text, failure_remedy=failure.remedy, failure_about="server"
    )
    assert cause(migration) == "The backup is damaged."
    assert remedy(migration) == "Check the worker's disk, then retry."
    migration.is_going_back = True
    assert remedy(migration) == f"Check the worker's disk, then retry. {GOING_BACK}"


@pytest.mark.django_db
def test_the_thing_has_a_link() -> None:
    migration = MigrationFactory(broken=True, failure_about=About.DATABASE)
    database = migration.pool.database
    found = concerned(migration)
    assert found is not None
    assert (found.name, found.url) == (database.name, f"/databases/{database.pk}/")
    migration.failure_about = About.SERVER
    found = concerned(migration)
    assert found is not None
    assert found.url == migration.server.get_absolute_url()


@pytest.mark.django_db
def test_an_error_without_a_remedy_leaves_the_advice_of_its_step() -> None:
    migration = MigrationFactory(broken=True, failure="The chunk was refused.")
    assert remedy(migration) == REMEDIES[StepName.COPY]
    assert cause(migration) == "The chunk was refused."
    assert concerned(migration) is None
