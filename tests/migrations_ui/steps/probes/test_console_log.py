"""The console's lines on their way into the events: each once, whatever happens to the log."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from migrations_ui.hosts import Host
from migrations_ui.models import Migration
from migrations_ui.states import Level, MigrationKind, StepName
from migrations_ui.steps import follow
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.launch import launch
from migrations_ui.steps.probes.console_log import ConsoleTrail, end_of_log
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.errors import RunnerReplaced
from pools.gateways.errors import TimedOut, Unreachable
from pools.gateways.parsing.transfer_lines import TransferSign
from pools.gateways.profiles import START_SCRIPT
from pools.gateways.shell import Shell, SshLogin
from tests.migrations_ui.factories import MigrationFactory
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost

STAMP = "[012345:000002-00007F] 11/25/2026 10:15:02 AM  "
MEMBER = "Domino Name: CN=trav9/O=Acme"


class Lines:
    """A journal that keeps what it is given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Level]] = []
        self.counted: list[tuple[int, int, str]] = []

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.said.append((text, level))

    def progress(self, done: int, total: int, unit: str) -> None:
        self.counted.append((done, total, unit))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "console.log"
    path.write_text(f"{STAMP}Server started on CN=trav9/O=Acme\n")
    return path


@pytest.fixture
def answers() -> list[list[str]]:
    """What `hadr show` prints, answer by answer."""
    return []


@pytest.fixture
def host(tmp_path: Path, log: Path, answers: list[list[str]]) -> Iterator[Host]:
    """A real SSH host that serves the log; its Domino is played."""

    def tell(command: str) -> list[str]:
        lines = answers.pop(0)
        with log.open("a") as file:
            file.write(f"> {command}\n" + "".join(f"{line}\n" for line in lines))
        return lines

    console = SimpleNamespace(
        log_path=str(log),
        log_offset=lambda: log.stat().st_size,
        server_running=lambda: True,
        tell=tell,
    )
    with SshHost(tmp_path / "host") as running:
        login = SshLogin("127.0.0.1", running.port, USERNAME, password=PASSWORD)
        with Shell(login) as shell:
            yield Host(
                shell,
                console,  # type: ignore[arg-type]
                None,  # type: ignore[arg-type]
                START_SCRIPT,
            )


@pytest.fixture
def migration(transactional_db: None, host: Host) -> Migration:
    place = end_of_log(host)
    return MigrationFactory(
        confirmed=True,
        kind=MigrationKind.VENDOR,
        current_step=StepName.FOLLOW,
        console_offset=place.offset,
        console_file=place.file,
        server__domino_name="CN=trav9/O=Acme",
    )


@pytest.fixture
def journal() -> Lines:
    return Lines()


@pytest.fixture
def context(migration: Migration, journal: Lines) -> StepContext:
    return StepContext(migration, journal, Unattended(), ticking=lambda _tick: nullcontext())


@pytest.fixture
def trail(context: StepContext) -> ConsoleTrail:
    return a_trail(context)


def a_trail(context: StepContext) -> ConsoleTrail:
    """As a worker makes one that has just taken the run."""
    return ConsoleTrail(context, context.migration.server.profile)


def say(log: Path, *lines: str) -> None:
    with log.open("a") as file:
        file.write("".join(f"{STAMP}{line}\n" for line in lines))


def events(context: StepContext) -> list[str]:
    return list(context.migration.events.values_list("text", flat=True))


def test_new_lines_are_written_down_once_with_what_they_say(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path
) -> None:
    say(log, "Traveler: Data transfer: 5 of 10 rows.", "Router: mail", "Traveler: ERROR: retrying")
    signs = [(each.sign, each.done, each.total) for each in trail.read(host)]
    assert signs == [(TransferSign.PROGRESS, 5, 10)]
    assert trail.read(host) == []
    assert events(context) == ["Data transfer: 5 of 10 rows.", "Router: mail", "ERROR: retrying"]
    assert [event.level for event in context.migration.events.all()] == ["info", "info", "warning"]
    context.migration.refresh_from_db()
    assert context.migration.last_progress_line == "Data transfer: 5 of 10 rows."
    assert context.migration.last_line_at is not None


