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


TRACE = """
echo 'java.lang.NullPointerException: Cannot invoke "String.length()"'
printf '\\tat com.lotus.sync.db.Setup.main(Setup.java:17)\\n'
"""


def replace_utility(host: SshHost, script: str) -> None:
    path = host.directory / "no tes/traveler/util/travelerUtil"
    path.write_text(f"#!/bin/sh\n{script}\n")


def test_a_program_that_fell_over_with_exit_0_has_done_nothing(
    utility: TravelerUtil, host: SshHost
) -> None:
    replace_utility(host, TRACE)
    assert utility.db_check().passed is False
    shown = utility.db_show()
    assert (shown.url, shown.uses_derby) == ("", None)
    assert "NullPointerException" in " ".join(shown.unread) + str(shown.other)
    with pytest.raises(errors.CommandFailed, match="did not accept"):
        utility.db_set(url=URL, user="trav", password=PASSWORD, jar_path=JAR)
    for command in (utility.db_remove, utility.log_collect):
        with pytest.raises(errors.CommandFailed, match="NullPointerException"):
            command()


def test_a_trace_that_names_derby_is_no_derby_database(
    utility: TravelerUtil, host: SshHost
) -> None:
    replace_utility(host, "echo 'org.apache.derby.impl.jdbc.EmbedSQLException: no suitable driver'")
    assert utility.db_show().uses_derby is None


def test_what_says_neither_good_nor_bad_is_not_understood(
    utility: TravelerUtil, host: SshHost
) -> None:
    replace_utility(host, "echo 'Vérification terminée.'")
    assert utility.db_check().passed is None
    with pytest.raises(errors.CommandFailed, match="not understood"):
        utility.log_collect()


@pytest.mark.parametrize(
    "greeting",
    [
        "echo 'Welcome. 3 failed logins since Monday.'",
        "echo 'perl: warning: Setting locale failed.' >&2; echo 'Last login: '$(date +%N)",
        "echo 'ERROR: quota exceeded'; echo; echo 'System OK, all services running'",
    ],
)
def test_what_the_login_shell_says_is_no_verdict(
    utility: TravelerUtil, host: SshHost, greeting: str
) -> None:
    host.greeting = greeting
    assert utility.shell.noise()
    outcome = utility.db_check()
    assert outcome.passed is True
    assert outcome.messages == ("Connection successful.",)
    lines = utility.db_set(url=URL, user="trav", password=PASSWORD, jar_path=JAR)
    assert any("valid" in line for line in lines)
    replace_utility(host, "echo 'Vérification terminée.'")
    assert utility.db_check().passed is None, "a good word of the greeting is none of the answer"
    replace_utility(host, "echo 'ERROR: no such database'")
    assert utility.db_check().complaints == ("ERROR: no such database",)


def test_a_locale_warning_in_the_middle_of_the_answer_is_no_verdict(
    utility: TravelerUtil, host: SshHost
) -> None:
    replace_utility(
        host,
        """
cat <<'END'
perl: warning: Setting locale failed.
perl: warning: Please check that your locale settings:
\tLANG = "de_DE.UTF-8"
    are supported and installed on your system.
perl: warning: Falling back to the standard locale ("C").
The database configuration is valid.
END""",
    )
    assert utility.db_check().passed is True


def test_the_prompts_of_a_german_host_are_answered(utility: TravelerUtil, host: SshHost) -> None:
    script = UTILITY.replace("Path to the JDBC driver: ", "Pfad des Treibers: ")
    replace_utility(host, script.replace("Password: ", "Kennwort: "))
    utility.db_set(url=URL, user="trav", password=PASSWORD, jar_path=JAR)
    assert stored(host) == [URL, "trav", PASSWORD, JAR]


def test_a_password_under_a_german_name_is_not_kept(utility: TravelerUtil, host: SshHost) -> None:
    replace_utility(host, "echo 'URL: jdbc:db2://db:50000/T'; echo 'Kennwort: geheim'")
    assert "geheim" not in str(utility.db_show())


def test_a_missing_utility_is_said_so(utility: TravelerUtil, host: SshHost) -> None:
    (host.directory / "no tes/traveler/util/travelerUtil").unlink()
    with pytest.raises(errors.CommandFailed, match="not found"):
        utility.db_show()
