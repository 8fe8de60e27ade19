from __future__ import annotations

import logging

import pytest

from pools.gateways import errors, output
from pools.gateways.masking import MASK
from pools.gateways.shell import Shell
from tests.pools.gateways.ssh_host import SshHost


def test_both_outputs_come_in_order_with_the_exit_status(shell: Shell) -> None:
    result = shell.run("echo one; echo two >&2; echo dreißig; exit 7")
    assert result.output_lines == ("one", "two", "dreißig")
    assert result.exit_status == 7


def test_input_reaches_the_command(shell: Shell) -> None:
    assert shell.run("cat", input="a\nb\n").output == "a\nb"


def test_a_command_without_input_does_not_wait_for_it(shell: Shell) -> None:
    assert shell.run("cat", timeout=5).output == ""


def test_bytes_that_are_no_text_do_not_stop_the_reading(shell: Shell) -> None:
    assert shell.run(r"printf 'a\377b\n'").output == "a\ufffdb"


def test_output_holds_no_nul_and_hides_a_secret_between_them(shell: Shell) -> None:
    result = shell.run(r"printf 'p\0w\0d\0 is it\0\n'", secrets=["pwd"])
    assert result.output == f"{MASK} is it"


def test_a_hanging_command_times_out_with_its_last_lines(shell: Shell) -> None:
    with pytest.raises(errors.TimedOut) as raised:
        shell.run("echo starting; sleep 30", timeout=0.5)
    assert "0.5 s" in str(raised.value)
    assert "starting" in str(raised.value)
    assert shell.login.address in str(raised.value)
    assert shell.run("echo again").output == "again"


def test_a_failing_command_raises_only_when_asked(shell: Shell) -> None:
    with pytest.raises(errors.CommandFailed) as raised:
        shell.run_checked("echo no room >&2; exit 2")
    assert raised.value.exit_status == 2
    assert "no room" in str(raised.value)


def test_lines_are_streamed_while_the_command_runs(shell: Shell, host: SshHost) -> None:
    flag = host.directory / "go"
    lines = shell.stream(
        f"echo first; until test -e {flag}; do sleep 0.02; done; echo last", timeout=20
    )
    assert next(lines) == "first"
    flag.touch()
    assert list(lines) == ["last"]


def test_a_streamed_command_that_fails_says_so_at_its_end(shell: Shell) -> None:
    lines = shell.stream("echo broken; exit 4", timeout=20)
    assert next(lines) == "broken"
    with pytest.raises(errors.CommandFailed, match="exit status 4"):
        next(lines)


def test_a_silent_stream_times_out(shell: Shell) -> None:
    with pytest.raises(errors.TimedOut):
        list(shell.stream("echo x; sleep 30", timeout=0.5))


def test_prompts_are_answered_on_a_terminal_and_echoes_masked(shell: Shell, host: SshHost) -> None:
    host.program(
        "ask",
        "test -t 0 || { echo no terminal; exit 9; }\n"
        'printf "Name: "; read -r name; printf "Password: "; read -r pw\n'
        'echo "$name says $pw"',
    )
    answers = {"Name:": "ada", "Password:": "s3cr3t"}
    result = shell.converse("ask", answer=answers.get, timeout=20, secrets=["s3cr3t"])
    assert result.exit_status == 0
    assert "ada says ••••••" in result.output
    assert "s3cr3t" not in result.output


def test_a_prompt_in_another_form_is_answered_after_a_silence(shell: Shell, host: SshHost) -> None:
    host.program("ask", 'printf "your word please "; read -r word; echo "got $word"')
    result = shell.converse("ask", answer=lambda _prompt: "x", timeout=20)
    assert "got x" in result.output


def test_a_prompt_nobody_can_answer_times_out_and_is_shown(shell: Shell, host: SshHost) -> None:
    host.program("ask", 'echo "Licence terms"; printf "Agree? "; read -r word')
    with pytest.raises(errors.TimedOut, match="Licence terms"):
        shell.converse("ask", answer=lambda _prompt: None, timeout=1.5)


def test_secrets_echoed_by_the_host_are_masked(shell: Shell) -> None:
    result = shell.run("echo 'pw=a b'; echo a%20b", secrets=["a b"])
    assert result.output_lines == ("pw=••••••", "••••••")


def test_no_command_line_reaches_a_log(shell: Shell, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        shell.run("echo pw=geheim", secrets=["geheim"])
    assert "geheim" not in caplog.text


@pytest.mark.parametrize("piece", ["x", "\n"], ids=["one line", "many lines"])
def test_a_command_that_prints_too_much_is_ended(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    monkeypatch.setattr(output, "LARGEST_OUTPUT", 64 * 1024)
    command = f"head -c 200000 /dev/zero | tr '\\0' '{piece}'"
    with pytest.raises(errors.OutputTooLarge, match="more than 0 MiB"):
        shell.run(command)
    with pytest.raises(errors.OutputTooLarge):
        shell.converse(command, answer=lambda _prompt: None, timeout=60)
    assert shell.run("echo again").output == "again"
