from __future__ import annotations

from configparser import RawConfigParser
from pathlib import Path

from console.supervision.programs import Program, console_programs, supervisor_configuration


def read(text: str) -> RawConfigParser:
    parser = RawConfigParser()
    parser.read_string(text)
    return parser


def test_a_percent_sign_survives_the_configuration_format() -> None:
    text = supervisor_configuration(
        [Program("web", ("serve", "100%"))], directory=Path("/somewhere")
    )

    assert read(text)["program:web"]["command"] == "serve 100%%"


def test_only_the_first_programs_start_by_themselves() -> None:
    text = supervisor_configuration(
        [Program("redis", ("redis-server",), first=True), *console_programs(port=1)],
        directory=Path("/somewhere"),
    )
    sections = read(text)

    assert [name for name in sections.sections() if sections[name].get("autostart") == "true"] == [
        "program:redis"
    ]


def test_moves_have_a_worker_of_their_own() -> None:
    commands = {program.name: program.command for program in console_programs(port=1)}

    assert "transfers" in commands["transfers"]
    assert "transfers" not in " ".join(commands["checks"])
