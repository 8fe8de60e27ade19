from __future__ import annotations

import dataclasses
import logging
import traceback

import pytest

from pools.gateways import errors
from pools.gateways.profiles import START_SCRIPT
from pools.gateways.shell import Shell
from pools.gateways.traveler_util import TravelerUtil
from pools.states import PasswordPassing
from tests.pools.gateways.ssh_host import SshHost

URL = "jdbc:sqlserver://db.acme.example:1433;databaseName=TRAVELER"
PASSWORD = 'geh\'eim $x "y"'
JAR = "/opt/hcl dir/mssql-jdbc.jar"

# Asks for what was not given, and keeps what it got as the host saw it.
UTILITY = """
data=$(dirname "$0"); user=; url=; pw=; path=
for word in "$@"; do case "$word" in
url=*) url=${word#url=};; user=*) user=${word#user=};; pw=*) pw=${word#pw=};;
path=*) path=${word#path=};; esac; done
case "$1 $2" in
"db set")
  echo "arguments: $*"
  test "$path" || { printf "Path to the JDBC driver: "; IFS= read -r path; }
  test "$pw" || { printf "Password: "; IFS= read -r pw; echo; }
  printf "%s\\n" "$url" "$user" "$pw" "$path" > "$data/stored"
  test "$user" = wrong && { echo "Error: login failed for $user with $pw"; exit 1; }
  echo "The database configuration is valid.";;
"db show") echo "url=jdbc:db2://db:50000/T"; echo "user=trav"; echo "pw=********";;
"db check") echo "Connection successful.";;
"db remove") echo "Reverted to the local Derby database.";;
"log collect") echo "Logs collected to /data/traveler/logs/20261122.zip";;
esac
"""


@pytest.fixture(params=list(PasswordPassing.values))
def utility(request: pytest.FixtureRequest, shell: Shell, host: SshHost) -> TravelerUtil:
    directory = host.directory / "no tes" / "traveler" / "util"
    directory.mkdir(parents=True)
    host.program("travelerUtil", UTILITY).rename(directory / "travelerUtil")
    profile = dataclasses.replace(
        START_SCRIPT,
        data_directory=str(host.directory / "no tes"),
        password_passing=request.param,
    )
    return TravelerUtil(shell, profile)


def stored(host: SshHost) -> list[str]:
    return (host.directory / "no tes/traveler/util/stored").read_text().splitlines()


def test_the_setting_reaches_the_utility_unchanged(utility: TravelerUtil, host: SshHost) -> None:
    lines = utility.db_set(url=URL, user="trav user", password=PASSWORD, jar_path=JAR)
    assert stored(host) == [URL, "trav user", PASSWORD, JAR]
    assert any("valid" in line for line in lines)


def test_the_password_is_nowhere_of_ours(
    utility: TravelerUtil, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        lines = utility.db_set(url=URL, user="trav", password=PASSWORD, jar_path=JAR)
        with pytest.raises(errors.CommandFailed) as raised:
            utility.db_set(url=URL, user="wrong", password=PASSWORD, jar_path=JAR)
    seen = "\n".join(
        [*lines, caplog.text, *raised.value.output_lines, *traceback.format_exception(raised.value)]
    )
    assert "geh" not in seen
    assert "login failed for wrong" in str(raised.value)


def test_the_password_is_an_argument_only_when_the_profile_says_so(
    utility: TravelerUtil, host: SshHost
) -> None:
    utility.db_set(url=URL, user="trav", password="geheim", jar_path=JAR)
    as_argument = utility.profile.password_passing == PasswordPassing.ARGUMENT
    assert any("geheim" in command for command in host.commands) is as_argument


def test_a_password_with_a_line_break_is_refused(utility: TravelerUtil, host: SshHost) -> None:
    with pytest.raises(errors.UnsafeText):
        utility.db_set(url=URL, user="trav", password="a\nb", jar_path=JAR)
    assert host.commands == []


def test_the_other_commands_answer(utility: TravelerUtil) -> None:
    assert utility.db_show().url == "jdbc:db2://db:50000/T"
    assert utility.db_check().passed is True
    assert "Derby" in utility.db_remove()[0]
    assert "20261122.zip" in utility.log_collect()[0]


def test_a_failing_check_is_a_result(utility: TravelerUtil, host: SshHost) -> None:
    script = host.directory / "no tes/traveler/util/travelerUtil"
    script.write_text("#!/bin/sh\necho 'Check done'; exit 5\n")
    outcome = utility.db_check()
    assert outcome.passed is False
    assert outcome.messages == ("Check done",)


def test_a_missing_utility_is_said_so(utility: TravelerUtil, host: SshHost) -> None:
    (host.directory / "no tes/traveler/util/travelerUtil").unlink()
    with pytest.raises(errors.CommandFailed, match="not found"):
        utility.db_show()
