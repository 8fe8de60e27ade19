"""Where the worker keeps fetched data, and which Java it runs."""

from __future__ import annotations

from pathlib import Path

from console.settings.environment import BASE_DIR, env

# Backups, private copies of Derby databases and the compiled reader.
LIFEGUARD_WORK_DIR = Path(env.str("LIFEGUARD_WORK_DIR", default=str(BASE_DIR / "var")))
LIFEGUARD_JAVA = env.str("LIFEGUARD_JAVA", default="java")
LIFEGUARD_JAVAC = env.str("LIFEGUARD_JAVAC", default="javac")
# Debian's libderby-java; any 10.14 or later derby.jar will do.
LIFEGUARD_DERBY_CLASSPATH = env.str(
    "LIFEGUARD_DERBY_CLASSPATH", default="/usr/share/java/derby.jar"
)
# A run whose worker is lost is taken up again when its lease has lapsed.
LIFEGUARD_LEASE_SECONDS = env.int("LIFEGUARD_LEASE_SECONDS", default=15)
