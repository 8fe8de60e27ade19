"""SSH and SFTP of a host: who gets in, and what can be seen."""

from __future__ import annotations

import asyncssh
import pytest

from tests.lab_fixture import RunningLab


async def connect(
    lab: RunningLab, *, username: str = "notes", password: str | None = None, key: str | None = None
) -> asyncssh.SSHClientConnection:
    entry = lab.host("trav32")
    return await asyncssh.connect(
        entry.address,
        entry.ssh_port,
        username=username,
        password=password,
        client_keys=[key] if key else None,
        known_hosts=None,
        config=None,
        agent_path=None,
    )


async def test_the_domino_user_gets_in_by_password_and_by_key(standalone_lab: RunningLab) -> None:
    password = standalone_lab.directory.accounts.ssh_password
    for login in ({"password": password}, {"key": str(standalone_lab.directory.client_key)}):
        async with await connect(standalone_lab, **login) as connection:
            result = await connection.run("domino status")
            assert result.exit_status == 3


@pytest.mark.parametrize(
    "login",
    [
        pytest.param({"password": "wrong"}, id="wrong password"),
        pytest.param({"username": "root", "password": None}, id="other user"),
    ],
)
async def test_others_do_not(standalone_lab: RunningLab, login: dict[str, str | None]) -> None:
    right = standalone_lab.directory.accounts.ssh_password
    given = {"username": login.get("username") or "notes", "password": login["password"] or right}
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(standalone_lab, **given)


async def test_a_key_the_host_does_not_know_is_refused(
    standalone_lab: RunningLab, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key_file = tmp_path_factory.mktemp("key") / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(key_file))
    with pytest.raises(asyncssh.PermissionDenied):
        await connect(standalone_lab, key=str(key_file))


async def test_files_have_the_paths_of_the_profile(standalone_lab: RunningLab) -> None:
    entry = standalone_lab.host("trav32")
    data, program = (
        standalone_lab.directory.data(entry),
        standalone_lab.directory.program(entry),
    )
    async with standalone_lab.ssh("trav32") as connection, connection.start_sftp_client() as sftp:
        for path in (
            data / "notes.ini",
            data / "LotusTraveler.nsf",
            data / "ntsclcache.nsf",
            data / "traveler" / "cfg",
            data / "traveler" / "util" / "travelerUtil",
            data / "traveler" / "ntsdb" / "service.properties",
            data / "IBM_TECHNICAL_SUPPORT" / "console.log",
            program / "Traveler" / "lib" / "postgresql-jdbc.jar",
        ):
            assert await sftp.exists(str(path)), path
            assert await sftp.realpath(str(path)) == str(path)


@pytest.mark.parametrize("path", ["/etc/passwd", "..", "/", "../../lab.json"])
async def test_nothing_outside_the_host_can_be_read(standalone_lab: RunningLab, path: str) -> None:
    async with standalone_lab.ssh("trav32") as connection, connection.start_sftp_client() as sftp:
        with pytest.raises(asyncssh.SFTPError):
            await sftp.stat(path)


def test_an_unknown_command_is_not_found(standalone_lab: RunningLab) -> None:
    status, output = standalone_lab.run("trav32", "rm -rf /")
    assert status == 127
    assert "rm: command not found" in output


def test_the_machine_names_its_word_size(standalone_lab: RunningLab) -> None:
    assert standalone_lab.run("trav32", "uname -m") == (0, "i686\n")
