"""`manage.py lab` on the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pools.models import Server
from tests.lab_fixture import RunningLab


def lab_command(*arguments: str, **options: Any) -> str:
    output = StringIO()
    call_command("lab", *arguments, stdout=output, **options)
    return output.getvalue()


def test_without_a_lab_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="start one with"):
        lab_command("enroll", directory=str(tmp_path))


def test_a_pool_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--database-url"):
        lab_command(directory=str(tmp_path))
    assert not (tmp_path / "lab.json").exists()


def test_a_database_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="engine://user"):
        lab_command(directory=str(tmp_path), database_url="postgresql:traveler")


def test_an_engine_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no engine oracle; known are postgresql, db2"):
        lab_command(directory=str(tmp_path), database_url="oracle://u:p@h:1521/traveler")


@pytest.mark.django_db
def test_hosts_are_enrolled(pool_lab: RunningLab) -> None:
    output = lab_command("enroll", "--directory", str(pool_lab.directory.path))
    assert output.splitlines() == ["trav1/Acme has been entered.", "trav2/Acme has been entered."]
    assert Server.objects.filter(pool__isnull=False).count() == 2


def test_a_fault_is_switched_on_and_off(pool_lab: RunningLab) -> None:
    directory = str(pool_lab.directory.path)
    assert lab_command("fault", "trav1", "red", "--directory", directory) == "trav1: red is on.\n"
    assert "Red" in pool_lab.console("trav1", "tell traveler status")
    lab_command("fault", "trav1", "red", "--off", "--directory", directory)
    assert "GREEN" in pool_lab.console("trav1", "tell traveler status")


def test_a_host_that_is_none_is_named_with_those_there_are(pool_lab: RunningLab) -> None:
    with pytest.raises(CommandError, match="it has trav1, trav2"):
        lab_command("fault", "trav9", "red", directory=str(pool_lab.directory.path))


def test_traffic_is_reported(pool_lab: RunningLab) -> None:
    directory = str(pool_lab.directory.path)
    report = lab_command(
        "traffic", "--devices=5", "--seconds=1", "--rate=10", f"--directory={directory}"
    )
    assert "recovery syncs  0" in report
    assert "failures        0" in report
