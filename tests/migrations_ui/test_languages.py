"""Hosts that do not speak English: a German one is migrated, an unknown language is blocked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.models import Migration
from migrations_ui.runner.preflight import run_checks
from migrations_ui.services.migrations import (
    check_migration,
    create_migration,
    roll_back_migration,
)
from migrations_ui.states import MigrationStatus
from pools.lab.enrolment import enroll_lab
from pools.lab.scenario import DEFAULT_SCENARIO
from pools.models import Pool, Server
from pools.services.logins import update_profile
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.whole_migrations import cut_over, run, run_to_the_gate

pytestmark = pytest.mark.usefixtures("queued")


@pytest.fixture
def lab(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgresql: EmbeddedPostgreSQL,
    administrator: User,
) -> Iterator[RunningLab]:
    """Both hosts speak the language that the test is given."""
    scenario = tmp_path / "scenario.toml"
    text = DEFAULT_SCENARIO.read_text(encoding="utf-8")
    for name in ("trav1", "trav4"):
        heading = f'name = "{name}"\n'
        assert heading in text
        text = text.replace(heading, f'{heading}language = "{request.param}"\n')
    scenario.write_text(text, encoding="utf-8")
    with running_lab(tmp_path, postgresql, scenario=scenario, hosts=["trav1", "trav4"]) as running:
        enroll_lab(running.directory)
        yield running


@pytest.fixture
def draft(lab: RunningLab, work_directory: Path, administrator: User) -> Migration:
    return create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(),
        actor=administrator,
        drain_seconds=0,
    )


@pytest.mark.parametrize("lab", ["de"], indirect=True)
def test_a_german_server_is_migrated_and_rolled_back(lab: RunningLab, draft: Migration) -> None:
    run_to_the_gate(draft)
    cut_over(draft)
    assert "Wahr" in lab.console("trav4", "tell traveler hadr show")
    roll_back_migration(draft, actor=draft.actor, typed_name="trav4")
    run(draft)
    assert draft.status == MigrationStatus.ROLLED_BACK, draft.failure
    assert "GRÜN" in lab.console("trav4", "tell traveler status")


@pytest.mark.parametrize("lab", ["fr"], indirect=True)
def test_a_language_that_nobody_entered_is_blocked_before_anything_is_stopped(
    lab: RunningLab, draft: Migration, administrator: User
) -> None:
    check_migration(draft, actor=administrator)
    run_checks(draft.pk)
    found = {finding.check_id: finding for finding in draft.findings.blockers()}
    assert set(found) == {"status_read", "members_read", "check_read"}
    assert "L'état global de HCL Traveler est VERT" in found["status_read"].seen
    assert "“green”" in found["status_read"].remedy
    profile = draft.server.profile
    assert profile.name in found["status_read"].remedy

    words = profile.answer_words
    for key, word in {
        "overall": "état global",
        "green": "vert",
        "alive": "Actif",
        "yes": "vrai",
        "no": "faux",
        "valid": "convient",
    }.items():
        words = words.replace(f"{key} = ", f"{key} = {word}, ")
    update_profile(profile, actor=administrator, answer_words=words)
    check_migration(draft, actor=administrator)
    run_checks(draft.pk)
    assert not draft.findings.blockers().exists(), list(draft.findings.blockers())
    draft.refresh_from_db()
    assert draft.status == MigrationStatus.READY
