"""The lab's state: made once, kept, private."""

from __future__ import annotations

from pathlib import Path

import pytest

from pools.databases.connection import DatabaseLogin
from pools.lab.directory import LabNotFound, load_lab, open_lab, parse_database_url
from pools.lab.scenario import load_scenario


def login(port: int) -> DatabaseLogin:
    return DatabaseLogin("postgresql", "127.0.0.1", port, "eu", "lnt", "top secret")


def test_a_lab_keeps_what_it_was_given_at_first(tmp_path: Path) -> None:
    first = open_lab(tmp_path, load_scenario(), databases={"pool": login(1)}, seed=7)
    again = open_lab(
        tmp_path, load_scenario(scale=9), databases={"pool": login(2)}, seed=8, speed=60
    )
    assert (again.hosts, again.accounts, again.seed) == (first.hosts, first.accounts, 7)
    assert (again.databases["pool"].port, again.speed) == (2, 60)
    assert load_lab(tmp_path) == again


def test_every_host_has_ports_of_its_own(tmp_path: Path) -> None:
    lab = open_lab(tmp_path, load_scenario(), databases={})
    ports = [port for entry in lab.hosts for port in (entry.ssh_port, entry.http_port)]
    assert len(set(ports)) == len(ports) == 10


def test_ports_can_be_fixed(tmp_path: Path) -> None:
    lab = open_lab(tmp_path, load_scenario(), databases={}, base_port=9000)
    assert (lab.host("trav2").ssh_port, lab.host("trav2").http_port) == (9002, 9003)


def test_no_secret_is_in_a_representation(tmp_path: Path) -> None:
    lab = open_lab(tmp_path, load_scenario(), databases={"pool": login(1)})
    assert "top secret" not in repr(lab)
    assert lab.accounts.ssh_password not in repr(lab)


def test_unknown_names_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    lab = open_lab(tmp_path, load_scenario(), databases={})
    with pytest.raises(LabNotFound, match="trav1, trav2"):
        lab.host("trav9")
    with pytest.raises(LabNotFound, match="Acme EU, Acme US"):
        lab.pool("Acme JP")
    with pytest.raises(LabNotFound, match="There is no lab"):
        load_lab(tmp_path / "elsewhere")


def test_a_database_url_may_hold_an_odd_password() -> None:
    parsed = parse_database_url(
        "postgresql://lnt:p%40ss%2F%3A@db.example:5432/traveler?sslmode=verify-full"
    )
    assert parsed.options == (("sslmode", "verify-full"),)
    assert parsed.password == "p@ss/:"
    assert (parsed.engine, parsed.host, parsed.port, parsed.name) == (
        "postgresql",
        "db.example",
        5432,
        "traveler",
    )


@pytest.mark.parametrize("url", ["", "traveler", "postgresql://host/name", "postgresql://u@h/name"])
def test_half_an_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="engine://"):
        parse_database_url(url)
