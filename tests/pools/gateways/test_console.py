from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import pytest

from pools.gateways import console as console_module
from pools.gateways import errors
from pools.gateways.console import DominoConsole, LogFollower, answer_among
from pools.gateways.profiles import SERVER_C, START_SCRIPT, HostProfile
from pools.gateways.shell import Shell
from pools.states import ConsoleMethod, OverallStatus
from tests.pools.gateways.ssh_host import SshHost

STAMP = "[012345:000002-00007F] 11/22/2026 10:15:02 AM "
OLD_LINES = f"{STAMP} > tell traveler hadr show\n{STAMP} Traveler: an older answer\n"
HADR_TABLE = [
    f"{STAMP} Domino Name      ID  Host Name   IP:SrvrPort,SrvltPort  Alive",
    f"{STAMP} CN=trav1/O=Acme  1   trav1.acme  10.0.0.1:50125,50126   True",
]
ANSWER = [
    f"{STAMP} > tell traveler hadr show",
    HADR_TABLE[0],
    f"{STAMP} Router: Message 0041 delivered",
    HADR_TABLE[1],
]


@pytest.fixture(autouse=True)
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_module, "QUIET_SECONDS", 0.3)
    monkeypatch.setattr(console_module, "POLL_SECONDS", 0.02)


@dataclasses.dataclass
class Domino:
    """Shell scripts that behave like a Domino host: a log, a start script and a server program."""

    host: SshHost

    @property
    def log(self) -> Path:
        return self.host.directory / "data" / "IBM_TECHNICAL_SUPPORT" / "console.log"

    def profile(self, method: str) -> HostProfile:
        base = START_SCRIPT if method == ConsoleMethod.START_SCRIPT else SERVER_C
        return dataclasses.replace(
            base,
            data_directory=str(self.host.directory / "data"),
            program_directory=str(self.host.programs),
        )

    def will_answer(self, *lines: str, after: float = 0) -> None:
        """Let the next command be noted in `asked`, and be answered in the log."""
        answer = self.host.directory / "answer"
        answer.write_text("".join(f"{line}\n" for line in lines))
        log, asked = shlex.quote(str(self.log)), self.host.directory / "asked"
        write = f"cat {answer} >> {log}"
        if after:
            write = f"(sleep {after}; {write}) >/dev/null 2>&1 &"
        self.host.program("server", f'test "$1" = -c && printf "%s\\n" "$2" >> {asked}\n{write}')
        self.host.program(
            "domino",
            f'case "$1" in\n'
            f'cmd) printf "%s\\n" "$2" >> {asked}; {write}\n tail -n "$3" {log};;\n'
            f"start) touch {self.host.directory}/up;;\n"
            f"stop) rm -f {self.host.directory}/up;;\n"
            f"status) if test -e {self.host.directory}/up; then exit 3; fi;;\n"
            f"esac",
        )

    @property
    def asked(self) -> list[str]:
        return (self.host.directory / "asked").read_text().splitlines()


@pytest.fixture
def domino(host: SshHost) -> Domino:
    domino = Domino(host)
    domino.log.parent.mkdir(parents=True)
    domino.log.write_text(OLD_LINES)
    domino.will_answer(*ANSWER)
    return domino


@pytest.fixture(params=list(ConsoleMethod.values))
def console(request: pytest.FixtureRequest, shell: Shell, domino: Domino) -> DominoConsole:
    return DominoConsole(shell, domino.profile(request.param))


def test_only_the_lines_of_this_command_come_back(console: DominoConsole) -> None:
    lines = console.tell("tell traveler hadr show", timeout=5)
    assert lines == [
        "Domino Name      ID  Host Name   IP:SrvrPort,SrvltPort  Alive",
        "CN=trav1/O=Acme  1   trav1.acme  10.0.0.1:50125,50126   True",
    ]


def test_the_pool_is_read(console: DominoConsole) -> None:
    shown = console.hadr_show(timeout=5)
    assert [member.domino_name for member in shown.members] == ["CN=trav1/O=Acme"]
    assert shown.members[0].alive is True


def test_an_answer_that_comes_late_is_waited_for(console: DominoConsole, domino: Domino) -> None:
    domino.will_answer(f"{STAMP} HCL Traveler overall status is GREEN", after=0.3)
    assert console.status(timeout=10).overall is OverallStatus.GREEN


def test_the_expected_line_ends_the_wait(console: DominoConsole, domino: Domino) -> None:
    domino.will_answer(f"{STAMP} Traveler: Server started.", after=0.2)
    lines = console.start_traveler(timeout=30, until=lambda line: "started" in line)
    assert lines == ["Server started."]


def test_no_answer_at_all_is_an_error_for_a_question(
    console: DominoConsole, domino: Domino
) -> None:
    domino.will_answer()
    assert console.tell("tell traveler available off", timeout=0.2) == []
    with pytest.raises(errors.TimedOut, match="did not answer"):
        console.hadr_show(timeout=0.2)


@pytest.mark.parametrize("name", ["CN=Jörg O'Neil & Co/O=Acme", "Ada Byron/Acme"])
def test_a_user_name_reaches_the_console_unchanged(
    console: DominoConsole, domino: Domino, name: str
) -> None:
    domino.will_answer(f"{STAMP} Traveler: Canonical Name: {name}")
    assert console.show_user(name, timeout=5).canonical_name == name
    assert domino.asked == [f"tell traveler user {name}"]


@pytest.mark.parametrize("name", ['x"; rm -rf "y', "x\nquit", "$(id)"])
def test_a_hostile_user_name_sends_nothing(
    console: DominoConsole, domino: Domino, name: str
) -> None:
    with pytest.raises(errors.UnsafeText):
        console.show_user(name)
    assert domino.host.commands == []


