"""The worker's Java, which reads Derby, how many tables it copies at once, its lease on a run, and
how long what is gone is kept."""

from __future__ import annotations

from console.settings.environment import env

LIFEGUARD_JAVA = env.str("LIFEGUARD_JAVA", default="java")
LIFEGUARD_JAVAC = env.str("LIFEGUARD_JAVAC", default="javac")
# Debian's libderby-java; any 10.14 or later derby.jar will do.
LIFEGUARD_DERBY_CLASSPATH = env.str(
    "LIFEGUARD_DERBY_CLASSPATH", default="/usr/share/java/derby.jar"
)
# Tables copied at the same time; never more than the worker has cores.
LIFEGUARD_PARALLEL_TABLES = env.int("LIFEGUARD_PARALLEL_TABLES", default=2)
# How long a copy waits for a lock that another session holds on a table, before it fails.
LIFEGUARD_LOCK_SECONDS = env.int("LIFEGUARD_LOCK_SECONDS", default=30)
# A run whose worker is lost is taken up again when its lease has lapsed.
LIFEGUARD_LEASE_SECONDS = env.int("LIFEGUARD_LEASE_SECONDS", default=15)
# Backups of servers are encrypted from now on, with the first of SECRET_ENCRYPTION_KEYS.
LIFEGUARD_ENCRYPT_BACKUPS = env.bool("LIFEGUARD_ENCRYPT_BACKUPS", default=False)
# So many days after the last listing that named them, users and devices are purged.
LIFEGUARD_GONE_DAYS = env.int("LIFEGUARD_GONE_DAYS", default=90)
# How long a step waits for a database, a server or a reader that is away, before it fails.
LIFEGUARD_OUTAGE_SECONDS = env.int("LIFEGUARD_OUTAGE_SECONDS", default=180)
