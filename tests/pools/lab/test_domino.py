"""Domino on a host: what is open while it runs, and what its console answers."""

from __future__ import annotations

import httpx
import pytest

from tests.lab_fixture import RunningLab
from tests.waiting import wait_until


def test_stopping_domino_frees_derby_and_closes_http(standalone_lab: RunningLab) -> None:
    entry = standalone_lab.host("trav32")
    lock = standalone_lab.directory.data(entry) / "traveler" / "ntsdb" / "db.lck"
    assert lock.exists()
    status, _ = standalone_lab.run("trav32", "domino stop")
    assert status == 0
    assert not lock.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(entry.base_url)
    assert (standalone_lab.run("trav32", "domino status"))[0] == 0

    standalone_lab.run("trav32", "domino start")
    assert (standalone_lab.run("trav32", "domino status"))[0] == 3
    assert lock.exists()
    assert httpx.get(entry.base_url + "/traveler").status_code == 401


def test_the_console_log_is_archived_at_each_start(standalone_lab: RunningLab) -> None:
    support = standalone_lab.directory.data(standalone_lab.host("trav32")) / "IBM_TECHNICAL_SUPPORT"
    before = len(list(support.glob("console_*.log")))
    standalone_lab.run("trav32", "domino restart")
    assert len(list(support.glob("console_*.log"))) == before + 1
    assert "Traveler: Server started." in (support / "console.log").read_text(encoding="utf-8")


def test_traveler_stops_and_loads_while_domino_goes_on(standalone_lab: RunningLab) -> None:
    entry = standalone_lab.host("trav32")
    lock = standalone_lab.directory.data(entry) / "traveler" / "ntsdb" / "db.lck"
    assert "Server stopped." in standalone_lab.console("trav32", "tell traveler quit")
    assert not lock.exists()
    servers = entry.base_url + "/api/traveler/servers"
    assert httpx.get(servers, auth=standalone_lab.administrator).status_code == 503
    assert "Task name not found" in standalone_lab.console("trav32", "tell traveler status")
    assert "Server started." in standalone_lab.console("trav32", "load traveler")
    assert httpx.get(servers, auth=standalone_lab.administrator).status_code == 200


def test_server_c_answers_on_the_console_only(standalone_lab: RunningLab) -> None:
    entry = standalone_lab.host("trav32")
    program, data = standalone_lab.directory.program(entry), standalone_lab.directory.data(entry)
    line = f'cd {data} && {program}/server -c "tell traveler status"'
    assert standalone_lab.run("trav32", line) == (0, "")
    log = data / "IBM_TECHNICAL_SUPPORT" / "console.log"
    wait_until(lambda: "overall status is GREEN" in log.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("tell traveler hadr show", "not a member of a high availability pool"),
        ("tell traveler config", "External URL = http"),
        ("tell traveler stat show", "There are 20 users registered on this server."),
        ("tell traveler user nobody", "is not known to this server"),
        ("tell traveler nonsense", "not recognized"),
        ("show server", "for Linux/32"),
        ("show tasks", "Traveler"),
        ("show stat traveler", "Traveler.Version = 14.5.1.0"),
    ],
)
def test_console_commands(standalone_lab: RunningLab, command: str, answer: str) -> None:
    assert answer in standalone_lab.console("trav32", command)
