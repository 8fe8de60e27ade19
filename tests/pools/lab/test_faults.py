"""Faults are felt by whoever talks to the host, and only while they are on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pools.lab.faults import FAULTS, set_fault
from tests.lab_fixture import RunningLab


@pytest.fixture
def fault(standalone_lab: RunningLab, request: pytest.FixtureRequest) -> Iterator[str]:
    entry = standalone_lab.host("trav32")
    set_fault(standalone_lab.directory, entry, request.param, active=True)
    yield request.param
    set_fault(standalone_lab.directory, entry, request.param, active=False)


@pytest.mark.parametrize("fault", ["hang-ssh"], indirect=True)
def test_commands_hang(standalone_lab: RunningLab, fault: str) -> None:
    with pytest.raises(TimeoutError):
        standalone_lab.run("trav32", "domino status", timeout=1)


@pytest.mark.parametrize("fault", ["fail-commands"], indirect=True)
def test_commands_fail(standalone_lab: RunningLab, fault: str) -> None:
    assert (standalone_lab.run("trav32", "domino status"))[0] == 1


@pytest.mark.parametrize("fault", ["hang-http"], indirect=True)
def test_http_hangs(standalone_lab: RunningLab, fault: str) -> None:
    url = standalone_lab.host("trav32").base_url + "/api/traveler/servers"
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, auth=standalone_lab.administrator, timeout=1)


@pytest.mark.parametrize("fault", ["fail-stop"], indirect=True)
def test_domino_does_not_stop(standalone_lab: RunningLab, fault: str) -> None:
    assert (standalone_lab.run("trav32", "domino stop"))[0] == 1
    assert (standalone_lab.run("trav32", "domino status"))[0] == 3


@pytest.mark.parametrize(
    ("fault", "colour"), [("yellow", "Yellow"), ("red", "Red")], indirect=["fault"]
)
def test_the_status_has_a_colour_and_a_reason(
    standalone_lab: RunningLab, fault: str, colour: str
) -> None:
    status = standalone_lab.console("trav32", "tell traveler status")
    assert f"{colour} Status Messages" in status
    assert f"The overall status of HCL Traveler is {colour}." in status


def test_traveler_does_not_start(standalone_lab: RunningLab) -> None:
    entry = standalone_lab.host("trav32")
    standalone_lab.console("trav32", "tell traveler quit")
    set_fault(standalone_lab.directory, entry, "fail-start", active=True)
    try:
        answer = standalone_lab.console("trav32", "load traveler")
        assert "Server did not start." in answer
    finally:
        set_fault(standalone_lab.directory, entry, "fail-start", active=False)
    assert "Server started." in standalone_lab.console("trav32", "load traveler")


def test_every_fault_is_explained() -> None:
    assert all(meaning.endswith(".") for meaning in FAULTS.values())
