"""What a child process gets of our environment: what programs need to run, and no secret.

Everything that is not named here stays with us: SECRET_KEY, encryption keys, the addresses of
database and Redis with their passwords, and whatever else somebody put there.
"""

from __future__ import annotations

import os

NEEDED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE"),
        *("JAVA_HOME", "JAVA_TOOL_OPTIONS", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR"),
        *("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"),
    }
)
LOCALE = "LC_"


def is_needed(name: str) -> bool:
    return name in NEEDED or name.startswith(LOCALE)


def child_environment(**more: str) -> dict[str, str]:
    """For `env=` of a program that needs none of our secrets; `more` is what this one needs."""
    return {name: value for name, value in os.environ.items() if is_needed(name)} | more


def without_secrets(command: list[str], environment: dict[str, str]) -> tuple[str, ...]:
    """The command, to be started by a parent whose environment is this, without what it does not
    need. Names only: a command line is there for others to read."""
    dropped = sorted(name for name in environment if not is_needed(name))
    return ("env", *(word for name in dropped for word in ("-u", name)), *command)
