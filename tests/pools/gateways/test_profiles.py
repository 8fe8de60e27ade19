from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.errors import ProfileIncomplete, UnsafeText
from pools.gateways.profiles import PROFILES, SERVER_C, START_SCRIPT, WINDOWS, HostProfile, expand
from pools.gateways.shell import Shell
from tests.pools.gateways.ssh_host import SshHost

# Without $ and `: between double quotes shlex does not know their escapes; the real shell does.
PLAIN = st.text(
    st.characters(exclude_characters="$`", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    max_size=40,
)
ATTACKS = [
    '"; rm -rf /; echo "',
    "$(touch /owned)",
    "`id`",
    "a'b\"c\\d",
    "O'Brien & Söhne/O=Acme",
    "* ? [a] {b} ~ ! # ; | < > &&",
]


@given(PLAIN, st.sampled_from(['"{value}"', "'{value}'", "{value}"]))
def test_a_value_stays_one_word_wherever_the_template_puts_it(value: str, template: str) -> None:
    line = START_SCRIPT.shell_text(f"echo x{template}y", value=value)
    assert shlex.split(line) == ["echo", f"x{value}y"]


@pytest.mark.parametrize("value", ATTACKS)
@pytest.mark.parametrize(
    "template", ['printf %s "{value}"', "printf %s '{value}'", "printf %s {value}"]
)
def test_a_real_shell_gets_the_value_unchanged(
    shell: Shell, host: SshHost, value: str, template: str
) -> None:
    before = sorted(host.directory.rglob("*"))
    assert shell.run(START_SCRIPT.shell_text(template, value=value)).output == value
    assert sorted(host.directory.rglob("*")) == before


@pytest.mark.parametrize(
    "value", ["a\nquit", "a\rb", "a\0b", "a\x1bb", "a\u2028b", "a\x85b", "\ud800"]
)
def test_no_control_character_passes_anywhere(value: str) -> None:
    expansions: list[Callable[[], str]] = [
        lambda: expand("{value}", value=value),
        lambda: START_SCRIPT.shell_text("x {value}", value=value),
        lambda: WINDOWS.shell_text("x {value}", value=value),
        lambda: START_SCRIPT.console_text("tell traveler user {user}", user=value),
    ]
    for expansion in expansions:
        with pytest.raises(UnsafeText):
            expansion()


@pytest.mark.parametrize(
    "name", ["CN=Jörg O'Neil/O=Acme", "Ada Byron/R & D/Acme", "日本 太郎/Acme"]
)
def test_a_domino_name_reaches_the_console_as_it_is(name: str) -> None:
    assert START_SCRIPT.console_text("tell traveler user {user}", user=name).endswith(name)


@pytest.mark.parametrize("name", ['x"; rm', "$(id)", "`id`", "a\\b", "a|b", "a;b", "a>b"])
def test_a_name_with_active_characters_is_refused_for_the_console(name: str) -> None:
    with pytest.raises(UnsafeText):
        START_SCRIPT.console_text(START_SCRIPT.show_user, user=name)


@pytest.mark.parametrize("value", ['a"b', "%PATH%", "$x", "a`b"])
def test_what_windows_would_interpret_is_refused(value: str) -> None:
    with pytest.raises(UnsafeText):
        WINDOWS.shell_text('x "{value}"', value=value)


def test_windows_paths_are_quoted_when_they_need_it() -> None:
    profile = dataclasses.replace(WINDOWS, data_directory=r"C:\Program Files\Data")
    line = profile.shell_text(profile.traveler_util + " db show")
    assert line == r'"C:\Program Files\Data"\traveler\util\travelerUtil.cmd db show'


def test_paths_are_expanded_for_sftp_without_quotes() -> None:
    profile = dataclasses.replace(START_SCRIPT, data_directory="/local/notes data")
    assert profile.path(profile.derby_directory) == "/local/notes data/traveler/ntsdb"


def test_an_unknown_place_in_a_template_is_named() -> None:
    with pytest.raises(ProfileIncomplete, match="nonsense"):
        START_SCRIPT.shell_text("x {nonsense}")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_template_of_every_profile_can_be_expanded(profile: HostProfile) -> None:
    for field in ("console_log", "derby_directory", "jdbc_jar_directory", "notes_ini"):
        assert "{" not in profile.path(getattr(profile, field))
    for field in ("start_server", "stop_server", "server_status", "traveler_util"):
        assert profile.data_directory or profile.shell_text(getattr(profile, field))
    command = profile.shell_text(profile.console_command, command=profile.hadr_show, lines=40)
    assert profile.hadr_show in command


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1), PLAIN)
def test_a_value_stays_one_parameter_of_a_web_request(user: str, device: str) -> None:
    request = START_SCRIPT.web_request("POST /sync?u={user}&d=x{device}", user=user, device=device)
    assert request.method == "POST"
    assert request.target.isascii()
    assert parse_qs(urlsplit(request.target).query) == {"u": [user], "d": ["x" + device]}


@pytest.mark.parametrize("template", ["", "/sync", "POST sync", "post /sync", "POST /a b"])
def test_what_is_no_web_request_is_refused(template: str) -> None:
    with pytest.raises(ProfileIncomplete, match="method and a path"):
        START_SCRIPT.web_request(template)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_no_vendor_profile_claims_to_know_how_a_device_syncs(profile: HostProfile) -> None:
    assert profile.probe_request == ""


def test_server_c_runs_in_the_data_directory() -> None:
    line = SERVER_C.shell_text(SERVER_C.console_command, command="tell traveler status")
    assert line.startswith("cd /local/notesdata && ")
    assert line.endswith('/server -c "tell traveler status"')