def test_the_echo_is_the_mark_when_the_log_cannot_be_read(shell: Shell, domino: Domino) -> None:
    profile = dataclasses.replace(
        domino.profile(ConsoleMethod.START_SCRIPT), console_log="{data}/elsewhere.log"
    )
    lines = DominoConsole(shell, profile).tell("tell traveler hadr show", timeout=5)
    assert "an older answer" not in lines
    assert len(lines) == 2


def test_without_a_readable_log_server_c_says_what_is_missing(shell: Shell, domino: Domino) -> None:
    profile = dataclasses.replace(
        domino.profile(ConsoleMethod.SERVER_C), console_log="{data}/elsewhere.log"
    )
    with pytest.raises(errors.RemoteFileMissing, match="elsewhere"):
        DominoConsole(shell, profile).tell("tell traveler status")


def test_a_refused_command_carries_the_last_words(console: DominoConsole, domino: Domino) -> None:
    for name in ("domino", "server"):
        domino.host.program(name, "echo Domino is down; exit 1")
    with pytest.raises(errors.CommandFailed, match="Domino is down"):
        console.tell("tell traveler status")


def test_the_server_is_started_and_stopped(shell: Shell, domino: Domino) -> None:
    console = DominoConsole(shell, domino.profile(ConsoleMethod.START_SCRIPT))
    assert not console.server_running()
    console.start_server(timeout=5)
    assert console.server_running()
    console.stop_server(timeout=5)
    console.stop_server(timeout=5)
    assert not console.server_running()


def test_a_server_that_does_not_come_up_is_said_so(shell: Shell, domino: Domino) -> None:
    domino.host.program(
        "domino", 'case "$1" in start) echo licence expired;; status) exit 0;; esac'
    )
    console = DominoConsole(shell, domino.profile(ConsoleMethod.START_SCRIPT))
    with pytest.raises(errors.TimedOut, match="licence expired"):
        console.start_server(timeout=0.3)


def test_an_unclear_status_is_neither_running_nor_stopped(shell: Shell, domino: Domino) -> None:
    domino.host.program("domino", "echo no such script; exit 127")
    console = DominoConsole(shell, domino.profile(ConsoleMethod.START_SCRIPT))
    with pytest.raises(errors.CommandFailed, match="command profile"):
        console.server_running()


def test_the_log_is_followed_from_an_offset_over_a_new_log(
    console: DominoConsole, domino: Domino
) -> None:
    offset = console.log_offset()
    with domino.log.open("a") as log:
        log.write("one\ntwo\nthr")
    follower = console.follow(offset, timeout=5, quiet=0.1)
    assert list(follower) == ["one", "two"]
    assert follower.ending == "quiet"
    domino.log.write_text("fresh\n")
    again = console.follow(follower.offset, timeout=5, until=lambda line: line == "fresh")
    assert list(again) == ["fresh"]
    assert again.ending == "expected"
    assert list(console.follow(again.offset, timeout=0)) == []


def test_a_remark_that_ends_in_the_command_is_an_echo() -> None:
    lines = ["old", f"{STAMP} Remote console command issued by x: tell traveler status", "new"]
    assert answer_among(lines, "tell traveler status") == ["new"]


def test_a_log_that_never_rests_is_followed_no_longer_than_asked() -> None:
    clock = iter(range(1000))

    def read(offset: int) -> tuple[str, int]:
        next(clock)
        return "one more line\n", offset + 1

    follower = LogFollower(read, 0, timeout=0, quiet=1, until=None)
    assert list(follower) == ["one more line"]
    assert follower.ending == "timeout"


def test_an_answer_has_a_bounded_number_of_lines(
    console: DominoConsole, domino: Domino, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_module, "ANSWER_LINES", 10)
    domino.will_answer(*(f"{STAMP} line {number}" for number in range(30)))
    assert len(console.tell("tell traveler config", timeout=5)) <= 10


@pytest.mark.parametrize(
    "answer", ["Command not recognized: available off", "Task name not found.", "Usage: available"]
)
def test_an_order_that_was_not_carried_out_is_no_success(
    console: DominoConsole, domino: Domino, answer: str
) -> None:
    domino.will_answer(f"{STAMP} > tell traveler available off", f"{STAMP} Traveler: {answer}")
    with pytest.raises(errors.CommandFailed, match="did not carry out") as raised:
        console.drain()
    assert answer in raised.value.output_lines


def test_an_order_that_nobody_answers_is_no_success(console: DominoConsole, domino: Domino) -> None:
    domino.will_answer()
    domino.log.write_text("")
    with pytest.raises(errors.NoAnswer):
        console.ask("tell traveler available on", timeout=0.2)


def test_a_status_command_that_fell_over_with_exit_0_does_not_mean_stopped(
    console: DominoConsole, host: SshHost
) -> None:
    profile = dataclasses.replace(console.profile, server_status="domino status")
    host.program("domino", "echo 'ps: command not found'")
    with pytest.raises(errors.CommandFailed, match="without a complaint"):
        DominoConsole(console.shell, profile).server_running()


def test_an_older_answer_at_the_end_of_the_log_is_none_to_this_question(
    shell: Shell, domino: Domino
) -> None:
    domino.host.program("domino", f"echo '{STAMP} HCL Traveler overall status is GREEN'")
    domino.log.unlink()
    console = DominoConsole(shell, domino.profile(ConsoleMethod.START_SCRIPT))
    with pytest.raises(errors.NoAnswer):
        console.status(timeout=0.2)
