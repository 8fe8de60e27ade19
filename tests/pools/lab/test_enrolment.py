"""Entering a lab into the console: everything there once, however often it is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pools.databases.connection import DatabaseLogin
from pools.lab.directory import LabDirectory, open_lab
from pools.lab.enrolment import enroll_lab
from pools.lab.people import device_identities
from pools.lab.scenario import load_scenario
from pools.models import AuditEntry, CommandProfile, DatabaseConfiguration, Login, Pool, Server

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(tmp_path: Path) -> LabDirectory:
    def login(name: str) -> DatabaseLogin:
        return DatabaseLogin("postgresql", "127.0.0.1", 5432, name, "lnt", "secret")

    databases = {"pool": login("eu"), "empty": login("us")}
    return open_lab(tmp_path, load_scenario(scale=0.01), databases=databases)


def test_servers_pools_and_databases_are_entered(lab: LabDirectory) -> None:
    enroll_lab(lab)
    pool = Pool.objects.get()
    assert (pool.name, pool.slug, pool.database.database_name) == ("Acme EU", "acme-eu", "eu")
    assert set(pool.servers.values_list("domino_name", flat=True)) == {
        "CN=trav1/O=Acme",
        "CN=trav2/O=Acme",
    }
    assert DatabaseConfiguration.objects.count() == 2, "the empty one waits for its pool"
    old = Server.objects.get(domino_name="CN=trav-old/O=Acme")
    assert (old.pool, old.traveler_version, old.bits) == (None, "8.5.3.0", 64)
    assert old.ssh_login.username == "notes"
    assert old.profile.data_directory == str(lab.data(lab.host("trav-old")))


def test_a_probe_device_of_a_real_user_can_sync(lab: LabDirectory) -> None:
    enroll_lab(lab)
    login = Pool.objects.get().probe_login
    assert login is not None
    assert login.password == lab.accounts.device_password
    people = device_identities(lab.pool("Acme EU").population, lab.organization, lab.seed)
    assert login.username in {device.username for device in people}
    profiles = CommandProfile.objects.all()
    assert all("/traveler/sync?" in profile.probe_request for profile in profiles)


def test_entering_again_changes_nothing(lab: LabDirectory) -> None:
    enroll_lab(lab)
    counts = [model.objects.count() for model in (Server, Login, CommandProfile, AuditEntry)]
    lines = enroll_lab(lab)
    assert all("known already" in line for line in lines)
    assert counts == [
        model.objects.count() for model in (Server, Login, CommandProfile, AuditEntry)
    ]


def test_a_server_follows_its_host_to_another_port(lab: LabDirectory) -> None:
    enroll_lab(lab)
    moved = replace(lab, hosts=(replace(lab.host("trav4"), ssh_port=4022, http_port=4080),))
    enroll_lab(moved)
    server = Server.objects.get(domino_name="CN=trav4/O=Acme")
    assert (server.ssh_port, server.api_url) == (4022, "http://127.0.0.1:4080")


def test_a_server_that_joined_stays_in_its_pool(lab: LabDirectory) -> None:
    enroll_lab(lab)
    Server.objects.filter(domino_name="CN=trav4/O=Acme").update(pool=Pool.objects.get())
    enroll_lab(lab)
    assert Server.objects.get(domino_name="CN=trav4/O=Acme").pool is not None


def test_no_secret_is_in_the_audit(lab: LabDirectory) -> None:
    enroll_lab(lab)
    reported = " ".join(f"{entry.target} {entry.detail}" for entry in AuditEntry.objects.all())
    accounts = lab.accounts
    for secret in (
        accounts.ssh_password,
        accounts.api_password,
        accounts.device_password,
        "secret",
    ):
        assert secret not in reported