def test_a_line_that_is_not_complete_waits_for_its_end(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path
) -> None:
    with log.open("a") as file:
        file.write(f"{STAMP}Traveler: half")
    trail.read(host)
    assert events(context) == []
    with log.open("a") as file:
        file.write(" a line\n")
    trail.read(host)
    assert events(context) == ["half a line"]


@pytest.mark.parametrize("lines", [1, 40])
def test_a_log_that_is_begun_anew_is_read_from_its_start(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path, lines: int
) -> None:
    """Also when it is longer already than the old one was."""
    shutil.move(log, log.with_name("archived.log"))
    assert trail.read(host) == []
    said = [f"line {number}" for number in range(lines)]
    log.write_text("".join(f"{STAMP}Traveler: {line}\n" for line in said).replace("02 AM", "59 AM"))
    trail.read(host)
    assert events(context) == said


def test_a_log_begun_anew_under_our_hands_is_not_read_twice(
    context: StepContext,
    trail: ConsoleTrail,
    host: Host,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tail = host.shell.tail

    def begun_anew(path: str, offset: int) -> tuple[str, int]:
        if not log.with_name("archived.log").exists():
            shutil.move(log, log.with_name("archived.log"))
            say(log, "Domino: a first line", *(f"Traveler: line {number}" for number in range(9)))
        return tail(path, offset)

    monkeypatch.setattr(host.shell, "tail", begun_anew)
    trail.read(host)
    trail.read(host)
    assert events(context) == ["Domino: a first line", *(f"line {n}" for n in range(9))]


def test_a_place_that_was_noted_is_kept_when_the_start_is_tried_again(
    context: StepContext,
    trail: ConsoleTrail,
    host: Host,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = partial(say, log, "Traveler: one")
    monkeypatch.setattr(host.console, "start_server", start, raising=False)
    Migration.objects.update(console_offset=None)
    context.migration.console_offset = None
    launch(context, host)
    launch(context, host)
    trail.read(host)
    assert events(context) == ["one", "one"]


def test_the_next_worker_reads_on_where_the_lines_were_left(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path
) -> None:
    say(log, "Traveler: one", "Traveler: Data transfer completed.")
    trail.read(host)
    again = a_trail(context)
    assert again.sign_so_far() is TransferSign.END
    assert list(again.wordings) == ["one", "Data transfer completed."]
    say(log, "Traveler: two")
    again.read(host)
    assert events(context) == ["one", "Data transfer completed.", "two"]


def test_a_worker_that_was_replaced_writes_nothing(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path
) -> None:
    say(log, "Traveler: one")
    Migration.objects.update(console_offset=7)
    with pytest.raises(RunnerReplaced):
        trail.read(host)
    assert events(context) == []


def test_our_own_question_is_no_news_and_hides_none(
    context: StepContext,
    trail: ConsoleTrail,
    host: Host,
    log: Path,
    answers: list[list[str]],
) -> None:
    answers += [
        [MEMBER, "Alive: True", "Traveler: Data transfer: 7 of 10 rows."],
        ["Task name not found."],
        ["Task name not found."],
    ]
    assert trail.ask_membership(host).members[0].alive is True
    assert [reading.done for reading in trail.read(host)] == [7]
    trail.ask_membership(host)
    trail.read(host)
    heard = context.migration.last_line_at
    trail.ask_membership(host)
    trail.read(host)
    assert events(context) == ["Data transfer: 7 of 10 rows.", "Task name not found."]
    assert context.migration.last_line_at == heard


def test_a_line_that_repeats_itself_and_other_tasks_are_no_sign_of_life(
    context: StepContext, trail: ConsoleTrail, host: Host, log: Path
) -> None:
    say(log, "Traveler: waiting")
    trail.read(host)
    heard = context.migration.last_line_at
    say(log, "Traveler: waiting", "Router: mail delivered")
    trail.read(host)
    assert events(context) == ["waiting", "waiting", "Router: mail delivered"]
    assert context.migration.last_line_at == heard


@pytest.fixture
def following(context: StepContext, host: Host, monkeypatch: pytest.MonkeyPatch) -> StepContext:
    """The step, with a host that is asked at once and without pauses."""
    monkeypatch.setattr(StepContext, "open_host", lambda _context: nullcontext(host))
    monkeypatch.setattr(follow, "POLL_SECONDS", 0)
    monkeypatch.setattr(follow, "RUNNING_SECONDS", 0)
    monkeypatch.setattr(follow, "MEMBERSHIP_SECONDS", 0)
    monkeypatch.setattr(follow, "MEMBERSHIP_AT_THE_END_SECONDS", 0)
    return context


def test_the_end_is_membership_and_not_a_line(
    following: StepContext, journal: Lines, log: Path, answers: list[list[str]]
) -> None:
    say(log, "Traveler: Data transfer: 4 of 10 rows.", "Traveler: Data transfer completed.")
    answers += [[], [MEMBER, "Alive: False"], [MEMBER, "Alive: True"]]
    assert "is listed as alive" in follow.run(following)
    assert answers == []
    assert journal.counted == [(4, 10, "")]
    assert journal.said == []


def test_a_member_whose_end_no_pattern_knew_is_taken_with_a_warning(
    following: StepContext, journal: Lines, answers: list[list[str]]
) -> None:
    answers.append([MEMBER, "Alive: True"])
    follow.run(following)
    assert "no line matched the pattern for the end" in journal.said[-1][0]


def test_silence_is_warned_about_once_and_is_no_failure(
    following: StepContext, journal: Lines, answers: list[list[str]]
) -> None:
    following.migration.server.profile.transfer_silence = 0
    answers += [[MEMBER, "Alive: False"]] * 3 + [[MEMBER, "Alive: True"]]
    follow.run(following)
    assert len([text for text, _ in journal.said if text.startswith(follow.SILENT)]) == 1


def test_a_failure_is_reported_with_the_last_lines_and_the_next_attempt_starts_the_server(
    following: StepContext, log: Path
) -> None:
    say(log, "Traveler: disk is full", "Traveler: Data transfer failed.")
    with pytest.raises(StepFailed, match=r"“Data transfer failed.”.*disk is full / Data transfer"):
        follow.run(following)
    following.migration.refresh_from_db()
    assert following.migration.console_offset is None


def test_a_server_that_stopped_is_reported(
    following: StepContext, host: Host, log: Path, answers: list[list[str]]
) -> None:
    answers += [[MEMBER, "Alive: False"]] * 9
    host.console.server_running = lambda: False  # type: ignore[method-assign]
    say(log, "Traveler: Server stopped.")
    with pytest.raises(StepFailed, match="has stopped before its data were migrated"):
        follow.run(following)


def test_a_host_whose_commands_hang_fails_though_its_log_can_be_read(
    following: StepContext, host: Host, answers: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang() -> bool:
        raise TimedOut("domino status did not end within 30 s.", host="trav9")

    answers += [[]] * 9
    monkeypatch.setattr(host.console, "server_running", hang)
    monkeypatch.setattr(follow, "LONGEST_ABSENCE_SECONDS", 0)
    with pytest.raises(StepFailed, match="did not end within 30 s"):
        follow.run(following)


def test_a_host_that_stays_away_fails_and_the_place_is_kept(
    following: StepContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_context: StepContext) -> None:
        raise Unreachable("trav9 does not answer.", host="trav9")

    monkeypatch.setattr(StepContext, "open_host", away)
    monkeypatch.setattr(follow, "LONGEST_ABSENCE_SECONDS", 0)
    with pytest.raises(StepFailed, match="trav9 does not answer"):
        follow.run(following)
    following.migration.refresh_from_db()
    assert following.migration.console_offset is not None
