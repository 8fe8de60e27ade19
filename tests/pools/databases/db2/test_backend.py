"""Db2's backend patches Django when it is imported; the console's own queries survive that."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

PROGRAM = """
import datetime
import django
from django.core.management import call_command
django.setup()
from pools.databases.connection import DatabaseLogin, prepare_connection
assert prepare_connection(DatabaseLogin("db2", "h", 1, "d", "u", "p")).vendor == "DB2"
from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, Value
assert connection.vendor == "sqlite"
call_command("migrate", verbosity=0)
from django.utils import timezone
from pools.models import DatabaseConfiguration
now = timezone.now()
DatabaseConfiguration.objects.create(
    name="n", engine="db2", host="h", port=1, database_name="d", username="u", password="p",
    checked_at=now,
)
found = DatabaseConfiguration.objects.annotate(
    next_port=F("port") + 1,
    age=ExpressionWrapper(Value(now) - F("checked_at"), output_field=DurationField()),
    due=F("checked_at") + datetime.timedelta(minutes=5),
).get(port__lt=F("port") + 1)
assert found.next_port == 2, found.next_port
assert found.age == datetime.timedelta(0), found.age
assert found.due == now + datetime.timedelta(minutes=5), found.due
assert DatabaseConfiguration.objects.update(port=F("port") * 3 - 1) == 1
assert DatabaseConfiguration.objects.get().port == 2
"""


def test_the_console_s_own_queries_survive_it() -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "sqlite://:memory:",
        "LIFEGUARD_ENV_FILE": "/dev/null",
        "SECRET_KEY": "only-here",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
