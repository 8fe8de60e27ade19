"""The gateways and the lab were written apart: here they meet, by the default profiles only."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases.jdbc import JdbcUrl
from pools.gateways import errors
from pools.gateways.console import DominoConsole
from pools.gateways.profiles import SERVER_C, START_SCRIPT, HostProfile
from pools.gateways.rest import AdminApi
from pools.gateways.shell import Shell, SshLogin
from pools.gateways.traveler_util import TravelerUtil
from pools.states import OverallStatus, PasswordPassing
from tests.lab_fixture import RunningLab, running_lab


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """Two pooled servers and a standalone one."""
    with running_lab(
        tmp_path_factory.mktemp("lab"),
        postgresql,
        hosts=["trav1", "trav2", "trav32"],
        unblocked=django_db_blocker.unblock(),
    ) as running:
        yield running


def open_shell(lab: RunningLab, name: str) -> Shell:
    entry, accounts = lab.host(name), lab.directory.accounts
    login = SshLogin(entry.address, entry.ssh_port, accounts.ssh_user, accounts.ssh_password)
    return Shell(login)


def profile_of(lab: RunningLab, name: str, base: HostProfile = START_SCRIPT) -> HostProfile:
    entry = lab.host(name)
    return dataclasses.replace(
        base,
        data_directory=str(lab.directory.data(entry)),
        program_directory=str(lab.directory.program(entry)),
    )


def open_api(lab: RunningLab, name: str) -> AdminApi:
    return AdminApi(lab.host(name).base_url, *lab.administrator, page_multiplier=1)


@pytest.mark.parametrize("base", [START_SCRIPT, SERVER_C], ids=lambda base: base.console_method)
def test_the_console_answers_in_both_ways(lab: RunningLab, base: HostProfile) -> None:
    with open_shell(lab, "trav1") as shell:
        console = DominoConsole(shell, profile_of(lab, "trav1", base))
        assert console.server_running()
        shown = console.hadr_show()
        assert len(shown.members) == 2
        assert all(member.alive for member in shown.members)
        assert all(member.server_port for member in shown.members)
        assert shown.unread == ()
        status = console.status()
        assert status.overall is OverallStatus.GREEN
        assert status.unread == ()


async def test_the_api_lists_servers_users_and_devices(lab: RunningLab) -> None:
    async with open_api(lab, "trav1") as api:
        servers = await api.servers()
        users = [user async for user in api.users()]
        devices = [device async for device in api.devices()]
        detail = await api.device(devices[0].href)
    assert len(servers) == 2
    assert all(server.heart_beat for server in servers)
    assert {device.username for device in devices} <= {user.username for user in users}
    assert detail.deviceid == devices[0].deviceid
    assert len({(device.deviceid, device.username) for device in devices}) == len(devices)


async def some_user(lab: RunningLab) -> str:
    async with open_api(lab, "trav32") as api:
        async for user in api.users():
            return user.username
    raise AssertionError("The lab has no users.")


async def test_a_user_is_shown_with_the_devices(lab: RunningLab) -> None:
    name = await some_user(lab)
    with open_shell(lab, "trav32") as shell:
        report = DominoConsole(shell, profile_of(lab, "trav32")).show_user(name)
    assert report.canonical_name == name
    assert report.mail_access is True
    assert report.devices


def test_draining_shows_in_the_index(lab: RunningLab) -> None:
    with open_shell(lab, "trav2") as shell:
        console = DominoConsole(shell, profile_of(lab, "trav2", SERVER_C))
        console.drain()
        own = [member.availability_index for member in console.hadr_show().members]
        console.resume_service()
    assert -200 in own


@pytest.mark.parametrize("passing", PasswordPassing.values)
def test_a_stopped_server_is_set_to_a_database_and_back(
    lab: RunningLab, passing: str, tmp_path: Path
) -> None:
    profile = dataclasses.replace(profile_of(lab, "trav32"), password_passing=passing)
    database = lab.directory.databases["empty"]
    url = str(JdbcUrl(database.engine, database.host, database.port, database.name))
    with open_shell(lab, "trav32") as shell:
        console, utility = DominoConsole(shell, profile), TravelerUtil(shell, profile)
        console.stop_server()
        assert not shell.exists(f"{profile.path(profile.derby_directory)}/db.lck")
        assert utility.db_show().uses_derby is True
        jar = f"{profile.path(profile.jdbc_jar_directory)}/postgresql-jdbc.jar"
        with pytest.raises(errors.CommandFailed) as raised:
            utility.db_set(url=url, user=database.user, password="not-this", jar_path=jar)
        assert "not-this" not in str(raised.value)
        lines = utility.db_set(
            url=url, user=database.user, password=database.password, jar_path=jar
        )
        assert database.password not in "\n".join(lines)
        setting = utility.db_show()
        assert (setting.url, setting.user, setting.uses_derby) == (url, database.user, False)
        assert utility.db_check().passed is True
        utility.db_remove()
        assert utility.db_show().uses_derby is True
        fetched = shell.download_tree(profile.path(profile.derby_directory), tmp_path / "ntsdb")
        assert (tmp_path / "ntsdb/service.properties").is_file()
        assert fetched.skipped == ()
        assert shell.disk_free(profile.data_directory) > 0
        console.start_server()
        assert console.server_running()
