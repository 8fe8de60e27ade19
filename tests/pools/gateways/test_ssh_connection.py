from __future__ import annotations

import dataclasses
import os
import socket
import threading
from pathlib import Path

import asyncssh
import pytest

from pools.gateways import errors
from pools.gateways.shell import Shell, SshLogin
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost


def failure(login: SshLogin, *, connect_timeout: float = 5) -> errors.GatewayError:
    with (
        pytest.raises(errors.GatewayError) as raised,
        Shell(login, connect_timeout=connect_timeout),
    ):
        pass
    return raised.value


def test_an_unknown_host_key_is_trusted_once_and_reported(host: SshHost, login: SshLogin) -> None:
    with Shell(login) as shell:
        assert shell.first_use
        assert shell.fingerprint.startswith("SHA256:")
        recorded = shell.host_key
    assert recorded.split() == host.host_key.export_public_key().decode().split()[:2]
    with Shell(dataclasses.replace(login, known_host_key=recorded)) as shell:
        assert not shell.first_use
        assert shell.run("echo hello").output_lines == ("hello",)


def test_a_changed_host_key_is_refused_with_both_fingerprints(login: SshLogin) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    error = failure(dataclasses.replace(login, known_host_key=other.export_public_key().decode()))
    assert isinstance(error, errors.HostKeyChanged)
    assert other.get_fingerprint() in str(error)
    assert "reinstalled on purpose" in str(error)


def test_the_password_is_not_sent_to_a_host_with_a_changed_key(
    host: SshHost, login: SshLogin
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    failure(dataclasses.replace(login, known_host_key=other))
    assert host.commands == []


def test_another_kind_of_recorded_key_is_a_changed_key(login: SshLogin) -> None:
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    assert isinstance(
        failure(dataclasses.replace(login, known_host_key=other)), errors.HostKeyChanged
    )


def test_a_host_with_several_keys_is_asked_for_the_recorded_kind(tmp_path: Path) -> None:
    recorded = asyncssh.generate_private_key("ecdsa-sha2-nistp384")
    with SshHost(tmp_path, host_key=recorded) as host:
        public = recorded.export_public_key().decode()
        login = SshLogin("127.0.0.1", host.port, USERNAME, PASSWORD, known_host_key=public)
        with Shell(login) as shell:
            assert shell.host_key == " ".join(public.split()[:2])


def test_a_private_key_logs_in(host: SshHost) -> None:
    login = SshLogin("127.0.0.1", host.port, USERNAME, private_key=host.private_key)
    with Shell(login) as shell:
        assert shell.run("exit 3").exit_status == 3


def test_each_cause_has_its_own_error(login: SshLogin, closed_port: int, silent_port: int) -> None:
    causes = {
        errors.LoginRefused: dataclasses.replace(login, password="wrong"),
        errors.PortClosed: dataclasses.replace(login, port=closed_port),
        errors.NameNotFound: dataclasses.replace(login, host="no-such-host.invalid"),
    }
    messages = set()
    for kind, faulty in causes.items():
        error = failure(faulty)
        assert type(error) is kind
        assert faulty.address in str(error)
        assert error.remedy
        assert "wrong" not in str(error).replace("wrong password", "")
        messages.add(error.message)
    timed_out = failure(dataclasses.replace(login, port=silent_port), connect_timeout=0.3)
    assert type(timed_out) is errors.TimedOut
    assert "0.3 s" in str(timed_out)
    assert len(messages | {timed_out.message}) == 4


def test_a_web_server_behind_the_port_is_recognised() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        server = threading.Thread(target=answer)
        server.start()
        error = failure(SshLogin("127.0.0.1", listening.getsockname()[1], "x", password="y"))
        server.join()
    assert isinstance(error, (errors.WrongProtocol, errors.ConnectionLost))


def test_an_unreadable_private_key_is_named(host: SshHost) -> None:
    error = failure(SshLogin("127.0.0.1", host.port, USERNAME, private_key="-----BEGIN nonsense"))
    assert isinstance(error, errors.LoginRefused)
    assert "private key cannot be read" in str(error)
    assert "nonsense" not in str(error)


def test_secrets_are_not_in_the_representation() -> None:
    login = SshLogin("h", 22, "u", password="geheim", private_key="schlüssel")
    assert "geheim" not in repr(login)
    assert "schlüssel" not in repr(login)


def test_a_lost_connection_is_said_so(host: SshHost, shell: Shell) -> None:
    assert shell.run("true").exit_status == 0
    host.cut()
    with pytest.raises(errors.ConnectionLost, match="The command: the connection ended"):
        shell.run("true")


def test_a_forked_process_gets_a_loop_of_its_own(login: SshLogin, shell: Shell) -> None:
    assert shell.run("true").exit_status == 0
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with Shell(login) as own:
                os.write(writing, own.run("echo child").output.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert answer.read() == "child"
    os.waitpid(child, 0)
    assert shell.run("echo parent").output == "parent"


def test_two_threads_share_one_connection(shell: Shell) -> None:
    outputs: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: outputs.append(shell.run(f"echo {n}").output))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outputs) == [str(n) for n in range(8)]
